import type { NotificationCount } from '../record.js';

/** What Alertmanager's counters grew by, for one integration of one receiver. */
export interface Counted {
  readonly receiver?: string;
  readonly integration: string;
  readonly sent: number;
  readonly failed: number;
  readonly reasons: Readonly<Record<string, number>>;
  /** When the first attempt that was taken had been counted. */
  readonly sentAt?: number;
}

/** What the counters of these receivers grew by since a moment; those of all where Alertmanager names no receivers. */
export function countedSince(
  since: number,
  counts: readonly NotificationCount[],
  receivers: readonly string[],
): readonly Counted[] {
  const keys = [...new Set(counts.map(keyOf))];
  return keys.flatMap((key) => {
    const own = counts.filter((count) => keyOf(count) === key);
    const { receiver } = own[0] ?? {};
    if (receiver !== undefined && !receivers.includes(receiver)) return [];
    return growthOf(own, since) ?? [];
  });
}

function growthOf(counts: readonly NotificationCount[], since: number): Counted | undefined {
  const base = counts.findLast(({ at }) => at <= since) ?? counts[0];
  const last = counts.at(-1);
  if (!base || !last) return undefined;
  // A restarted Alertmanager counts from nothing.
  const from = last.sent < base.sent || last.failed < base.failed ? undefined : base;
  const sentAt = counts.find(({ at, sent }) => at > since && sent > (from?.sent ?? 0))?.at;
  const { receiver, integration } = last;
  return {
    ...(receiver !== undefined && { receiver }),
    integration,
    sent: last.sent - (from?.sent ?? 0),
    failed: last.failed - (from?.failed ?? 0),
    reasons: growthOfReasons(last.reasons, from?.reasons ?? {}),
    ...(sentAt !== undefined && { sentAt }),
  };
}

function growthOfReasons(last: Readonly<Record<string, number>>, base: Readonly<Record<string, number>>) {
  const grown = Object.entries(last).map(([reason, count]) => [reason, count - (base[reason] ?? 0)] as const);
  return Object.fromEntries(grown.filter(([, count]) => count > 0));
}

function keyOf({ receiver, integration }: NotificationCount): string {
  return JSON.stringify([receiver, integration]);
}

/** What Alertmanager's reasons mean. */
const meanings: Readonly<Record<string, string>> = {
  authError: 'it answered 401 or 403',
  clientError: 'it answered 4xx',
  serverError: 'it answered 5xx',
  rateLimited: 'it answered 429',
  contextDeadlineExceeded: 'it did not answer in time',
  contextCanceled: 'Alertmanager gave up',
  other: 'it was not reached, or answered neither yes nor no',
};

/** `slack of "team" refused 3 of 3 attempts: it answered 401 or 403`; `undefined` where all attempts were taken. */
export function failureOf({ receiver, integration, sent, failed, reasons }: Counted): string | undefined {
  if (failed === 0) return undefined;
  const who = receiver === undefined ? integration : `${integration} of "${receiver}"`;
  const why = Object.keys(reasons).map((reason) => meanings[reason] ?? reason);
  return `${who} did not take ${String(failed)} of ${String(sent + failed)} attempts${why.length > 0 ? `: ${why.join(', ')}` : ''}`;
}
