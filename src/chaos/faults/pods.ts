import type { ClusterClient } from '../../kubernetes/client.js';
import { selectorText } from '../../kubernetes/label-selector.js';
import { hasCondition, type Condition, type KubernetesObject, type ObjectMeta } from '../../kubernetes/objects.js';
import type { TargetWorkload } from './workload.js';

interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
}

interface OwnedObject extends KubernetesObject {
  readonly metadata: ObjectMeta & { readonly ownerReferences?: readonly OwnerReference[] };
}

/** A pod, as far as faults look at it. */
export interface Pod extends OwnedObject {
  readonly spec: {
    readonly nodeName?: string;
    readonly volumes?: readonly {
      readonly name: string;
      readonly emptyDir?: { readonly medium?: string } | null;
      readonly persistentVolumeClaim?: object | null;
    }[];
  };
  readonly status?: { readonly phase?: string; readonly conditions?: readonly Condition[] };
}

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
  return pods.filter((pod) => makers.has(controllerOf(pod)?.uid ?? 'none') && isAtWork(pod)).sort(byAge);
}

export function controllerOf({ metadata }: OwnedObject): OwnerReference | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller);
}

/** Path of the ReplicaSet or StatefulSet that makes a new pod in the place of this one. */
export function controllerPath(pod: Pod): string | undefined {
  const owner = controllerOf(pod);
  if (owner?.apiVersion !== 'apps/v1' || !['ReplicaSet', 'StatefulSet'].includes(owner.kind)) return undefined;
  return `/apis/apps/v1/namespaces/${pod.metadata.namespace ?? 'default'}/${owner.kind.toLowerCase()}s/${owner.name}`;
}

export function podPath({ metadata: { namespace = 'default', name } }: Pod): string {
  return `/api/v1/namespaces/${namespace}/pods/${name}`;
}

export function podSubject({ metadata: { namespace = 'default', name } }: Pod): string {
  return `pod/${name} in ${namespace}`;
}

/** Neither finished nor ending. */
export function isAtWork({ metadata, status }: Pod): boolean {
  return metadata.deletionTimestamp === undefined && !['Succeeded', 'Failed'].includes(status?.phase ?? '');
}

export function isReady({ status }: Pod): boolean {
  return hasCondition(status?.conditions, 'Ready');
}

function byAge(a: Pod, b: Pod): number {
  const [first = '', second = ''] = [a.metadata.creationTimestamp, b.metadata.creationTimestamp];
  return first.localeCompare(second) || a.metadata.name.localeCompare(b.metadata.name);
}
