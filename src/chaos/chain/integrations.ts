import { receiverNames, onlyOneWith } from '../../monitoring/receivers.js';
import type { AlertSighting, Observations } from '../record.js';
import { arrivals, leadToInbox, type Wanted } from './arrival.js';
import { countedSince, takenAt, type Counted } from './counted.js';
import type { ChainInput } from './evidence.js';

/**
 * Alertmanager's counters grow in the moment in which the inbox is told, and it is asked a while later: only after so
 * many milliseconds it is sure that a notification went elsewhere.
 */
const inboxLagMs = 2_000;

/** A way in which a receiver has to be told. */
export interface Integrations {
  readonly receiver: string;
  /** `slack`, `webhook`. */
  readonly kind: string;
  /** How many of the kind it has. */
  readonly count: number;
}

/** What is known of a notification by these integrations. */
export interface Told extends Integrations {
  /** When all of them had it. */
  readonly at?: number;
  /** How that is known. */
  readonly detail?: string;
  /** Why nobody can know. */
  readonly unknown?: string;
}

/** The receivers that have to be told. */
export function wantedReceivers({ receivers }: AlertSighting, { drill }: ChainInput): readonly string[] {
  return drill.expect.receiver === undefined ? receivers : [drill.expect.receiver];
}

/** All integrations of these receivers that are told of a status; those that were seen where nobody knows which there are. */
export function integrationsOf(
  receivers: readonly string[],
  status: Wanted['status'],
  { receivers: configured, observations }: ChainInput,
): readonly Integrations[] {
  return receivers.flatMap((receiver) => {
    const own = configured?.[receiver];
    if (!own) return kindsSeen(receiver, observations).map((kind) => ({ receiver, kind, count: 1 }));
    const kinds = own.filter(({ sendsResolved }) => status === 'firing' || sendsResolved).map(({ kind }) => kind);
    return [...new Set(kinds)].map((kind) => ({
      ...{ receiver, kind },
      count: kinds.filter((other) => other === kind).length,
    }));
  });
}

function kindsSeen(receiver: string, { deliveries, notifications }: Observations): readonly string[] {
  const arrived = deliveries.filter((one) => one.kind === 'webhook' && one.receiver === receiver);
  const named = notifications.filter((one) => one.receiver === receiver);
  const seen = [...arrived.map(({ kind }) => kind), ...named.map(({ integration }) => integration)];
  // Some of those without a name may be its.
  const nameless = notifications.filter((one) => one.receiver === undefined).map(({ integration }) => integration);
  return [...new Set(seen.length > 0 ? seen : nameless)];
}

/** What Alertmanager's counters say: from when on, and until when it can be this notification. */
export interface Counting {
  readonly since: number;
  readonly until?: number;
  /** Somebody keeps it back: then it is another one that was sent. */
  readonly isKeptBack?: boolean;
}

/** Whether all these integrations have it: by the inbox's own record, or by the counters where they lead elsewhere. */
export function toldBy(integrations: Integrations, wanted: Wanted, counting: Counting, input: ChainInput): Told {
  const arrived = arrivals(wanted, integrations, input);
  const { kind, count } = integrations;
  const [first] = arrived;
  if (first && count === 1) return { ...integrations, at: first.at, detail: `arrived in the inbox as ${kind}` };
  const counted = countedBy(integrations, counting, input);
  if (!counted) return integrations;
  // What leads to the inbox and has not arrived was another notification.
  if (!first && kind === 'webhook' && leadToInbox(integrations, input)) return integrations;
  if (isAmbiguous(counted, input)) {
    // It may still arrive, and is waited for.
    const mayArrive = kind === 'webhook' && input.marks.endedAt === undefined;
    return mayArrive ? integrations : { ...integrations, unknown: whyUnknown(integrations) };
  }
  const at = takenAt(counted, count);
  const isSure = at !== undefined && input.now - at >= inboxLagMs;
  if (!isSure || counting.isKeptBack === true) return integrations;
  return {
    ...integrations,
    at: Math.max(at, first?.at ?? at),
    detail: countersOf(counted, whyInboxCannotTell(kind, first !== undefined, input)),
  };
}

function countedBy(
  { receiver, kind }: Integrations,
  { since, until = Infinity }: Counting,
  { observations }: ChainInput,
): Counted | undefined {
  const counted = countedSince(since, observations.notifications, [receiver]).find((one) => one.integration === kind);
  const steps =
    counted?.steps.filter(({ at, sent, failed, givenUp }) => at <= until && sent + failed + givenUp > 0) ?? [];
  return counted && steps.length > 0 ? { ...counted, steps } : undefined;
}

/** Whether it may be another receiver that was told, or was not. */
function isAmbiguous({ receiver, integration }: Counted, { receivers }: ChainInput): boolean {
  return receiver === undefined && onlyOneWith(integration, receivers) === undefined;
}

function whyUnknown({ receiver, kind }: Integrations): string {
  return `whether ${kind} of "${receiver}" took it cannot be told: Alertmanager counts ${kind} of all receivers together while its feature ${receiverNames.feature} is off`;
}

/** How a delivery is known of which the inbox cannot tell. */
function countersOf({ receiver, integration }: Counted, why: string): string {
  const who = receiver === undefined ? `${integration}, which names no receiver` : `${integration} of "${receiver}"`;
  return `Alertmanager's counter of ${who}; ${why}`;
}

function whyInboxCannotTell(kind: string, hasArrived: boolean, { observations }: ChainInput): string {
  if (hasArrived) return 'the inbox does not tell them apart';
  // Of a webhook it knows whose it is.
  const hasKind = kind !== 'webhook' && observations.deliveries.some((delivery) => delivery.kind === kind);
  return hasKind ? `those in the inbox do not say whose they are` : 'the inbox does not see it';
}
