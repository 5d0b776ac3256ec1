import { intents, type Intent } from '../../../assets/apps/src/reaper/intent.js';
import { PlatformError } from '../../errors.js';
import { ApiError } from '../../kubernetes/api-errors.js';
import type { ClusterClient } from '../../kubernetes/client.js';
import type { ClusterView } from '../../kubernetes/cluster-view.js';
import { labels } from '../../kubernetes/objects.js';
import { readIntent, type IntentConfigMap, type ListedIntent, type ReadIntent } from './read-intent.js';

const namespacePath = `/api/v1/namespaces/${intents.namespace}`;

/**
 * Marks the namespace while there is a record of a run. All namespaces are looked at by an `up` anyway, so that it costs
 * no request to know that there is no drill. One for each run: two that begin and end at once do not meet.
 */
const markPrefix = 'drill.platform.dev/';

export function intentPath(run: string): string {
  return `${intents.collection}/${intents.name(run)}`;
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
    // Before the record: a mark without one costs a request, a record without a mark would be passed over.
    await mark(run, drill, client, signal);
    const written = readIntent(await client.create<IntentConfigMap>(intents.collection, configMap, signal));
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
  const found = await client.list<IntentConfigMap>(intents.collection, { labelSelector: intents.label }, signal);
  return inOrder(found);
}

/** The same by a view of the cluster, which asks once for all who look, and only where there is a mark. */
export async function intentsIn(view: Pick<ClusterView, 'list' | 'namespaces'>): Promise<readonly ListedIntent[]> {
  const namespace = (await view.namespaces()).find(({ metadata }) => metadata.name === intents.namespace);
  const isMarked = Object.keys(namespace?.metadata.annotations ?? {}).some((key) => key.startsWith(markPrefix));
  if (!isMarked) return [];
  return inOrder(
    await view.list<IntentConfigMap>(`${intents.collection}?labelSelector=${encodeURIComponent(intents.label)}`),
  );
}

/** Removes the record of a drill, once all that it changed was taken back. */
export async function closeIntent(
  run: string,
  client: Pick<ClusterClient, 'delete' | 'patch'>,
  signal?: AbortSignal,
): Promise<void> {
  await client.delete(intentPath(run), signal);
  await mark(run, null, client, signal);
}

async function mark(
  run: string,
  drill: string | null,
  client: Pick<ClusterClient, 'patch'>,
  signal: AbortSignal | undefined,
): Promise<void> {
  await client.patch(namespacePath, { metadata: { annotations: { [`${markPrefix}${run}`]: drill } } }, signal);
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
