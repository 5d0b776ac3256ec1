import { aboutAlerting } from '../../monitoring/alerts-now.js';
import type { UnjudgedRecord } from './unjudged-record.js';

/** Names of alerts that fired because of a drill although it does not say that they may. */
export function unexpectedNames({ observations, drill }: UnjudgedRecord): string[] {
  const { alerts, mayFire } = drill.expect;
  const known = new Set([...alerts, ...mayFire, ...aboutAlerting]);
  const fired = observations.alerts.filter(
    ({ name, isBaseline, firingAt }) => firingAt !== undefined && !isBaseline && !known.has(name),
  );
  return [...new Set(fired.map(({ name }) => name))];
}

/**
 * Names of expected alerts that fired and still do although the fault is over. Of one whose end was delivered the end
 * may not have been looked at before everything was over.
 */
export function unclearedNames({ observations, drill, marks, links }: UnjudgedRecord): string[] {
  if (marks.restoredAt === undefined && marks.loadEndedAt === undefined) return [];
  const left = observations.alerts.filter(
    ({ name, isBaseline, firingAt, endedAt }) =>
      drill.expect.alerts.includes(name) && !isBaseline && firingAt !== undefined && endedAt === undefined,
  );
  const over = links.flatMap(({ name, alert, at }) => (name === 'resolved' && at !== undefined ? [alert] : []));
  return [...new Set(left.map(({ name }) => name))].filter((name) => !over.includes(name));
}
