import type { Finding } from '../../record.js';
import { targetOf, targetSubject } from '../../target.js';
import { controllerOf } from '../../workload/pod.js';
import type { TargetObject } from '../../workload/workload.js';
import { answerOf } from '../asked.js';
import type { Check } from '../check.js';

const check = 'owner';

/** Labels and annotations by which programs that follow a repository mark what is theirs. */
const gitOps = {
  'argocd.argoproj.io/tracking-id': 'Argo CD',
  'argocd.argoproj.io/instance': 'Argo CD',
  'kustomize.toolkit.fluxcd.io/name': 'Flux',
  'helm.toolkit.fluxcd.io/name': 'Flux',
} as const;

/** Whether somebody else would take the fault back, or answer it in a way of his own. */
export const checkOwners: Check = (drill, facts) => {
  const target = targetOf(drill.fault);
  const object = answerOf(facts.target)?.object;
  if (!target || !object) return [];
  const { type } = drill.fault;
  const operator = controllerOf(object);
  const findings: Finding[] = [];
  if (operator) {
    const owner = `${operator.kind} ${operator.name}`;
    const isScaled = type === 'scale';
    const because = isScaled ? 'its operator would undo the fault' : 'its operator may answer the fault in its own way';
    const level = isScaled ? 'refused' : 'note';
    const fix = [`break ${owner} the way its operator offers`];
    findings.push({
      check,
      level,
      link: 'fault',
      message: `${targetSubject(target)} belongs to ${owner}: ${because}`,
      fix,
    });
  }
  const manager = gitOpsOf(object);
  if (manager !== undefined && type === 'scale') {
    const message = `${targetSubject(target)} is managed by ${manager}, which would undo the fault where it corrects what differs from its repository`;
    findings.push({ check, level: 'refused', link: 'fault', message, fix: [`suspend ${manager} for it first`] });
  }
  return findings.length > 0
    ? findings
    : [{ check, level: 'ok', message: `nobody else manages ${targetSubject(target)}` }];
};

function gitOpsOf({ metadata: { labels = {}, annotations = {} } }: TargetObject): string | undefined {
  const keys = Object.keys(gitOps) as (keyof typeof gitOps)[];
  const found = keys.find((key) => key in labels || key in annotations);
  return found && gitOps[found];
}
