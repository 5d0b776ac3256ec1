import { isDeepStrictEqual } from 'node:util';
import { likeness } from '../observe/match-alert.js';
import type { AlertSighting, Observations, ToldAlert } from '../record.js';

/** All alerts of a name that the fault brought: one for each set of labels. */
export function sightingsOf(alert: string, { alerts }: Observations): readonly AlertSighting[] {
  return alerts.filter(({ name, isBaseline }) => name === alert && !isBaseline);
}

/** The one of them that the drill is about: the one that came furthest. */
export function sightingOf(alert: string, observations: Observations): AlertSighting | undefined {
  const [best] = [...sightingsOf(alert, observations)].sort(
    (one, other) => progressOf(other) - progressOf(one) || sinceOf(one) - sinceOf(other),
  );
  return best;
}

/** Whether a notification is about one of these alerts, and not about another one of the same name. */
export function isAbout(told: ToldAlert, sightings: readonly AlertSighting[], { alerts }: Observations): boolean {
  const known = alerts.filter(({ name }) => name === told.name);
  const { labels } = told;
  if (!labels) {
    // By its name alone it may be any of them.
    const areOne = known.every((one) => isDeepStrictEqual(one.labels, known[0]?.labels));
    return areOne && known.some((one) => sightings.includes(one));
  }
  const scores = known.map((one) => likeness(one.labels, labels) ?? -Infinity);
  const best = Math.max(...scores);
  return known.some((one, index) => best > -Infinity && scores[index] === best && sightings.includes(one));
}

function progressOf({ firingAt, groupedAt, suppressed }: AlertSighting): number {
  return (
    Number(firingAt !== undefined) + Number(groupedAt !== undefined) + Number(groupedAt !== undefined && !suppressed)
  );
}

function sinceOf({ pendingAt, firingAt }: AlertSighting): number {
  return pendingAt ?? firingAt ?? Infinity;
}
