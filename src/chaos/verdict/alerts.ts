import { aboutAlerting } from '../../monitoring/alerts-now.js';
import type { AlertSighting } from '../record.js';
import type { UnjudgedRecord } from './unjudged-record.js';

/** Alerts that began to fire during a drill although it neither expects nor allows them; once for each name. */
export function unexpectedAlerts(record: UnjudgedRecord): AlertSighting[] {
  const { alerts, mayFire } = record.drill.expect;
  const known = new Set([...alerts, ...mayFire, ...aboutAlerting]);
  const fired = record.observations.alerts.filter(
    ({ name, isBaseline, firingAt }) => firingAt !== undefined && !isBaseline && !known.has(name),
  );
  return fired.filter(({ name }, index) => fired.findIndex((other) => other.name === name) === index);
}

/** Names of expected alerts that fired and still do although the fault was taken back. */
export function unclearedAlerts({ drill, observations, marks }: UnjudgedRecord): string[] {
  if (marks.restoredAt === undefined && marks.loadEndedAt === undefined) return [];
  const left = observations.alerts.filter(
    ({ name, isBaseline, firingAt, endedAt }) =>
      drill.expect.alerts.includes(name) && !isBaseline && firingAt !== undefined && endedAt === undefined,
  );
  return [...new Set(left.map(({ name }) => name))];
}
