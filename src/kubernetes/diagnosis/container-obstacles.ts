import type { ClusterEvent } from '../cluster-events.js';
import { crashObstacle, probeObstacle } from './crash-obstacles.js';
import { judgeImagePull } from './image-pull.js';
import { missingReference } from './missing-reference.js';
import { obstacle, type Obstacle } from './obstacle.js';
import type { ContainerStatus } from '../pod-status.js';
import type { ObservedContainer, Pod } from './surroundings.js';

/** Operators make Secrets for others, and take their time for it. */
const referencePatienceMs = 30_000;
/** A volume is attached by others, too, after some tries. */
const mountPatienceMs = 60_000;
const pullReasons: ReadonlySet<string> = new Set(['ErrImagePull', 'ImagePullBackOff', 'RegistryUnavailable']);
/** What every pod goes through. */
const passing: ReadonlySet<string> = new Set(['ContainerCreating', 'PodInitializing']);

/** What keeps the containers of a scheduled pod from being ready; `events` are those about the pod, oldest first. */
export function containerObstacles(pod: Pod, events: readonly ClusterEvent[]): Obstacle[] {
  const look = (statuses: readonly ContainerStatus[] = [], kind: string) =>
    statuses.flatMap((status) => {
      const object = `Pod/${pod.metadata.name} ${kind} ${status.name}`;
      return status.ready ? [] : (containerObstacle({ pod, status, object, events }) ?? []);
    });
  // Containers wait for the init containers, and those tell why.
  const initial = look(pod.status?.initContainerStatuses, 'init container');
  const found = [...initial, ...look(pod.status?.containerStatuses, 'container')];
  const told = initial.length > 0 ? found.filter(({ reason }) => reason !== 'PodInitializing') : found;
  const unmounted = told.some(({ reason }) => passing.has(reason)) ? creationObstacle(pod, events) : undefined;
  return unmounted ? [unmounted, ...told.filter(({ reason }) => !passing.has(reason))] : told;
}

function containerObstacle(container: ObservedContainer): Obstacle | undefined {
  const { pod, status, object, events } = container;
  const { reason, message = '' } = status.state?.waiting ?? {};
  if (reason === undefined) return probeObstacle(container) ?? crashObstacle(container);
  if (reason === 'CrashLoopBackOff') return probeObstacle(container) ?? crashObstacle(container);
  if (pullReasons.has(reason)) {
    const words = pullWords(message, events);
    return obstacle(object, reason, words, judgeImagePull(words));
  }
  const suggestion = missingReference(message, pod.metadata.namespace ?? 'default') ?? suggestions[reason];
  return obstacle(object, reason, message, {
    fatal: !passing.has(reason),
    suggestion: suggestion ?? rootSuggestion(message),
    ...(reason === 'CreateContainerConfigError' && { patienceMs: referencePatienceMs }),
  });
}

const suggestions: Readonly<Record<string, string>> = {
  InvalidImageName: 'correct the image name',
  ErrImageNeverPull: 'load the image into the nodes, or let it be pulled (imagePullPolicy)',
  RunContainerError: 'correct the command of the container, or what it mounts',
};

function rootSuggestion(message: string): string | undefined {
  if (!/runAsNonRoot|run as root/i.test(message)) return undefined;
  return 'set `securityContext.runAsUser`, or use an image with a numeric user of its own';
}

// Until Kubernetes 1.31 the state said only that it waits for the next try, and an event why the last one failed.
function pullWords(message: string, events: readonly ClusterEvent[]): string {
  if (/ErrImagePull|rpc error|failed to pull/i.test(message)) return message;
  const failed = events.findLast(
    (event) => event.reason === 'Failed' && event.message.startsWith('Failed to pull image'),
  );
  return failed?.message ?? message;
}

/** Why the containers cannot even be made: volumes, and the network of the pod. */
function creationObstacle(pod: Pod, events: readonly ClusterEvent[]): Obstacle | undefined {
  const failure = events.findLast(({ type, reason }) => type === 'Warning' && creationReasons.has(reason));
  if (!failure) return undefined;
  const missing = missingReference(failure.message, pod.metadata.namespace ?? 'default');
  return obstacle(`Pod/${pod.metadata.name}`, failure.reason, failure.message, {
    // A network plugin that is still starting refuses sandboxes until it runs.
    fatal: failure.reason !== 'FailedCreatePodSandBox',
    patienceMs: missing === undefined ? mountPatienceMs : referencePatienceMs,
    suggestion: missing ?? 'check the volumes of the pod, and that their driver runs on its node',
  });
}

const creationReasons: ReadonlySet<string> = new Set(['FailedMount', 'FailedAttachVolume', 'FailedCreatePodSandBox']);
