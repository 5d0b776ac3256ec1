import { allOf, matchOfAll, type Certainty, type PartialLabels } from '../../../monitoring/matchers.js';
import type { Inhibition } from '../../../monitoring/routing.js';
import type { Finding } from '../../record.js';
import { answerOf } from '../asked.js';
import type { Check } from '../check.js';
import { overall } from '../destinations.js';
import { alertOf, expectedAlerts, type ExpectedAlert } from '../expected-alerts.js';

/** An alert that fires, or is to fire in the same drill. */
interface Source {
  readonly name: string;
  readonly when: 'fires' | 'is expected to fire as well' | 'may fire as well';
  readonly labels: PartialLabels;
}

/** Whether another alert would keep an expected one quiet. */
export const checkInhibitions: Check = (drill, { monitoring }) => {
  const prometheus = answerOf(monitoring?.prometheus);
  const alertmanager = answerOf(monitoring?.alertmanager);
  if (!prometheus || !alertmanager) return [];
  const alerts = expectedAlerts(drill, prometheus);
  const followers = drill.expect.mayFire.map((name) => alertOf(name, drill, prometheus));
  const sources: readonly Source[] = [
    ...alertmanager.alerts.map(({ labels }) => ({
      name: labels['alertname'] ?? '',
      when: 'fires' as const,
      labels: { known: labels, isComplete: true },
    })),
    ...alerts.flatMap((alert) => sourcesOf(alert, 'is expected to fire as well')),
    ...followers.flatMap((alert) => sourcesOf(alert, 'may fire as well')),
  ];
  return alerts.flatMap((alert) =>
    alertmanager.routing.inhibitions.flatMap((inhibition) => keptQuiet(alert, inhibition, sources)),
  );
};

function sourcesOf({ name, rules }: ExpectedAlert, when: Source['when']): readonly Source[] {
  return rules.map(({ labels }) => ({ name, when, labels }));
}

function keptQuiet(alert: ExpectedAlert, inhibition: Inhibition, sources: readonly Source[]): readonly Finding[] {
  const found = sources
    .filter(({ name }) => name !== alert.name)
    .map((source) => ({
      ...source,
      certainty: overall(alert.rules.map(({ labels }) => inhibits(inhibition, source.labels, labels))),
    }))
    .filter(({ certainty }) => certainty !== 'no')
    // The surest is enough to say.
    .sort((a, b) => Number(b.certainty === 'yes') - Number(a.certainty === 'yes'));
  return found.slice(0, 1).map(({ name, when, certainty }) => {
    const isCertain = certainty === 'yes' && when !== 'may fire as well';
    const rule = inhibition.name === undefined ? '' : ` (rule ${inhibition.name})`;
    return {
      check: 'inhibition',
      level: isCertain ? 'weakness' : 'warning',
      link: 'routed',
      message: `${alert.name} ${isCertain ? 'is' : 'may be'} inhibited by ${name}, which ${when}${rule}`,
      fix: ["see inhibit_rules in Alertmanager's configuration"],
    };
  });
}

/** By Alertmanager's rules (inhibit/inhibit.go): alerts that are both source and target do not keep each other quiet. */
function inhibits({ source, target, equal }: Inhibition, by: PartialLabels, alert: PartialLabels): Certainty {
  const isTarget = matchOfAll(target, alert);
  const isSource = matchOfAll(source, by);
  const isTwoSided = allOf([matchOfAll(source, alert), matchOfAll(target, by)]);
  if (isTwoSided === 'yes') return 'no';
  const certainties = [isTarget, isSource, ...equal.map((name) => sameLabel(name, by, alert))];
  return allOf(isTwoSided === 'maybe' ? [...certainties, 'maybe'] : certainties);
}

function sameLabel(name: string, ...both: readonly PartialLabels[]): Certainty {
  const [one, other] = both.map(({ known, isComplete }) => known[name] ?? (isComplete ? '' : undefined));
  if (one === undefined || other === undefined) return 'maybe';
  return one === other ? 'yes' : 'no';
}
