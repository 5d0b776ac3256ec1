import type { ClusterClient } from '../../kubernetes/client.js';
import { matchesSelector, type Labels } from '../../kubernetes/label-selector.js';
import type { KubernetesObject } from '../../kubernetes/objects.js';
import { autoscalersOf } from '../autoscaling/autoscaler.js';
import type { Fault, WorkloadTarget } from '../drill.js';
import { controllerOf, isOfNode, type Pod } from '../workload/pod.js';
import { podsOf, podsOn } from '../workload/pods.js';
import { findWorkload } from '../workload/workload.js';

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

interface Service extends KubernetesObject {
  readonly spec: { readonly selector?: Labels };
}

type Client = Pick<ClusterClient, 'get' | 'list'>;

/** Asks the cluster what a fault's target consists of; a target that is not there has nothing around it. */
export async function surroundingsOf(fault: Fault, client: Client, signal: AbortSignal): Promise<Surroundings> {
  if (fault.type !== 'drain') return aroundWorkload(fault.target, client, signal);
  const node = typeof fault.node === 'string' ? fault.node : await nodeOf(fault.node, client, signal);
  if (node === undefined) return { pods: [], services: [], autoscalers: [] };
  return { pods: (await podsOn(node, client, signal)).map(affected), services: [], autoscalers: [], node };
}

async function aroundWorkload(target: WorkloadTarget, client: Client, signal: AbortSignal): Promise<Surroundings> {
  const [pods, services, autoscalers] = await Promise.all([
    podsOfTarget(target, client, signal),
    client.list<Service>(`/api/v1/namespaces/${target.namespace}/services`, {}, signal),
    autoscalersOf(target, client, signal),
  ]);
  return {
    pods: pods.map(affected),
    services: services.filter(({ spec: { selector } }) => pods.some((pod) => selects(selector, pod))).map(named),
    autoscalers: autoscalers.map(named),
  };
}

async function podsOfTarget(target: WorkloadTarget, client: Client, signal: AbortSignal): Promise<readonly Pod[]> {
  const workload = await findWorkload(target, client, signal);
  return workload ? podsOf(workload, client, signal) : [];
}

async function nodeOf(target: WorkloadTarget, client: Client, signal: AbortSignal): Promise<string | undefined> {
  const pods = await podsOfTarget(target, client, signal);
  return pods.find(({ spec }) => spec.nodeName !== undefined)?.spec.nodeName;
}

function affected(pod: Pod): AffectedPod {
  const address = pod.spec.hostNetwork ? undefined : pod.status?.podIP;
  const workload = workloadOf(pod);
  const controller = controllerOf(pod);
  return {
    ...named(pod),
    ...(address !== undefined && { address }),
    ...(workload && { workload }),
    ...(controller?.kind === 'ReplicaSet' && { replicaSet: controller.name }),
    ...(isOfNode(pod) && { staysWithNode: true }),
  };
}

function workloadOf(pod: Pod): WorkloadTarget | undefined {
  const { namespace = 'default', labels } = pod.metadata;
  const { kind, name } = controllerOf(pod) ?? { kind: '', name: '' };
  if (kind === 'StatefulSet') return { kind: 'statefulset', namespace, name };
  const hash = labels?.['pod-template-hash'];
  if (kind !== 'ReplicaSet' || hash === undefined) return undefined;
  return { kind: 'deployment', namespace, name: name.replace(new RegExp(`-${hash}$`), '') };
}

/** Unlike that of a workload, a Service's empty selector selects nothing. */
function selects(selector: Labels = {}, { metadata }: Pod): boolean {
  return Object.keys(selector).length > 0 && matchesSelector({ matchLabels: selector }, metadata.labels);
}

function named({ metadata: { namespace = 'default', name } }: Pick<KubernetesObject, 'metadata'>): Named {
  return { namespace, name };
}
