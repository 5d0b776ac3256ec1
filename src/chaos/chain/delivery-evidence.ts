import { formatDuration } from '../../clock.js';
import type { AlertSighting } from '../record.js';
import { arrivals } from './arrival.js';
import { countedSince, failureOf, type Counted } from './counted.js';
import type { ChainInput, Evidence } from './evidence.js';
import { integrationsOf, toldBy, wantedReceivers, type Told } from './integrations.js';
import { sightingsOf } from './sighting.js';
import { silenceOf } from './silent.js';
import { whyNotRouted } from './why-not-fired.js';

/** So much earlier than it fired an alert may seem to be delivered: the clocks of others are only known so well. */
export const toleranceMs = 1_500;

/** So much later than an attempt it may be seen in Alertmanager's counters, which are asked once a second. */
const countingMs = 1_500;

/**
 * That whoever is to be told knows that an alert fires, in every way in which he is told: by the inbox's own record; by
 * Alertmanager's counters where an integration leads elsewhere.
 */
export function deliveryEvidence(alert: string, sighting: AlertSighting | undefined, input: ChainInput): Evidence {
  const name = 'delivered';
  if (sighting?.firingAt === undefined || sighting.groupedAt === undefined) return { name, alert };
  if (whyNotRouted(sighting, input) !== undefined) return { name, alert };
  const { firingAt, endedAt, suppressed } = sighting;
  const receivers = wantedReceivers(sighting, input);
  const sightings = sightingsOf(alert, input.observations);
  const wanted = { sightings, status: 'firing', since: firingAt - toleranceMs } as const;
  const ways = integrationsOf(receivers, 'firing', input);
  // What was kept back at first is out when it has arrived somewhere: then it is what others count.
  const [outAt] = ways.flatMap((one) => arrivals(wanted, one, input).map(({ at }) => at)).sort((a, b) => a - b);
  const counting = {
    since: suppressed && outAt !== undefined ? Math.max(firingAt, outAt - countingMs) : firingAt,
    // What is sent afterwards says that it is over.
    ...(endedAt !== undefined && { until: endedAt + countingMs }),
    isKeptBack: suppressed !== undefined && outAt === undefined,
  };
  const told = ways.map((one) => toldBy(one, wanted, counting, input));
  const counted = countedSince(firingAt, input.observations.notifications, receivers);
  const cause = () => whyNotDelivered(alert, sighting, receivers, { told, counted }, input);
  return { name, alert, ...evidenceOf(told, () => whyLate(sighting, counted), cause) };
}

/** Of all that have to be told: it is there when the last one has it, and nobody knows where nobody knows of one. */
export function evidenceOf(
  told: readonly Told[],
  whyLate: () => string | undefined,
  whyNot: () => string | undefined,
): Pick<Evidence, 'at' | 'status' | 'detail' | 'cause'> {
  const missing = told.filter(({ at }) => at === undefined);
  if (told.length > 0 && missing.length === 0) {
    const at = Math.max(...told.map((one) => one.at ?? 0));
    return { at, detail: [...new Set(told.flatMap(({ detail }) => detail ?? []))].join('; '), cause: whyLate() };
  }
  const unknown = missing.flatMap((one) => one.unknown ?? []);
  return unknown.length > 0 && unknown.length === missing.length
    ? { status: 'unobserved', detail: unknown.join('; ') }
    : { cause: whyNot() };
}

/** What was counted of those that have not got it; of all where nobody knows who they are. */
export function missingOf(told: readonly Told[], counted: readonly Counted[]): readonly Counted[] {
  if (told.length === 0) return counted;
  const missing = told.filter(({ at, unknown }) => at === undefined && unknown === undefined);
  return counted.filter(({ receiver, integration }) =>
    missing.some((one) => one.kind === integration && (receiver ?? one.receiver) === one.receiver),
  );
}

/** Who has not got it: `slack of "team"`. */
export function missingNames(told: readonly Told[]): string {
  const missing = told.filter(({ at }) => at === undefined);
  return missing.map(({ kind, receiver }) => `${kind} of "${receiver}"`).join(' and ');
}

function whyLate({ joined = [], suppressed }: AlertSighting, counted: readonly Counted[]): string | undefined {
  if (suppressed) return `it was ${suppressed.how} by ${suppressed.by.join(', ')} at first`;
  const failures = counted.flatMap((one) => failureOf(one) ?? []);
  if (failures.length > 0) return failures.join('; ');
  if (joined.length === 0) return undefined;
  return `it joined the group of ${joined.join(', ')}, and waited for group_interval, not for group_wait`;
}

function isSentBy(kind: string, counted: readonly Counted[]): boolean {
  return counted.some(({ integration, sent }) => integration === kind && sent > 0);
}

function whyNotDelivered(
  alert: string,
  sighting: AlertSighting,
  receivers: readonly string[],
  known: { readonly told: readonly Told[]; readonly counted: readonly Counted[] },
  { observations }: ChainInput,
): string {
  const { suppressed, firingAt = 0, groupedAt = 0, endedAt, joined = [] } = sighting;
  const counted = missingOf(known.told, known.counted);
  if (suppressed) return `fired but ${suppressed.how} by ${suppressed.by.join(', ')}`;
  const failures = counted.flatMap((one) => failureOf(one) ?? []);
  if (failures.length > 0) return failures.join('; ');
  const several = known.told.find(({ at, count, kind }) => at === undefined && count > 1 && isSentBy(kind, counted));
  if (several)
    return `Alertmanager was not seen to send it by all ${String(several.count)} ${several.kind} of "${several.receiver}"`;
  const sent = counted.filter((one) => one.sent > 0).map(({ integration }) => integration);
  const silence = silenceOf('inbox', firingAt, observations);
  if (sent.length > 0) {
    return (
      silence ?? `Alertmanager has sent something by ${sent.join(' and ')}, but ${alert} did not arrive in the inbox`
    );
  }
  const away = silenceOf('alertmanager', groupedAt, observations);
  if (known.told.some(({ at }) => at !== undefined)) {
    return away ?? `Alertmanager has sent nothing by ${missingNames(known.told)}`;
  }
  if (endedAt !== undefined) {
    const lasted = formatDuration(endedAt - firingAt);
    const over =
      joined.length > 0 ? `the group_interval of ${joined.join(', ')}, whose group it joined,` : 'group_wait';
    return `${alert} ended ${lasted} after it fired, before ${over} was over: nothing was sent`;
  }
  if (away) return away;
  const late = whyLate(sighting, []);
  return late ?? silence ?? `Alertmanager has sent nothing to ${receivers.join(' and ')}`;
}
