import { obstacle, shortPatienceMs, type ContainerReference, type Obstacle } from './obstacle.js';
import type { Termination } from '../pod-status.js';
import type { ObservedContainer, Pod } from './surroundings.js';

/**
 * The kubelet restarts at once, after 10 s, after 20 s and so on. Two crashes happen to what starts before something it
 * needs; a container that has ended three times is past that.
 */
const earlyRestarts = 1;
/** Longer than the back-off after the second crash, so that there is a third one. */
const earlyPatienceMs = 25_000;
/** A probe that is too strict for a slow start may be met at the second try. */
const probeRestarts = 3;
const messageLength = 300;

/** A container that ended and is started again and again, or has ended for good. */
export function crashObstacle(container: ObservedContainer): Obstacle | undefined {
  const { pod, status, object } = container;
  const waiting = status.state?.waiting;
  const ended = status.state?.terminated ?? status.lastState?.terminated;
  // What runs now may have got over it.
  if (status.state?.running || (!waiting && (ended?.exitCode ?? 0) === 0)) return undefined;
  const isKilled = ended?.reason === 'OOMKilled';
  const limit = isKilled ? memoryLimit(pod, status.name) : undefined;
  const words = [
    isKilled ? `it used more memory than ${limit === undefined ? 'it may' : `its limit of ${limit}`}` : undefined,
    ended && describeEnd(ended),
    status.restartCount > 0 ? `restarted ${times(status.restartCount)}` : undefined,
    // Which container and pod it is about is said already.
    waiting?.message?.replace(/ restarting failed container.*/, ''),
  ];
  return obstacle(object, isKilled ? 'OOMKilled' : (waiting?.reason ?? ended?.reason ?? 'Error'), join(words), {
    fatal: waiting !== undefined,
    patienceMs: status.restartCount > earlyRestarts ? shortPatienceMs : earlyPatienceMs,
    suggestion: isKilled ? moreMemory(status.name) : endSuggestion(ended),
    container: referenceTo(container),
  });
}

/** A container that runs but is not taken for ready, or is killed by the kubelet for it. */
export function probeObstacle(container: ObservedContainer): Obstacle | undefined {
  const { status, object, events } = container;
  const failed = events.findLast(
    ({ reason, message }) => reason === 'Unhealthy' && /probe (failed|errored)/.test(message),
  );
  const killed = events.findLast(
    ({ reason, message }) =>
      reason === 'Killing' && new RegExp(`ontainer ${status.name} failed \\w+ probe`).test(message),
  );
  if (killed && status.restartCount > 0 && status.lastState?.terminated?.reason !== 'OOMKilled') {
    const patientRestarts = status.state?.waiting ? earlyRestarts : probeRestarts - 1;
    const words = events.findLast(
      ({ reason, message }) => reason === 'Unhealthy' && /^(Liveness|Startup)/.test(message),
    );
    return obstacle(object, 'Unhealthy', join([words?.message, `killed for it ${times(status.restartCount)}`]), {
      fatal: status.restartCount > patientRestarts,
      suggestion: 'give it more time (`startupProbe`, `initialDelaySeconds`), or correct the probe',
      container: referenceTo(container),
    });
  }
  if (!failed || !status.state?.running) return undefined;
  return obstacle(object, 'Unhealthy', failed.message, { container: referenceTo(container) });
}

function describeEnd({ exitCode, reason, message }: Termination): string {
  const words = message?.trim().slice(-messageLength);
  return `exit code ${String(exitCode)}${reason && reason !== 'Error' && reason !== 'OOMKilled' ? ` (${reason})` : ''}${words ? `: ${words}` : ''}`;
}

function endSuggestion(ended: Termination | undefined): string | undefined {
  switch (ended?.exitCode) {
    case 0:
      return 'its work is done and it ended: what shall go on running needs another command, what shall end is a Job';
    case 126:
    case 127:
    case 128:
      return 'correct the command of the container: its image has no such program, or it cannot be run';
    default:
      return undefined;
  }
}

function moreMemory(name: string): string {
  return `raise the memory limit of container ${name} (\`resources.limits.memory\`), or let it use less`;
}

function memoryLimit({ spec }: Pod, name: string): string | undefined {
  const containers = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
  return containers.find((candidate) => candidate.name === name)?.resources?.limits?.memory;
}

function referenceTo({ pod, status }: ObservedContainer): ContainerReference {
  return { namespace: pod.metadata.namespace ?? 'default', pod: pod.metadata.name, name: status.name };
}

function times(count: number): string {
  return count === 1 ? 'once' : `${String(count)} times`;
}

function join(words: readonly (string | undefined)[]): string {
  return words.filter(Boolean).join(', ');
}
