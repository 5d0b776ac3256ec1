import type { ClusterClient } from './client.js';
import type { KubernetesObject } from './objects.js';
import { resourcePath } from './resource-path.js';

/**
 * Applies an object of which nothing is anybody else's. What others changed in it is taken back; where they added
 * something, which an apply leaves alone, it is replaced.
 * @param isAsWanted Whether the object has what counts, and nothing beside it
 */
export async function applyWhole<T extends KubernetesObject>(
  client: ClusterClient,
  object: T,
  isAsWanted: (live: T) => boolean,
  signal: AbortSignal,
): Promise<void> {
  const applied = (await client.apply(object, signal, { force: true })) as T;
  if (isAsWanted(applied)) return;
  const { name, namespace, labels, annotations } = applied.metadata;
  await client.replace(resourcePath(object), { ...object, metadata: { name, namespace, labels, annotations } }, signal);
}
