import type { ClusterClient } from './client.js';
import { hasCondition, type Condition, type KubernetesObject } from './objects.js';

interface NodeObject extends KubernetesObject {
  readonly status?: { readonly conditions?: readonly Condition[] };
}

/** The nodes of a cluster, and whether each can take pods. */
export async function listNodes(
  client: ClusterClient,
  signal?: AbortSignal,
): Promise<{ readonly name: string; readonly ready: boolean }[]> {
  const nodes = await client.list<NodeObject>('/api/v1/nodes', {}, signal);
  return nodes.map(({ metadata, status }) => ({
    name: metadata.name,
    ready: hasCondition(status?.conditions, 'Ready'),
  }));
}
