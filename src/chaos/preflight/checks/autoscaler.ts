import { formatDuration } from '../../../clock.js';
import { nearest } from '../../../nearest.js';
import type { Autoscaler } from '../../autoscaling/autoscaler.js';
import { usualMetricsResolutionMs } from '../../autoscaling/predict.js';
import type { Drill } from '../../drill.js';
import type { Finding } from '../../record.js';
import { targetOf, targetSubject } from '../../target.js';
import type { PodSpec } from '../../workload/pod.js';
import { answerOf, problemOf } from '../asked.js';
import type { Check } from '../check.js';
import { clusterTime } from '../facts.js';
import type { AutoscalerFacts } from '../facts/autoscaler.js';
import { baselineOf } from '../autoscaler-baseline.js';

const check = 'autoscaler';

/** Whether the autoscaler that the drill is about can scale, and stands still now. */
export const checkAutoscaler: Check = (drill, facts) => {
  const expected = drill.expect.autoscaler;
  const problem = problemOf(facts.autoscaler);
  if (problem !== undefined && expected) return [{ check, level: 'inconclusive', message: problem }];
  const found = answerOf(facts.autoscaler);
  if (!found) return [];
  const { autoscaler } = found;
  if (!autoscaler) return expected ? [missing(expected.name, found)] : [];
  // Of a drill that is not about scaling, only that the autoscaler would work against it.
  if (!expected && drill.fault.type !== 'load') return interference(drill, autoscaler);
  const name = subject(autoscaler);
  const unknown = requests(autoscaler, found.pods);
  const findings = [
    // How long to wait is told before why.
    ...baselineOf(autoscaler, name, clusterTime(facts)),
    ...limits(drill, autoscaler),
    // Of that nothing else can come.
    ...(unknown.length > 0 ? unknown : abilities(autoscaler, clusterTime(facts), firstMetricsMs(found))),
  ];
  return findings.length > 0 ? findings : [{ check, level: 'ok', message: `${name} can scale and stands still` }];
};

function subject({ metadata }: Autoscaler): string {
  return `autoscaler ${metadata.name} in ${metadata.namespace}`;
}

function missing(name: string, { names }: AutoscalerFacts): Finding {
  const near = nearest(name, names);
  const there = names.length > 0 ? `there are ${names.join(', ')}` : 'there is none in this namespace';
  const message = `there is no autoscaler ${name}`;
  return { check, level: 'weakness', message, fix: [near === undefined ? there : `did you mean ${near}?`] };
}

function interference(drill: Drill, autoscaler: Autoscaler): readonly Finding[] {
  const { fault } = drill;
  const target = targetOf(drill.fault);
  if (fault.type !== 'scale' || !target) return [];
  if (fault.replicas > 0) {
    const message = `${subject(autoscaler)} would change ${targetSubject(target)} from ${String(fault.replicas)} replicas to what it wants`;
    return [{ check, level: 'inconclusive', link: 'fault', message, fix: ['scale to 0: that switches it off'] }];
  }
  return [{ check, level: 'note', message: `${subject(autoscaler)} is switched off while its target is at 0` }];
}

function limits({ expect }: Drill, autoscaler: Autoscaler): readonly Finding[] {
  const { minReplicas, maxReplicas } = autoscaler.spec;
  const reaches = expect.autoscaler?.reaches ?? maxReplicas;
  const current = autoscaler.status.currentReplicas;
  const tell = (level: Finding['level'], message: string, fix: string): readonly Finding[] => [
    { check, level, message: `${subject(autoscaler)} ${message}`, fix: [fix] },
  ];
  if (minReplicas >= maxReplicas) {
    return tell('weakness', `cannot scale: its minimum is its maximum, ${String(maxReplicas)}`, 'raise maxReplicas');
  }
  if (reaches > maxReplicas) {
    const message = `may have ${String(maxReplicas)} replicas at most, and the drill expects ${String(reaches)}`;
    return tell('weakness', message, 'raise maxReplicas, or expect less');
  }
  if (current >= maxReplicas) {
    return tell('inconclusive', `is at its maximum of ${String(maxReplicas)} already`, 'wait until it has come down');
  }
  return current >= reaches
    ? tell('inconclusive', `has ${String(current)} replicas already, and is to reach ${String(reaches)}`, 'expect more')
    : [];
}

/** A new pod is measured twice, the first time late, and then the autoscaler looks again. */
function firstMetricsMs({ metricsResolutionMs = usualMetricsResolutionMs }: AutoscalerFacts): number {
  return 2 * metricsResolutionMs + 90_000;
}

function abilities(autoscaler: Autoscaler, at: number, measuredWithinMs: number): readonly Finding[] {
  const conditions = autoscaler.status.conditions ?? [];
  return ['AbleToScale', 'ScalingActive'].flatMap((type): readonly Finding[] => {
    const condition = conditions.find((each) => each.type === type);
    if (condition?.status === 'True') return [];
    if (!condition || condition.status === 'Unknown') {
      const message = `${subject(autoscaler)} does not say yet whether it can scale: no condition ${type}`;
      return [{ check, level: 'inconclusive', message, fix: ['try again in a minute'] }];
    }
    const sinceMs = at - Date.parse(condition.lastTransitionTime ?? '');
    if (condition.reason?.startsWith('FailedGet') === true && sinceMs < measuredWithinMs) {
      const message = `${subject(autoscaler)} does not know yet what its pods use (${condition.reason})`;
      const fix = `try again in ${formatDuration(measuredWithinMs - sinceMs)}: of new pods there are no metrics yet`;
      return [{ check, level: 'inconclusive', message, fix: [fix] }];
    }
    const words = [condition.reason, condition.message].filter((text) => text !== undefined).join(': ');
    const message = `${subject(autoscaler)} would not scale: ${type} is False (${words})`;
    return [{ check, level: 'weakness', message, fix: [`kubectl describe hpa ${autoscaler.metadata.name}`] }];
  });
}

/** A container without a request makes the use of its whole pod unknown, and the autoscaler stand still. */
function requests(autoscaler: Autoscaler, pods: readonly PodSpec[]): readonly Finding[] {
  const resources = autoscaler.spec.metrics
    .filter(({ type, resource }) => type === 'Resource' && resource?.target.type === 'Utilization')
    .flatMap(({ resource }) => (resource ? [resource.name] : []));
  return resources.flatMap((resource): readonly Finding[] => {
    const without = pods.flatMap(({ containers }) =>
      containers.filter((container) => container.resources?.requests?.[resource] === undefined),
    );
    const names = [...new Set(without.map(({ name }) => name))];
    if (names.length === 0) return [];
    const message = `${subject(autoscaler)} would not scale: container ${names.join(', ')} requests no ${resource}`;
    return [{ check, level: 'weakness', message, fix: [`set resources.requests.${resource}`] }];
  });
}
