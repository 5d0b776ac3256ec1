import type { Drill } from '../drill.js';
import { answerOf } from '../preflight/asked.js';
import type { Facts } from '../preflight/facts.js';
import type { Container, ContainerProbe, PodSpec } from '../workload/pod.js';
import { longestOf, sumOf, type Term } from './term.js';

/** Kubernetes' own, where a pod does not say (core/v1 defaults). */
const defaults = { graceSeconds: 30, periodSeconds: 10, failureThreshold: 3 } as const;
/** Simulated pods come and go as soon as the controllers have seen it: two seconds, measured. */
const simulated: Term = { what: 'simulated pods', ms: 5_000 };

/** How long the pods that a fault removes may still serve. */
export function endingOf(drill: Drill, facts: Facts): Term {
  if (facts.simulation !== undefined) return simulated;
  const graces = podsOf(facts).map(({ terminationGracePeriodSeconds: seconds = defaults.graceSeconds }) => seconds);
  const seconds = graces.length > 0 ? Math.max(...graces) : defaults.graceSeconds;
  return { what: 'terminationGracePeriodSeconds', ms: seconds * 1000 };
}

/** How long it may take after the restore until pods are ready again. */
export function startingOf(drill: Drill, facts: Facts): readonly Term[] {
  const { fault } = drill;
  if (fault.type === 'load' || (fault.type === 'cut' && fault.connections === 'keep')) return [];
  if (facts.simulation !== undefined) return [simulated];
  const slowest = longestOf(podsOf(facts).flatMap(({ containers }) => containers.map(startOf)));
  const object = answerOf(facts.target)?.object;
  const { replicas = 1, minReadySeconds = 0, podManagementPolicy } = object?.spec ?? {};
  // Pods of a StatefulSet wait for the one before.
  const isInTurn = object?.kind === 'StatefulSet' && podManagementPolicy !== 'Parallel';
  const turns = isInTurn ? Math.max(replicas, 1) : 1;
  const pod = slowest ?? { what: 'ready', ms: 0 };
  return [
    turns === 1 ? pod : { what: `${pod.what}, for ${String(turns)} pods in turn,`, ms: pod.ms * turns },
    { what: 'minReadySeconds', ms: minReadySeconds * 1000 * turns },
  ];
}

function podsOf(facts: Facts): readonly PodSpec[] {
  const object = answerOf(facts.target)?.object;
  const onNode = answerOf(facts.node)?.pods ?? [];
  return [...(object ? [object.spec.template.spec] : []), ...onNode.map(({ spec }) => spec)];
}

function startOf({ startupProbe, readinessProbe }: Container): Term {
  const startup = startupProbe ? delayOf(startupProbe, startupProbe.failureThreshold ?? defaults.failureThreshold) : 0;
  const readiness = readinessProbe ? delayOf(readinessProbe, readinessProbe.successThreshold ?? 1) : 0;
  const { atMostMs } = sumOf([
    { what: 'startup', ms: startup },
    { what: 'readiness', ms: readiness },
  ]);
  return { what: startup > 0 ? 'startup and readiness probes' : 'readiness probe', ms: atMostMs };
}

function delayOf({ initialDelaySeconds = 0, periodSeconds = defaults.periodSeconds }: ContainerProbe, times: number) {
  return (initialDelaySeconds + periodSeconds * times) * 1000;
}
