import { z } from 'zod';
import { intents, type Intent, type Restoration } from '../../../assets/apps/src/reaper/intent.js';
import { messageOf } from '../../errors.js';
import type { KubernetesObject } from '../../kubernetes/objects.js';

/** An intent as it is in the cluster. */
export interface ReadIntent {
  /** Of its ConfigMap. */
  readonly name: string;
  readonly uid: string;
  readonly intent: Intent;
  readonly heartbeat: string;
  /** Who took it back already; then it holds nothing any more. */
  readonly restoration?: Restoration;
  readonly problem?: undefined;
}

/** One that cannot be read: what it changed is not known. */
export interface UnreadableIntent {
  readonly name: string;
  readonly uid: string;
  readonly intent?: undefined;
  readonly restoration?: undefined;
  /** Lowercase. */
  readonly problem: string;
}

export type ListedIntent = ReadIntent | UnreadableIntent;

export interface IntentConfigMap extends KubernetesObject {
  readonly data?: Readonly<Record<string, string>>;
}

const changeSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('scale'),
    path: z.string(),
    uid: z.string(),
    subject: z.string(),
    from: z.int().nonnegative(),
    to: z.int().nonnegative(),
    autoscalers: z.array(z.string()).exactOptional(),
  }),
  z.object({ type: z.literal('object'), path: z.string(), subject: z.string() }),
  z.object({
    type: z.literal('cordon'),
    path: z.string(),
    uid: z.string(),
    subject: z.string(),
    from: z.boolean(),
  }),
  z.object({
    type: z.literal('annotation'),
    collection: z.string(),
    labelSelector: z.string(),
    key: z.string(),
    subject: z.string(),
  }),
  z.object({
    type: z.literal('pods'),
    path: z.string(),
    uid: z.string(),
    subject: z.string(),
    controller: z.string().exactOptional(),
  }),
]);

const intentSchema = z.object({
  version: z.literal(1),
  run: z.string(),
  drill: z.string(),
  environment: z.string(),
  owner: z.string(),
  startedAt: z.iso.datetime(),
  expireAfterSeconds: z.number(),
  restoreCommand: z.string(),
  changes: z.array(changeSchema),
  grants: z.array(z.string()),
}) satisfies z.ZodType<Intent>;

const restorationSchema = z.object({
  by: z.string(),
  at: z.string(),
  results: z.array(
    z.object({
      subject: z.string(),
      outcome: z.enum(['restored', 'as-it-was', 'gone', 'replaced', 'foreign']),
      detail: z.string(),
    }),
  ),
}) satisfies z.ZodType<Restoration>;

/** Reads an intent; one that is torn, or of another version, is told as such and never passed over. */
export function readIntent({ metadata, data = {} }: IntentConfigMap): ListedIntent {
  const common = { name: metadata.name, uid: metadata.uid ?? '' };
  const { keys } = intents;
  try {
    const restoration = data[keys.restoration];
    return {
      ...common,
      intent: parse(intentSchema, keys.intent, data[keys.intent]),
      heartbeat: data[keys.heartbeat] ?? '',
      ...(restoration !== undefined && {
        restoration: parse(restorationSchema, keys.restoration, restoration),
      }),
    };
  } catch (error) {
    return { ...common, problem: messageOf(error) };
  }
}

function parse<T>(schema: z.ZodType<T>, key: string, text: string | undefined): T {
  if (text === undefined) throw new Error(`it has no ${key}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`its ${key} is no JSON: ${messageOf(error)}`, { cause: error });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(
    `its ${key} is not as this version writes it: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
  );
}
