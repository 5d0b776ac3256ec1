import type { ClusterClient } from './client.js';
import type { KubernetesObject } from './objects.js';
import type { ContainerStatus, PodStatus } from './pod-status.js';
import type { Workload } from './workloads.js';

/** What a pod is doing, without anything of its specification that could hold a secret. */
export interface PodState {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Pending, Running, Succeeded, Failed, Unknown. */
  readonly phase: string;
  readonly ready: boolean;
  readonly node: string | undefined;
  /** Kubernetes' words for why it is not ready. */
  readonly reason: string | undefined;
  /** Init containers first, in their order. */
  readonly containers: readonly ContainerState[];
}

export interface ContainerState {
  readonly name: string;
  readonly image: string;
  readonly state: 'waiting' | 'running' | 'terminated';
  readonly reason: string | undefined;
  readonly message: string | undefined;
  readonly exitCode: number | undefined;
  readonly restarts: number;
  readonly ready: boolean;
}

interface PodObject extends KubernetesObject {
  readonly spec: {
    readonly nodeName?: string;
    readonly initContainers?: readonly { readonly name: string; readonly image?: string }[];
    readonly containers: readonly { readonly name: string; readonly image?: string }[];
  };
  readonly status?: PodStatus;
}

/** The pods of a namespace, or of the whole cluster. */
export async function listPods(
  client: ClusterClient,
  namespace: string | undefined,
  signal?: AbortSignal,
): Promise<PodState[]> {
  return (await listPodObjects(client, namespace, signal)).map(readPod);
}

/**
 * The pods of a Helm release: those its workloads select, and those that say by the common label that they are of it,
 * as pods of Jobs and of operators do.
 * @param release `namespace/name`
 */
export async function podsOfRelease(
  client: ClusterClient,
  release: string,
  workloads: readonly Workload[],
  signal?: AbortSignal,
): Promise<PodState[]> {
  const [home = 'default', name = ''] = release.split('/');
  const own = workloads.filter((workload) => workload.release === release);
  const namespaces = [...new Set([home, ...own.map(({ namespace }) => namespace)])];
  const lists = await Promise.all(namespaces.map((namespace) => listPodObjects(client, namespace, signal)));
  return lists
    .flat()
    .filter(
      ({ metadata: { namespace, labels = {} } }) =>
        own.some((workload) => workload.namespace === namespace && selects(workload.selector, labels)) ||
        (namespace === home && labels['app.kubernetes.io/instance'] === name),
    )
    .map(readPod);
}

function listPodObjects(client: ClusterClient, namespace: string | undefined, signal?: AbortSignal) {
  const path = namespace === undefined ? '/api/v1/pods' : `/api/v1/namespaces/${namespace}/pods`;
  return client.list<PodObject>(path, {}, signal);
}

// An empty selector would take every pod of the namespace.
function selects(selector: Workload['selector'], labels: Readonly<Record<string, string>>): boolean {
  const wanted = Object.entries(selector);
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}

function readPod({ metadata, spec, status = {} }: PodObject): PodState {
  const statuses = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  const ready = status.conditions?.find(({ type }) => type === 'Ready');
  const unscheduled = status.conditions?.find(
    (condition) => condition.type === 'PodScheduled' && condition.status === 'False',
  );
  return {
    namespace: metadata.namespace ?? 'default',
    name: metadata.name,
    uid: metadata.uid ?? metadata.name,
    phase: status.phase ?? 'Unknown',
    ready: ready?.status === 'True',
    node: spec.nodeName,
    reason:
      unscheduled?.message ??
      status.message ??
      status.reason ??
      (ready?.status === 'True' ? undefined : ready?.message),
    containers: [...(spec.initContainers ?? []), ...spec.containers].map(({ name, image = '' }) =>
      readContainer(
        name,
        image,
        statuses.find((candidate) => candidate.name === name),
      ),
    ),
  };
}

function readContainer(name: string, image: string, status: ContainerStatus | undefined): ContainerState {
  const { waiting, running, terminated } = status?.state ?? {};
  const told = waiting ?? terminated;
  return {
    name,
    image,
    state: running ? 'running' : terminated ? 'terminated' : 'waiting',
    reason: told?.reason,
    message: told?.message,
    exitCode: terminated?.exitCode,
    restarts: status?.restartCount ?? 0,
    ready: status?.ready ?? false,
  };
}
