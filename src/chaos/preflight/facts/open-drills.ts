import { z } from 'zod';
import { intents } from '../../../../assets/apps/src/reaper/intent.js';
import type { ClusterClient } from '../../../kubernetes/client.js';
import type { KubernetesObject } from '../../../kubernetes/objects.js';

interface ConfigMap extends KubernetesObject {
  readonly data?: Readonly<Record<string, string>>;
}

/** A drill whose changes nobody has taken back yet. */
export interface OpenDrill {
  readonly run: string;
  readonly drill: string;
  /** `user@host/pid`; absent where its intent cannot be read. */
  readonly owner?: string;
  readonly restoreCommand: string;
}

const intentSchema = z.object({ run: z.string(), drill: z.string(), owner: z.string(), restoreCommand: z.string() });

export async function readOpenDrills(
  client: Pick<ClusterClient, 'list'>,
  signal: AbortSignal,
): Promise<readonly OpenDrill[]> {
  const path = `/api/v1/namespaces/${intents.namespace}/configmaps`;
  const found = await client.list<ConfigMap>(path, { labelSelector: intents.label }, signal);
  return found.filter(({ data }) => data?.[intents.keys.restoration] === undefined).map(openDrill);
}

function openDrill({ metadata, data = {} }: ConfigMap): OpenDrill {
  const intent = intentSchema.safeParse(parsed(data[intents.keys.intent] ?? ''));
  if (intent.success) return intent.data;
  const run = metadata.name.replace(intents.name(''), '');
  const drill = metadata.labels?.[intents.label] ?? metadata.name;
  return { run, drill, restoreCommand: `platform chaos restore ${run}` };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
