import type { ClusterClient } from '../../kubernetes/client.js';
import { selectorText } from '../../kubernetes/label-selector.js';
import { controllerOf, isAtWork, type OwnedObject, type Pod } from './pod.js';
import type { TargetWorkload } from './workload.js';

/** The pods that a workload has made and that are neither finished nor ending, the oldest first. */
export async function podsOf(
  { target, uid, selector }: TargetWorkload,
  client: Pick<ClusterClient, 'list'>,
  signal: AbortSignal,
): Promise<readonly Pod[]> {
  const selected = { labelSelector: selectorText(selector) };
  const inside = `/namespaces/${target.namespace}`;
  const makers = new Set([uid]);
  if (target.kind === 'deployment') {
    const replicaSets = await client.list<OwnedObject>(`/apis/apps/v1${inside}/replicasets`, selected, signal);
    for (const set of replicaSets) if (controllerOf(set)?.uid === uid) makers.add(set.metadata.uid ?? '');
  }
  const pods = await client.list<Pod>(`/api/v1${inside}/pods`, selected, signal);
  return atWork(pods.filter((pod) => makers.has(controllerOf(pod)?.uid ?? 'none')));
}

/** Those that were given to a node and are neither finished nor ending, the oldest first. */
export async function podsOn(
  node: string,
  client: Pick<ClusterClient, 'list'>,
  signal: AbortSignal,
): Promise<readonly Pod[]> {
  return atWork(await client.list<Pod>('/api/v1/pods', { fieldSelector: `spec.nodeName=${node}` }, signal));
}

function atWork(pods: readonly Pod[]): readonly Pod[] {
  return pods.filter(isAtWork).sort(byAge);
}

function byAge(a: Pod, b: Pod): number {
  const [first = '', second = ''] = [a.metadata.creationTimestamp, b.metadata.creationTimestamp];
  return first.localeCompare(second) || a.metadata.name.localeCompare(b.metadata.name);
}
