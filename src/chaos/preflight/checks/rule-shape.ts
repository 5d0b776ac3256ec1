import { comparisonsIn, type Comparison, type Side } from '../../../monitoring/expression.js';
import { matchOfAll } from '../../../monitoring/matchers.js';
import type { Drill } from '../../drill.js';
import type { Finding } from '../../record.js';
import { targetOf, targetSubject } from '../../target.js';
import { answerOf } from '../asked.js';
import type { Check } from '../check.js';
import { expectedAlerts } from '../expected-alerts.js';
import type { Facts } from '../facts.js';

const wanted = ['kube_statefulset_replicas', 'kube_deployment_spec_replicas'];
const measured = /^kube_(statefulset|deployment)_status_replicas(_ready|_available|_updated|_current)?$/;

/** Two shapes of rules that look right and cannot see a workload without pods; whether a rule does is tried elsewhere. */
export const checkRuleShape: Check = (drill, facts) => {
  const prometheus = answerOf(facts.monitoring?.prometheus);
  if (!prometheus || !removesAllPods(drill)) return [];
  return expectedAlerts(drill, prometheus).flatMap(({ name, rules }) =>
    rules
      .flatMap(({ rule }) => comparisonsIn(rule.query))
      .flatMap((comparison) => blindnessOf(comparison, drill, facts))
      .slice(0, 1)
      .map((reason): Finding => ({
        check: 'rule-shape',
        level: 'note',
        link: 'pending',
        message: `the rule ${name} may not see it: ${reason}`,
      })),
  );
};

function removesAllPods({ fault }: Drill): boolean {
  return fault.type === 'scale' && fault.replicas === 0;
}

function blindnessOf({ operator, left, right }: Comparison, drill: Drill, facts: Facts): readonly string[] {
  const target = targetOf(drill.fault);
  if (!target) return [];
  const compares = [left, right].every((side) =>
    has(side, (metric) => wanted.includes(metric) || measured.test(metric)),
  );
  if (compares && ['!=', '>', '<'].includes(operator)) {
    return [`what is wanted and what is there both become 0 when ${targetSubject(target)} is scaled to 0`];
  }
  const isDown = operator === '==' && right.value === 0 && !left.isAbsence;
  return isDown && left.selectors.some((selector) => selector.metric === 'up' && isInItsPods(selector, facts))
    ? ['up of a target in a pod that is gone is absent, and not 0']
    : [];
}

function has({ selectors }: Side, test: (metric: string) => boolean): boolean {
  return selectors.some(({ metric }) => metric !== undefined && test(metric));
}

function isInItsPods({ matchers }: Side['selectors'][number], { monitoring, target }: Facts): boolean {
  const pods = (answerOf(target)?.pods ?? []).map(({ metadata }) => metadata.name);
  const targets = answerOf(monitoring?.prometheus)?.targets ?? [];
  const labels = matchers.filter(({ name }) => name !== '__name__');
  const selected = targets.filter((each) => matchOfAll(labels, { known: each.labels, isComplete: true }) === 'yes');
  return selected.some(({ labels: { pod } }) => pod !== undefined && pods.includes(pod));
}
