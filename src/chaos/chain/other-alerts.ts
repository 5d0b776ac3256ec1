import type { Drill } from '../drill.js';
import type { AlertSighting, Observations } from '../record.js';

/** Exist for the chain's own sake, and say nothing about the environment. */
const own = ['Watchdog', 'InfoInhibitor'];

/** Alerts that fired because of a drill although it does not say that they may. */
export function unexpectedAlerts({ alerts }: Observations, { expect }: Drill): readonly AlertSighting[] {
  const known = [...own, ...expect.alerts, ...expect.mayFire];
  return alerts.filter(
    ({ name, isBaseline, firingAt }) => firingAt !== undefined && !isBaseline && !known.includes(name),
  );
}

/** Expected alerts that the drill brought about and that are still there. */
export function unclearedAlerts({ alerts }: Observations, { expect }: Drill): readonly AlertSighting[] {
  return alerts.filter(
    ({ name, isBaseline, endedAt }) => !isBaseline && endedAt === undefined && expect.alerts.includes(name),
  );
}
