import { formatDuration } from '../../clock.js';
import type { AlertSighting } from '../record.js';
import { arrivals } from './arrival.js';
import { toleranceMs } from './delivery-evidence.js';
import type { ChainInput, Evidence } from './evidence.js';
import { integrationsOf, wantedReceivers } from './integrations.js';
import { sightingsOf } from './sighting.js';

/**
 * That what else fired under the name of an alert is over, too: the same trouble of another service, in a group of its own.
 * Those of which somebody was told have to be told of as over.
 */
export function othersCleared(
  sighting: AlertSighting,
  restoredAt: number,
  input: ChainInput,
): readonly Pick<Evidence, 'at' | 'cause'>[] {
  return sightingsOf(sighting.name, input.observations)
    .filter((other) => other !== sighting && other.firingAt !== undefined)
    .filter(({ endedAt = Infinity }) => endedAt >= restoredAt)
    .map((other) => clearedOf(other, whichIs(other, sighting), restoredAt, input));
}

function clearedOf(
  other: AlertSighting,
  which: string,
  restoredAt: number,
  input: ChainInput,
): Pick<Evidence, 'at' | 'cause'> {
  const { name, endedAt, firingAt = restoredAt } = other;
  const told = { sightings: [other], status: 'firing', since: firingAt - toleranceMs } as const;
  const over = { sightings: [other], status: 'resolved', since: restoredAt } as const;
  const integrations = integrationsOf(wantedReceivers(other, input), 'resolved', input);
  const ends = integrations.flatMap((one) => arrivals(over, one, input)[0] ?? []).map(({ at }) => at);
  const owed = integrations.filter((one) => arrivals(told, one, input).length > 0);
  const untold = owed.filter((one) => arrivals(over, one, input).length === 0);
  if (endedAt === undefined && ends.length === 0) {
    const since = formatDuration((input.marks.endedAt ?? input.now) - restoredAt);
    return { cause: `${name} is still there ${since} after the fault was taken back${which}` };
  }
  if (untold.length === 0) return { at: Math.max(endedAt ?? 0, ...ends) };
  return { cause: `${name} ended${which}, but that did not arrive in the inbox` };
}

/** By which labels it is another one: ` for service=webportal`. */
function whichIs({ labels }: AlertSighting, other: AlertSighting): string {
  const own = Object.entries(labels).filter(([label, value]) => other.labels[label] !== value);
  return own.length === 0 ? '' : ` for ${own.map(([label, value]) => `${label}=${value}`).join(', ')}`;
}
