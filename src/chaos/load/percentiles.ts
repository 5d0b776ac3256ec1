import type { LoadSlice } from '../record.js';

type Latency = NonNullable<LoadSlice['latency']>;

/**
 * Percentiles of all slices together. Those of a whole cannot be computed from those of its parts; this is what they are
 * at most: the smallest of the known values for which the parts prove that no more answers than the percentile allows
 * took longer. It is never above the worst slice, and one slow slice of few answers does not count as all of them.
 */
export function percentilesOf(slices: readonly LoadSlice[]): Latency | undefined {
  const parts = slices.flatMap(({ latency, statuses }) => {
    const answers = Object.values(statuses).reduce((total, count) => total + count, 0);
    return latency && answers > 0 ? [{ latency, answers }] : [];
  });
  if (parts.length === 0) return undefined;
  const answers = parts.reduce((total, part) => total + part.answers, 0);
  const values = parts.flatMap(({ latency }) => Object.values(latency)).sort((a, b) => a - b);
  const atMost = (share: number) => {
    const allowed = (1 - share) * answers;
    const slowerThan = (value: number) =>
      parts.reduce((total, part) => total + part.answers * shareSlowerThan(value, part.latency), 0);
    // Shares such as 0.05 are not exact in binary.
    return values.find((value) => slowerThan(value) <= allowed + 1e-6) ?? values.at(-1) ?? 0;
  };
  return { p50: atMost(0.5), p90: atMost(0.9), p95: atMost(0.95), p99: atMost(0.99) };
}

function shareSlowerThan(value: number, { p50, p90, p95, p99 }: Latency): number {
  if (value >= p99) return 0.01;
  if (value >= p95) return 0.05;
  if (value >= p90) return 0.1;
  return value >= p50 ? 0.5 : 1;
}
