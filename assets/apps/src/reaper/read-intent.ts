import { z } from 'zod';
import type { Intent } from './intent.js';

// Of the API server, without a query: nothing else is ever asked for.
const path = z.string().regex(/^\/apis?\/[\w.:/-]+$/);
const replicas = z.int().nonnegative();
const object = z.object({ path, subject: z.string() });
const identified = object.extend({ uid: z.string().min(1) });

const change = z.discriminatedUnion('type', [
  identified.extend({ type: z.literal('scale'), from: replicas, to: replicas }),
  object.extend({ type: z.literal('object') }),
  identified.extend({ type: z.literal('cordon'), from: z.boolean() }),
  z.object({
    type: z.literal('annotation'),
    collection: path,
    labelSelector: z.string().min(1),
    key: z.string().min(1),
    subject: z.string(),
  }),
  identified.extend({ type: z.literal('pods') }),
]);

const intentSchema: z.ZodType<Intent> = z.object({
  version: z.literal(1),
  run: z.string().min(1),
  drill: z.string(),
  environment: z.string(),
  owner: z.string(),
  startedAt: z.string(),
  expireAfterSeconds: z.number().positive(),
  restoreCommand: z.string(),
  changes: z.array(change),
  grants: z.array(path),
});

/**
 * Reads what a drill wrote into its ConfigMap. One that is not understood whole is not acted on: half of it might be the
 * wrong half.
 * @returns a sentence where it cannot be read
 */
export function readIntent(text: string | undefined): Intent | string {
  if (text === undefined) return 'it has no intent.json';
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    return `its intent.json is no JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
  const result = intentSchema.safeParse(document);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  return `its intent.json is not understood: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`;
}
