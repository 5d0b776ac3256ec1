import { formatDuration } from '../../clock.js';
import type { AlertSighting, DeliverySighting, Observations } from '../record.js';
import { countedSince, failureOf, type Counted } from './counted.js';
import type { ChainInput, Evidence } from './evidence.js';
import { silenceOf } from './silent.js';
import { whyNotRouted } from './why-not-fired.js';

/** So much earlier than it fired an alert may seem to be delivered: the clocks of others are only known so well. */
const toleranceMs = 1_500;

/**
 * Alertmanager's counters grow in the moment in which the inbox is told, and it is asked a while later: only after so
 * many milliseconds it is sure that a notification went elsewhere.
 */
export const inboxLagMs = 2_000;

/**
 * That a receiver was told that an alert fires: by the inbox's own record; by Alertmanager's counters where the
 * receiver leads elsewhere.
 */
export function deliveryEvidence(alert: string, sighting: AlertSighting | undefined, input: ChainInput): Evidence {
  const name = 'delivered';
  if (sighting?.firingAt === undefined || sighting.groupedAt === undefined) return { name, alert };
  // A Slack message does not say for which receiver it is.
  if (whyNotRouted(sighting, input) !== undefined) return { name, alert };
  const { observations } = input;
  const receivers = wantedReceivers(sighting, input);
  const arrived = arrival(alert, 'firing', receivers, sighting.firingAt - toleranceMs, observations);
  const counted = countedSince(sighting.firingAt, observations.notifications, receivers);
  if (arrived) {
    const cause = whyLate(sighting, counted);
    return { name, alert, at: arrived.at, detail: `arrived in the inbox as ${arrived.kind}`, cause };
  }
  const sent = counted.find(({ sentAt }) => sentAt !== undefined && input.now - sentAt >= inboxLagMs);
  if (sent?.sentAt !== undefined && !leadsToInbox(receivers, observations) && !sighting.suppressed) {
    const cause = whyLate(sighting, counted);
    return { name, alert, at: sent.sentAt, detail: countersOf(sent), cause };
  }
  return { name, alert, cause: whyNotDelivered(alert, sighting, receivers, counted, input) };
}

/** The receivers that have to be told. */
export function wantedReceivers({ receivers }: AlertSighting, { drill }: ChainInput): readonly string[] {
  return drill.expect.receiver === undefined ? receivers : [drill.expect.receiver];
}

/** The first delivery of an alert since a moment, to one of these receivers or as a message of Slack. */
export function arrival(
  alert: string,
  status: 'firing' | 'resolved',
  receivers: readonly string[],
  since: number,
  { deliveries }: Observations,
): DeliverySighting | undefined {
  return deliveries
    .filter(({ at, kind, receiver = '' }) => at >= since && (kind === 'slack' || receivers.includes(receiver)))
    .filter(({ alerts }) => alerts.some((told) => told.name === alert && told.status === status))
    .sort((one, other) => one.at - other.at)[0];
}

/** Whether anything for one of these receivers has ever arrived in the inbox. */
export function leadsToInbox(receivers: readonly string[], { deliveries }: Observations): boolean {
  return deliveries.some(({ kind, receiver = '' }) => kind === 'webhook' && receivers.includes(receiver));
}

/** How a delivery is known that the inbox does not see. */
export function countersOf({ receiver, integration }: Counted): string {
  return receiver === undefined
    ? `Alertmanager's counter of ${integration}, which names no receiver; the inbox does not see it`
    : `Alertmanager's counter of ${integration} of "${receiver}"; the inbox does not see it`;
}

function whyLate({ joined = [], suppressed }: AlertSighting, counted: readonly Counted[]): string | undefined {
  if (suppressed) return `it was ${suppressed.how} by ${suppressed.by.join(', ')} at first`;
  const failures = counted.flatMap((one) => failureOf(one) ?? []);
  if (failures.length > 0) return failures.join('; ');
  if (joined.length === 0) return undefined;
  return `it joined the group of ${joined.join(', ')}, and waited for group_interval, not for group_wait`;
}

function whyNotDelivered(
  alert: string,
  sighting: AlertSighting,
  receivers: readonly string[],
  counted: readonly Counted[],
  { observations }: ChainInput,
): string {
  const { suppressed, firingAt = 0, groupedAt = 0, endedAt, joined = [] } = sighting;
  if (suppressed) return `fired but ${suppressed.how} by ${suppressed.by.join(', ')}`;
  const failures = counted.flatMap((one) => failureOf(one) ?? []);
  if (failures.length > 0) return failures.join('; ');
  const sent = counted.filter((one) => one.sent > 0).map(({ integration }) => integration);
  const silence = silenceOf('inbox', firingAt, observations);
  if (sent.length > 0) {
    return (
      silence ?? `Alertmanager has sent something by ${sent.join(' and ')}, but ${alert} did not arrive in the inbox`
    );
  }
  if (endedAt !== undefined) {
    const lasted = formatDuration(endedAt - firingAt);
    const over =
      joined.length > 0 ? `the group_interval of ${joined.join(', ')}, whose group it joined,` : 'group_wait';
    return `${alert} ended ${lasted} after it fired, before ${over} was over: nothing was sent`;
  }
  const away = silenceOf('alertmanager', groupedAt, observations);
  if (away) return away;
  const late = whyLate(sighting, []);
  return late ?? silence ?? `Alertmanager has sent nothing to ${receivers.join(' and ')}`;
}
