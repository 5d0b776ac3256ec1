import { describe, expect, it } from 'vitest';
import { percentilesOf } from '../../../src/chaos/load/percentiles.js';

const slice = (answers: number, [p50 = 0, p90 = 0, p95 = 0, p99 = 0]: readonly number[]) => ({
  from: 0,
  to: 1,
  requests: answers,
  statuses: { '200': answers },
  errors: {},
  latency: { p50, p90, p95, p99 },
});

describe('percentiles of several slices', () => {
  it('are those of the slice where there is one', () => {
    expect(percentilesOf([slice(100, [1, 2, 3, 4])])).toEqual({ p50: 1, p90: 2, p95: 3, p99: 4 });
  });

  it('are those of the worst where all are alike', () => {
    const slices = [slice(1000, [1, 2, 3, 4]), slice(1000, [5, 6, 7, 8])];
    expect(percentilesOf(slices)).toEqual({ p50: 5, p90: 6, p95: 7, p99: 8 });
  });

  it('are not spoilt by a slow slice of few answers', () => {
    // 10 of 10,010 answers are 0.1 %: however slow they are, 95 % came within 4.
    expect(percentilesOf([slice(10, [500, 600, 700, 800]), slice(10_000, [1, 2, 3, 4])])).toEqual({
      p50: 2,
      p90: 3,
      p95: 4,
      p99: 800,
    });
  });

  it.each([1, 7, 42])('are never below those of all answers together (%s)', (seed) => {
    let state = seed;
    const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    const parts = Array.from({ length: 5 }, () => {
      const slowness = random() * 100;
      return Array.from({ length: 1 + Math.floor(random() * 500) }, () => random() * slowness).sort((a, b) => a - b);
    });
    const at = (values: readonly number[], share: number) => values[Math.ceil(share * values.length) - 1] ?? 0;
    const shares = [0.5, 0.9, 0.95, 0.99];
    const slices = parts.map((part) =>
      slice(
        part.length,
        shares.map((share) => at(part, share)),
      ),
    );
    const all = parts.flat().sort((a, b) => a - b);

    const { p50 = 0, p90 = 0, p95 = 0, p99 = 0 } = percentilesOf(slices) ?? {};

    for (const [index, bound] of [p50, p90, p95, p99].entries()) {
      const share = shares[index] ?? 0;
      expect(bound).toBeGreaterThanOrEqual(at(all, share));
      expect(bound).toBeLessThanOrEqual(Math.max(...parts.map((part) => at(part, 0.99))));
    }
  });

  it('are none where nothing was answered', () => {
    expect(percentilesOf([{ from: 0, to: 1, requests: 4, statuses: {}, errors: { timeout: 4 } }])).toBeUndefined();
    expect(percentilesOf([])).toBeUndefined();
  });
});
