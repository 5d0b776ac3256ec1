import { intents, type Intent } from '../../../assets/apps/src/reaper/intent.js';
import { PlatformError } from '../../errors.js';
import { ApiError } from '../../kubernetes/api-errors.js';
import type { ClusterClient } from '../../kubernetes/client.js';
import type { ClusterView } from '../../kubernetes/cluster-view.js';
import { labels } from '../../kubernetes/objects.js';
import { readIntent, type IntentConfigMap, type ListedIntent, type ReadIntent } from './read-intent.js';

const collection = `/api/v1/namespaces/${intents.namespace}/configmaps`;

export function intentPath(run: string): string {
  return `${collection}/${intents.name(run)}`;
}

/**
 * Writes an intent into the cluster; nothing may be changed before.
 * @throws PlatformError `conflict` when the run has one already, or the environment was never built
 */
export async function openIntent(intent: Intent, client: ClusterClient, signal?: AbortSignal): Promise<ReadIntent> {
  const { run, drill, environment } = intent;
  const { keys } = intents;
  const configMap = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: intents.name(run),
      namespace: intents.namespace,
      labels: { [labels.environment]: environment, [labels.run]: run, [intents.label]: drill },
    },
    data: { [keys.intent]: JSON.stringify(intent, null, 2), [keys.heartbeat]: '0' },
  };
  try {
    const written = readIntent(await client.create<IntentConfigMap>(collection, configMap, signal));
    if (written.problem === undefined) return written;
    throw new PlatformError('unexpected', `what was written before the drill cannot be read back: ${written.problem}`);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) throw neverBuilt(environment);
    throw error;
  }
}

/** All intents of a cluster, the oldest first; there are some only while a drill goes on, or after one that was killed. */
export async function listIntents(
  client: Pick<ClusterClient, 'list'>,
  signal?: AbortSignal,
): Promise<readonly ListedIntent[]> {
  const found = await client.list<IntentConfigMap>(collection, { labelSelector: intents.label }, signal);
  return inOrder(found);
}

/** The same by a view of the cluster, which asks once for all who look. */
export async function intentsIn(view: Pick<ClusterView, 'list'>): Promise<readonly ListedIntent[]> {
  return inOrder(await view.list<IntentConfigMap>(`${collection}?labelSelector=${encodeURIComponent(intents.label)}`));
}

/** Removes the record of a drill, once all that it changed was taken back. */
export function closeIntent(run: string, client: Pick<ClusterClient, 'delete'>, signal?: AbortSignal): Promise<void> {
  return client.delete(intentPath(run), signal);
}

// Runs are named by the time at which they began.
function inOrder(found: readonly IntentConfigMap[]): ListedIntent[] {
  return found.map(readIntent).sort((a, b) => a.name.localeCompare(b.name));
}

function neverBuilt(environment: string): PlatformError {
  return new PlatformError('conflict', `the cluster of ${environment} has no namespace ${intents.namespace}`, {
    suggestions: ['build the environment first: `platform up`'],
  });
}
