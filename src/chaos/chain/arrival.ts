import { onlyOneWith } from '../../monitoring/receivers.js';
import type { AlertSighting, DeliverySighting } from '../record.js';
import type { ChainInput } from './evidence.js';
import type { Integrations } from './integrations.js';
import { isAbout } from './sighting.js';

/** A notification that is looked for. */
export interface Wanted {
  /** About one of these. */
  readonly sightings: readonly AlertSighting[];
  readonly status: 'firing' | 'resolved';
  /** Milliseconds since the epoch. */
  readonly since: number;
}

/** Deliveries of it by these integrations, the first one first. */
export function arrivals(wanted: Wanted, integrations: Integrations, input: ChainInput): readonly DeliverySighting[] {
  const { observations } = input;
  return observations.deliveries
    .filter((delivery) => delivery.at >= wanted.since && isOf(delivery, integrations, input))
    .filter(({ alerts }) =>
      alerts.some((told) => told.status === wanted.status && isAbout(told, wanted.sightings, observations)),
    )
    .sort((one, other) => one.at - other.at);
}

/** Whether anything by these integrations has ever arrived in the inbox. */
export function leadToInbox(integrations: Integrations, input: ChainInput): boolean {
  return input.observations.deliveries.some((delivery) => isOf(delivery, integrations, input));
}

/**
 * A webhook says for which receiver it is. A Slack message does not, and Alertmanager shows nobody where it sends one: it
 * is the receiver's where no other receiver has Slack.
 */
function isOf(delivery: DeliverySighting, { receiver, kind }: Integrations, { receivers }: ChainInput): boolean {
  if (delivery.kind !== kind) return false;
  return kind === 'webhook' ? delivery.receiver === receiver : onlyOneWith(kind, receivers) === receiver;
}
