import type { AlertSighting, Observations } from '../record.js';

/** The alert of a name that the drill is about: what the fault brought, and of several the one that came furthest. */
export function sightingOf(alert: string, { alerts }: Observations): AlertSighting | undefined {
  const [best] = alerts
    .filter(({ name, isBaseline }) => name === alert && !isBaseline)
    .sort((one, other) => progressOf(other) - progressOf(one) || sinceOf(one) - sinceOf(other));
  return best;
}

function progressOf({ firingAt, groupedAt, suppressed }: AlertSighting): number {
  return (
    Number(firingAt !== undefined) + Number(groupedAt !== undefined) + Number(groupedAt !== undefined && !suppressed)
  );
}

function sinceOf({ pendingAt, firingAt }: AlertSighting): number {
  return pendingAt ?? firingAt ?? Infinity;
}
