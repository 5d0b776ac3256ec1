import type { NotificationCount } from '../record.js';

/** What Alertmanager's counters grew by, for one integration of one receiver. */
export interface Counted {
  /** Absent where Alertmanager names no receivers: then it is what all of them come to. */
  readonly receiver?: string;
  readonly integration: string;
  readonly sent: number;
  readonly failed: number;
  readonly reasons: Readonly<Record<string, number>>;
  /** What was counted when, the oldest first. */
  readonly steps: readonly CountedStep[];
}

/** What was counted between two looks. */
export interface CountedStep {
  /** Of the second one. */
  readonly at: number;
  readonly sent: number;
  readonly failed: number;
  /** Notifications, not attempts. */
  readonly givenUp: number;
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

/**
 * When so many attempts had been taken, in milliseconds since the epoch; `undefined` also where the last that is known is
 * a failure. An attempt that fails is made again, and counts only while none was taken after it; a notification that is
 * given up is one that somebody never got, so it takes a later look to outweigh it.
 */
export function takenAt({ steps }: Pick<Counted, 'steps'>, atLeast: number): number | undefined {
  const isClean = ({ sent, givenUp }: CountedStep) => sent > 0 && givenUp === 0;
  const isFailure = ({ sent, failed, givenUp }: CountedStep) => givenUp > 0 || (failed > 0 && sent === 0);
  if (steps.findLastIndex(isFailure) > steps.findLastIndex(isClean)) return undefined;
  // Of several of a kind nobody knows whose attempt it was that was taken afterwards.
  if (atLeast > 1 && steps.some(({ givenUp }) => givenUp > 0)) return undefined;
  const clean = steps.filter(isClean);
  return clean.find((_, index) => sentIn(clean.slice(0, index + 1)) >= atLeast)?.at;
}

function sentIn(steps: readonly CountedStep[]): number {
  return steps.reduce((all, { sent }) => all + sent, 0);
}

function growthOf(counts: readonly NotificationCount[], since: number): Counted | undefined {
  const base = counts.findLast(({ at }) => at <= since) ?? counts[0];
  const last = counts.at(-1);
  if (!base || !last) return undefined;
  // A restarted Alertmanager counts from nothing.
  const from = isReset(last, base) ? undefined : base;
  const { receiver, integration } = last;
  return {
    ...(receiver !== undefined && { receiver }),
    integration,
    sent: last.sent - (from?.sent ?? 0),
    failed: last.failed - (from?.failed ?? 0),
    reasons: growthOfReasons(last.reasons, from?.reasons ?? {}),
    steps: counts.flatMap((count, index) => {
      const before = counts[index - 1];
      return before && count.at > since ? [stepOf(count, before)] : [];
    }),
  };
}

function stepOf(count: NotificationCount, before: NotificationCount): CountedStep {
  const from = isReset(count, before) ? undefined : before;
  return {
    at: count.at,
    sent: count.sent - (from?.sent ?? 0),
    failed: count.failed - (from?.failed ?? 0),
    givenUp: total(count.reasons) - total(from?.reasons ?? {}),
  };
}

function isReset(count: NotificationCount, before: NotificationCount): boolean {
  return count.sent < before.sent || count.failed < before.failed;
}

function total(reasons: Readonly<Record<string, number>>): number {
  return Object.values(reasons).reduce((all, count) => all + count, 0);
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
