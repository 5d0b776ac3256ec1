import { aboutAlerting } from '../../../monitoring/alerts-now.js';
import type { PartialLabels } from '../../../monitoring/matchers.js';
import type { Finding } from '../../record.js';
import { answerOf } from '../asked.js';
import type { Check } from '../check.js';
import { alertOf, expectedAlerts } from '../expected-alerts.js';

const check = 'baseline';

/** Whether the expected alerts are quiet, so that the fault can be what raises them; others are named. */
export const checkBaseline: Check = (drill, { monitoring }) => {
  const prometheus = answerOf(monitoring?.prometheus);
  if (!prometheus) return [];
  const expected = expectedAlerts(drill, prometheus);
  const names = [...drill.expect.alerts, ...drill.expect.mayFire];
  const findings = expected.flatMap(({ name, rules }): readonly Finding[] => {
    const there = prometheus.alerts.filter(({ labels }) => labels['alertname'] === name);
    const same = there.find(({ labels }) => rules.some((rule) => mayBe(rule.labels, labels)));
    if (!same) return [];
    return [
      {
        check,
        level: 'inconclusive',
        link: 'pending',
        message: `${name} is ${same.state} already, since ${new Date(same.activeAt).toISOString()}`,
        fix: ['end what raises it first: only a quiet alert can show what a fault does'],
      },
    ];
  });
  const unexpected = prometheus.alerts.filter(({ state, labels: { alertname = '' } }) => {
    return state === 'firing' && !aboutAlerting.has(alertname) && !names.includes(alertname);
  });
  const others = [...new Set(unexpected.map(({ labels: { alertname = '' } }) => alertname))].sort();
  const follow = followers(drill, prometheus);
  return [
    ...findings,
    ...(others.length > 0 ? [noteOf(`firing already, and not because of this drill: ${others.join(', ')}`)] : []),
    ...(follow.length > 0 ? [noteOf(`may fire as well, and has no rule: ${follow.join(', ')}`)] : []),
    ...(findings.length === 0 && expected.length > 0
      ? [{ check, level: 'ok' as const, message: 'none of the expected alerts is pending or firing' }]
      : []),
  ];
};

type Given = Parameters<Check>;

function followers(drill: Given[0], prometheus: Parameters<typeof alertOf>[2]): readonly string[] {
  return drill.expect.mayFire.filter((name) => alertOf(name, drill, prometheus).rules.length === 0);
}

function noteOf(message: string): Finding {
  return { check, level: 'note', message };
}

function mayBe({ known }: PartialLabels, labels: Readonly<Record<string, string>>): boolean {
  // External labels are added on the way to Alertmanager: Prometheus' own alerts do not have them.
  return Object.entries(known).every(([name, value]) => labels[name] === undefined || labels[name] === value);
}
