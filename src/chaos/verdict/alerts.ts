import { unclearedAlerts, unexpectedAlerts } from '../chain/other-alerts.js';
import type { UnjudgedRecord } from './unjudged-record.js';

/** Names of alerts that fired because of a drill although it does not say that they may. */
export function unexpectedNames({ observations, drill }: UnjudgedRecord): string[] {
  return [...new Set(unexpectedAlerts(observations, drill).map(({ name }) => name))];
}

/** Names of expected alerts that fired and still do although the fault is over. */
export function unclearedNames({ observations, drill, marks }: UnjudgedRecord): string[] {
  if (marks.restoredAt === undefined && marks.loadEndedAt === undefined) return [];
  const fired = unclearedAlerts(observations, drill).filter(({ firingAt }) => firingAt !== undefined);
  return [...new Set(fired.map(({ name }) => name))];
}
