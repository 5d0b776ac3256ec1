import type { ClusterClient } from '../../kubernetes/client.js';
import { matchesSelector, type LabelSelector } from '../../kubernetes/label-selector.js';
import type { KubernetesObject } from '../../kubernetes/objects.js';
import type { Fault, WorkloadTarget } from '../drill.js';

export interface Named {
  readonly namespace: string;
  readonly name: string;
}

export interface AffectedPod extends Named {
  /** Its own address; absent where it has none, or shares that of its node. */
  readonly address?: string;
  readonly workload?: WorkloadTarget;
  readonly replicaSet?: string;
  /** A DaemonSet's, or one of the node itself: draining leaves it. */
  readonly staysWithNode?: boolean;
}

/** What stands around a fault's target now. */
export interface Surroundings {
  /** Of the target, or for a drain all of the node; the oldest first. */
  readonly pods: readonly AffectedPod[];
  /** Services that lead to the target. */
  readonly services: readonly Named[];
  /** Autoscalers of the target. */
  readonly autoscalers: readonly Named[];
  /** The node that is drained. */
  readonly node?: string;
}

interface Pod extends KubernetesObject {
  readonly metadata: KubernetesObject['metadata'] & { readonly ownerReferences?: readonly Owner[] };
  readonly spec: { readonly nodeName?: string; readonly hostNetwork?: boolean };
  readonly status?: { readonly podIP?: string; readonly phase?: string };
}

interface Owner {
  readonly kind: string;
  readonly name: string;
}

type Client = Pick<ClusterClient, 'get' | 'list'>;

/** Asks the cluster what a fault's target consists of; a target that is not there has nothing around it. */
export async function surroundingsOf(fault: Fault, client: Client, signal: AbortSignal): Promise<Surroundings> {
  if (fault.type !== 'drain') return aroundWorkload(fault.target, client, signal);
  const node = typeof fault.node === 'string' ? fault.node : await nodeOf(fault.node, client, signal);
  if (node === undefined) return { pods: [], services: [], autoscalers: [] };
  const pods = await client.list<Pod>('/api/v1/pods', { fieldSelector: `spec.nodeName=${node}` }, signal);
  return { pods: affected(pods), services: [], autoscalers: [], node };
}

async function aroundWorkload(target: WorkloadTarget, client: Client, signal: AbortSignal): Promise<Surroundings> {
  const home = `namespaces/${target.namespace}`;
  const [pods, services, autoscalers] = await Promise.all([
    podsOf(target, client, signal),
    client.list<KubernetesObject & { spec: { selector?: Record<string, string> } }>(
      `/api/v1/${home}/services`,
      {},
      signal,
    ),
    client.list<KubernetesObject & { spec: { scaleTargetRef: Owner } }>(
      `/apis/autoscaling/v2/${home}/horizontalpodautoscalers`,
      {},
      signal,
    ),
  ]);
  return {
    pods: affected(pods),
    services: services
      .filter(({ spec: { selector } }) => selector && pods.some((pod) => selects(selector, pod)))
      .map(named),
    autoscalers: autoscalers
      .filter(
        ({
          spec: {
            scaleTargetRef: { kind, name },
          },
        }) => kind.toLowerCase() === target.kind && name === target.name,
      )
      .map(named),
  };
}

async function podsOf(target: WorkloadTarget, client: Client, signal: AbortSignal): Promise<readonly Pod[]> {
  const home = `namespaces/${target.namespace}`;
  const workload = await client.get<{ spec: { selector?: LabelSelector } }>(
    `/apis/apps/v1/${home}/${target.kind}s/${target.name}`,
    signal,
  );
  const selector = workload?.spec.selector;
  if (!selector) return [];
  const pods = await client.list<Pod>(`/api/v1/${home}/pods`, {}, signal);
  return pods.filter(({ metadata }) => matchesSelector(selector, metadata.labels));
}

async function nodeOf(target: WorkloadTarget, client: Client, signal: AbortSignal): Promise<string | undefined> {
  const pods = await podsOf(target, client, signal);
  return pods.find(({ spec }) => spec.nodeName !== undefined)?.spec.nodeName;
}

function affected(pods: readonly Pod[]): readonly AffectedPod[] {
  return pods
    .filter(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed')
    .toSorted((a, b) => (a.metadata.creationTimestamp ?? '').localeCompare(b.metadata.creationTimestamp ?? ''))
    .map((pod) => {
      const owner = pod.metadata.ownerReferences?.[0];
      const address = pod.spec.hostNetwork ? undefined : pod.status?.podIP;
      const workload = owner && workloadOf(owner, pod);
      return {
        ...named(pod),
        ...(address !== undefined && { address }),
        ...(workload && { workload }),
        ...(owner?.kind === 'ReplicaSet' && { replicaSet: owner.name }),
        ...((owner?.kind === 'DaemonSet' || owner?.kind === 'Node') && { staysWithNode: true }),
      };
    });
}

function workloadOf(
  { kind, name }: Owner,
  { metadata: { namespace = 'default', labels } }: Pod,
): WorkloadTarget | undefined {
  if (kind === 'StatefulSet') return { kind: 'statefulset', namespace, name };
  const hash = labels?.['pod-template-hash'];
  if (kind !== 'ReplicaSet' || hash === undefined) return undefined;
  return { kind: 'deployment', namespace, name: name.replace(new RegExp(`-${hash}$`), '') };
}

function selects(selector: Readonly<Record<string, string>>, { metadata: { labels = {} } }: Pod): boolean {
  const wanted = Object.entries(selector);
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}

function named({ metadata: { namespace = 'default', name } }: KubernetesObject): Named {
  return { namespace, name };
}
