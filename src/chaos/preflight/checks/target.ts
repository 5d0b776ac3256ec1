import { readWorkload } from '../../../kubernetes/workloads.js';
import { nearest } from '../../../nearest.js';
import type { Drill, WorkloadTarget } from '../../drill.js';
import type { Finding } from '../../record.js';
import { targetOf, targetSubject } from '../../target.js';
import type { TargetObject } from '../../workload/workload.js';
import { answerOf, problemOf } from '../asked.js';
import type { Check } from '../check.js';
import type { WorkloadFacts } from '../facts/workload.js';

const check = 'target';

/** Whether what the drill breaks is there, whole, and not broken already. */
export const checkTarget: Check = (drill, facts) => {
  const target = targetOf(drill.fault);
  const problem = problemOf(facts.target);
  if (problem !== undefined) return [{ check, level: 'refused', link: 'fault', message: problem }];
  const found = answerOf(facts.target);
  if (!target || !found) return [];
  const { object } = found;
  if (!object) return [missing(target, found)];
  const findings = [...unsettled(target, object), ...without(drill, target, object)];
  if (findings.length > 0) return findings;
  const replicas = object.spec.replicas ?? 1;
  return [
    {
      check,
      level: 'ok',
      message: `${targetSubject(target)} has ${String(replicas)} of ${String(replicas)} pods ready`,
    },
  ];
};

function missing(target: WorkloadTarget, { others }: WorkloadFacts): Finding {
  const namesake = others.find(({ name }) => name === target.name);
  const near = nearest(
    target.name,
    others
      .filter(({ namespace, kind }) => namespace === target.namespace && kind === target.kind)
      .map(({ name }) => name),
  );
  const suggestion = namesake ?? (near === undefined ? undefined : { ...target, name: near });
  return {
    check,
    level: 'refused',
    link: 'fault',
    message: `there is no ${targetSubject(target)}`,
    fix: [suggestion ? `did you mean ${targetSubject(suggestion)}?` : 'see `platform status` for what there is'],
  };
}

function unsettled(target: WorkloadTarget, object: TargetObject): readonly Finding[] {
  if (object.spec.paused === true) {
    const message = `${targetSubject(target)} is paused: a change of it is not finished`;
    const fix = [`kubectl rollout resume ${target.kind}/${target.name} -n ${target.namespace}`];
    return [{ check, level: 'inconclusive', link: 'fault', message, fix }];
  }
  const { waitingFor } = readWorkload(target.kind === 'deployment' ? 'Deployment' : 'StatefulSet', object);
  if (waitingFor === undefined) return [];
  const message = `${targetSubject(target)} is not settled: ${waitingFor}`;
  return [
    { check, level: 'inconclusive', link: 'fault', message, fix: ['wait until it is, or see `platform status`'] },
  ];
}

/** What leaves nothing to break. */
function without({ fault }: Drill, target: WorkloadTarget, { spec }: TargetObject): readonly Finding[] {
  const replicas = spec.replicas ?? 1;
  const useless = (message: string): readonly Finding[] => [{ check, level: 'inconclusive', link: 'fault', message }];
  if (fault.type === 'scale' && replicas === fault.replicas) {
    return useless(`${targetSubject(target)} is at ${String(replicas)} already: the fault would change nothing`);
  }
  return fault.type !== 'scale' && replicas === 0
    ? useless(`${targetSubject(target)} has no pods: it is scaled to 0`)
    : [];
}
