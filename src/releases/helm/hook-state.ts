import type { ClusterClient } from '../../kubernetes/client.js';
import { obstaclesOf, podObstacles } from '../../kubernetes/diagnosis.js';
import { matchesSelector } from '../../kubernetes/label-selector.js';
import type { Condition, KubernetesObject } from '../../kubernetes/objects.js';
import type { ContainerReference, Obstacle } from '../../kubernetes/diagnosis/obstacle.js';
import { surroundingsOf, type Pod } from '../../kubernetes/diagnosis/surroundings.js';
import type { Hook } from './hooks.js';

/** How far a hook has come. */
export type HookState =
  /** Not made yet, or deleted again. */
  | { readonly status: 'absent' }
  | { readonly status: 'succeeded' }
  | {
      readonly status: 'running';
      readonly createdAt: string;
      readonly obstacles: readonly Obstacle[];
      /** Whose logs may tell what it is at. */
      readonly containers: readonly ContainerReference[];
    }
  | {
      readonly status: 'failed';
      readonly createdAt: string;
      /** Kubernetes' own: `BackoffLimitExceeded`, `DeadlineExceeded`. */
      readonly reason: string;
      readonly message: string;
      /** How its pods ended, the newest ones first. */
      readonly obstacles: readonly Obstacle[];
    };

interface Job extends KubernetesObject {
  readonly spec: { readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> } };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

/** Looks at a hook and its pods. */
export async function hookState(client: ClusterClient, hook: Hook, signal?: AbortSignal): Promise<HookState> {
  return hook.kind === 'Job' ? jobState(client, hook, signal) : podState(client, hook, signal);
}

async function jobState(client: ClusterClient, hook: Hook, signal?: AbortSignal): Promise<HookState> {
  const { namespace, name } = hook;
  const job = await client.get<Job>(`/apis/batch/v1/namespaces/${namespace}/jobs/${name}`, signal);
  if (!job) return { status: 'absent' };
  const holds = (type: string) =>
    job.status?.conditions?.find((condition) => condition.type === type && condition.status === 'True');
  if (holds('Complete')) return { status: 'succeeded' };
  const createdAt = job.metadata.creationTimestamp ?? '';
  const selector = job.spec.selector?.matchLabels ?? {};
  const owner = { kind: 'Job', namespace, name, selector, wanted: 1, createdAt } as const;
  // Whether its pods are tried again is for the Job to decide, and it says when it has.
  const surroundings = surroundingsOf(client, signal);
  const obstacles = (await obstaclesOf(owner, surroundings)).map((obstacle) =>
    obstacle.container ? { ...obstacle, fatal: false } : obstacle,
  );
  // The first one comes before its pods are ended and with them their logs.
  const failed = holds('FailureTarget') ?? holds('Failed');
  const pods = (await surroundings.pods(namespace)).filter(({ metadata }) =>
    matchesSelector({ matchLabels: selector }, metadata.labels),
  );
  if (!failed) return { status: 'running', createdAt, obstacles, containers: pods.flatMap(containersOf) };
  const { reason = 'Failed', message = '' } = failed;
  return { status: 'failed', createdAt, reason, message, obstacles };
}

async function podState(client: ClusterClient, { namespace, name }: Hook, signal?: AbortSignal): Promise<HookState> {
  const pod = await client.get<Pod>(`/api/v1/namespaces/${namespace}/pods/${name}`, signal);
  if (!pod) return { status: 'absent' };
  const { phase, reason = 'Failed', message = '' } = pod.status ?? {};
  if (phase === 'Succeeded') return { status: 'succeeded' };
  const createdAt = pod.metadata.creationTimestamp ?? '';
  const surroundings = surroundingsOf(client, signal);
  const obstacles = await podObstacles(pod, await surroundings.events(namespace), surroundings);
  if (phase !== 'Failed') return { status: 'running', createdAt, obstacles, containers: containersOf(pod) };
  return { status: 'failed', createdAt, reason, message, obstacles };
}

/** The containers of a pod that run. */
function containersOf({ metadata: { name: pod, namespace = 'default' }, status }: Pod): ContainerReference[] {
  const running = status?.containerStatuses?.filter(({ state }) => state?.running) ?? [];
  return running.map(({ name }) => ({ namespace, pod, name }));
}
