import type { LoadSlice } from '../record.js';

/** Requests a second. */
export function rateOf({ from, to, requests }: LoadSlice): number | undefined {
  return to > from ? (requests / (to - from)) * 1000 : undefined;
}

/** The share of requests, 0 to 1, that were not answered by 2xx. */
export function errorRatioOf({ requests, statuses }: LoadSlice): number | undefined {
  if (requests === 0) return undefined;
  const good = Object.entries(statuses).reduce((sum, [status, count]) => sum + (status.startsWith('2') ? count : 0), 0);
  return Math.max(0, 1 - good / requests);
}

/** `200: 5952, 503: 45`. */
export function countsText(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([what, count]) => `${what}: ${String(count)}`)
    .join(', ');
}
