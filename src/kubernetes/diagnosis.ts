import type { ClusterClient } from './client.js';
import { listEvents, type ClusterEvent } from './cluster-events.js';
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
const transient: ReadonlySet<string> = new Set([
  'ContainerCreating',
  'PodInitializing',
  'ErrImagePull',
  'SchedulingGated',
]);
/** Words of the scheduler that it takes back by itself: nodes become ready, and volumes are made. */
const transientWords = /node\.kubernetes\.io\/not-ready|unbound immediate PersistentVolumeClaims/;

/** Looks for what stands in the way of a workload: its pods' states and the warnings about it. */
export async function findObstacles(
  client: ClusterClient,
  workload: Workload,
  signal: AbortSignal,
): Promise<readonly Obstacle[]> {
  const labelSelector = Object.entries(workload.selector)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  // An empty selector would take every pod of the namespace.
  if (labelSelector === '') return [];
  const [selected, template, events] = await Promise.all([
    client.list<Pod>(`/api/v1/namespaces/${workload.namespace}/pods`, { labelSelector }, signal),
    workload.kind === 'Deployment' ? newestTemplate(client, workload, labelSelector, signal) : undefined,
    listEvents(client, workload.namespace, signal),
  ]);
  // Pods of what a Deployment was before stay until new ones are ready, and say nothing about those.
  const pods = template ? selected.filter(({ metadata }) => metadata.labels?.[templateLabel] === template) : selected;
  const creator = template ? `ReplicaSet/${workload.name}-${template}` : `${workload.kind}/${workload.name}`;
  return [...pods.flatMap(podObstacles), ...creationObstacles(workload, creator, events, pods)];
}

const templateLabel = 'pod-template-hash';

/** The hash of the pod template that a Deployment has now; `undefined` before its controller has seen it. */
async function newestTemplate(
  client: ClusterClient,
  { namespace, name }: Workload,
  labelSelector: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const path = `/apis/apps/v1/namespaces/${namespace}/replicasets`;
  const revisionOf = ({ metadata }: KubernetesObject) =>
    Number(metadata.annotations?.['deployment.kubernetes.io/revision'] ?? 0);
  const replicaSets = await client.list(path, { labelSelector, metadataOnly: true }, signal);
  const [newest] = replicaSets
    .filter(({ metadata }) => metadata.name === `${name}-${metadata.labels?.[templateLabel] ?? ''}`)
    .sort((a, b) => revisionOf(b) - revisionOf(a));
  return newest?.metadata.labels?.[templateLabel];
}

/** One obstacle in one line: `Pod/auth-0: Unschedulable: 0/2 nodes are available`. */
export function describeObstacle({ object, reason, message }: Obstacle): string {
  return `${object}: ${reason}${message ? `: ${message}` : ''}`;
}

function podObstacles(pod: Pod): Obstacle[] {
  const object = `Pod/${pod.metadata.name}`;
  const unscheduled = unscheduledOf(pod);
  if (unscheduled) {
    const { reason = 'Unschedulable', message = '' } = unscheduled;
    return [obstacle(object, reason, message, !transient.has(reason) && !transientWords.test(message))];
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

// Pods that could not even be created, and volumes: only events tell why.
function creationObstacles(
  workload: Workload,
  creator: string,
  events: readonly ClusterEvent[],
  pods: readonly Pod[],
): Obstacle[] {
  const isIncomplete = pods.length < workload.wanted;
  const isUnscheduled = pods.some((pod) => unscheduledOf(pod) !== undefined);
  const isOwnClaim = (object: string) =>
    object.startsWith('PersistentVolumeClaim/') && object.replace(/-\d+$/, '').endsWith(`-${workload.name}`);
  const newest = events.findLast(
    ({ object, reason }) =>
      (isIncomplete && reason === 'FailedCreate' && object === creator) ||
      (isUnscheduled && reason === 'ProvisioningFailed' && isOwnClaim(object)),
  );
  if (!newest) return [];
  // A pod that was created since shows that the reason is gone.
  const isOver = pods.some(({ metadata }) => Date.parse(metadata.creationTimestamp ?? '') > Date.parse(newest.at));
  return isOver ? [] : [obstacle(newest.object, newest.reason, newest.message, true)];
}

function unscheduledOf({ status }: Pod): Condition | undefined {
  return status?.conditions?.find(({ type, status: state }) => type === 'PodScheduled' && state === 'False');
}

function obstacle(object: string, reason: string, message: string, fatal: boolean): Obstacle {
  return { object, reason, message, fatal, suggestion: suggestions[reason] };
}
