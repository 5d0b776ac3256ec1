import type { ClusterClient } from './client.js';
import type { Condition, KubernetesObject } from './objects.js';
import type { Workload } from './workloads.js';

/** What keeps a workload from being ready: an object, Kubernetes' own reason and message, and what to do. */
export interface Obstacle {
  readonly object: string;
  readonly reason: string;
  readonly message: string;
  /** Waiting will not help. */
  readonly fatal: boolean;
  readonly suggestion: string | undefined;
}

interface Pod extends KubernetesObject {
  readonly status?: {
    readonly conditions?: readonly Condition[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

interface ContainerStatus {
  readonly name: string;
  readonly restartCount: number;
  readonly state?: { readonly waiting?: { readonly reason?: string; readonly message?: string } };
  readonly lastState?: { readonly terminated?: { readonly exitCode: number; readonly reason?: string } };
}

interface Event extends KubernetesObject {
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly involvedObject: { readonly kind: string; readonly name: string };
}

const suggestions: Readonly<Record<string, string>> = {
  ImagePullBackOff: 'check the image name and tag, and that the registry can be reached and allows it',
  ErrImagePull: 'check the image name and tag, and that the registry can be reached and allows it',
  InvalidImageName: 'correct the image name',
  CreateContainerConfigError: 'create the Secret or ConfigMap it names, or correct the reference',
  CrashLoopBackOff: 'see why the container ends: `platform logs`',
  Unschedulable: 'lower the requests, or add nodes (`local.workers`)',
  FailedCreate: 'correct what the message names: a quota, or the Pod Security level of the namespace',
  ProvisioningFailed: 'check the storage class of the claim',
};

/** Reasons that go away by themselves while a cluster is still coming up. */
const transient: ReadonlySet<string> = new Set(['ContainerCreating', 'PodInitializing', 'ErrImagePull']);

/** Looks for what stands in the way of a workload: its pods' states and the warnings about it. */
export async function findObstacles(
  client: ClusterClient,
  workload: Workload,
  signal: AbortSignal,
): Promise<readonly Obstacle[]> {
  const namespace = `/api/v1/namespaces/${workload.namespace}`;
  const labelSelector = Object.entries(workload.selector)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  const [pods, events] = await Promise.all([
    client.list<Pod>(`${namespace}/pods`, { labelSelector }, signal),
    client.list<Event>(`${namespace}/events`, { fieldSelector: 'type=Warning' }, signal),
  ]);
  const fromPods = pods.flatMap(podObstacles);
  return [...fromPods, ...creationObstacles(workload, events, pods.length)];
}

/** One obstacle in one line: `Pod/auth-0: Unschedulable: 0/2 nodes are available`. */
export function describeObstacle({ object, reason, message }: Obstacle): string {
  return `${object}: ${reason}${message ? `: ${message}` : ''}`;
}

function podObstacles(pod: Pod): Obstacle[] {
  const object = `Pod/${pod.metadata.name}`;
  const scheduled = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status === 'False') {
    return [obstacle(object, scheduled.reason ?? 'Unschedulable', scheduled.message ?? '', true)];
  }
  const containers = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  return containers.flatMap(({ name, state, lastState }) => {
    const waiting = state?.waiting;
    if (!waiting?.reason) return [];
    const ended = lastState?.terminated;
    const words = waiting.message ?? (ended ? `last exit code ${String(ended.exitCode)}` : '');
    return [obstacle(`${object} container ${name}`, waiting.reason, words, !transient.has(waiting.reason))];
  });
}

// Pods that could not even be created: only the events of their controller tell why.
function creationObstacles(workload: Workload, events: readonly Event[], pods: number): Obstacle[] {
  if (pods >= workload.wanted) return [];
  const own = events.filter(
    ({ involvedObject: { kind, name }, reason }) =>
      ['FailedCreate', 'ProvisioningFailed'].includes(reason) &&
      [workload.kind, 'ReplicaSet', 'PersistentVolumeClaim'].includes(kind) &&
      (name === workload.name || name.startsWith(`${workload.name}-`) || name.includes(`-${workload.name}-`)),
  );
  const newest = own.at(-1);
  if (!newest) return [];
  const { kind, name } = newest.involvedObject;
  return [obstacle(`${kind}/${name}`, newest.reason, newest.message, true)];
}

function obstacle(object: string, reason: string, message: string, fatal: boolean): Obstacle {
  return { object, reason, message, fatal, suggestion: suggestions[reason] };
}
