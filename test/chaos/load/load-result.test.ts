import { describe, expect, it } from 'vitest';
import { loadResult } from '../../../src/chaos/load/load-result.js';
import type { LoadSlice } from '../../../src/chaos/record.js';

const slice = (from: number, counts: Partial<LoadSlice>): LoadSlice => ({
  from,
  to: from + 10_000,
  requests: 0,
  statuses: {},
  errors: {},
  ...counts,
});
const latency = { p50: 10, p90: 20, p95: 30, p99: 40 };
const judge = (slices: readonly LoadSlice[], expectation?: { successRatio: number; p95Ms?: number }) =>
  loadResult(slices, { tool: 'hey' }, expectation);

describe('what a load comes to', () => {
  it('is the sum of its slices', () => {
    const slices = [
      slice(1000, { requests: 900, statuses: { '200': 900 }, latency }),
      slice(11_500, { requests: 100, statuses: { '200': 97, '500': 2 }, errors: { EOF: 1 }, latency }),
    ];
    expect(judge(slices, { successRatio: 0.99, p95Ms: 30 })).toEqual({
      tool: 'hey',
      requests: 1000,
      durationMs: 20_500,
      successRatio: 0.997,
      latency,
      statuses: { '200': 997, '500': 2 },
      errors: { EOF: 1 },
      problems: [],
      isSimulated: false,
    });
  });

  it('is a problem where too few requests succeed, with the most frequent reasons', () => {
    const slices = [slice(0, { requests: 10_000, statuses: { '200': 9896, '500': 100 }, errors: { EOF: 4 }, latency })];
    expect(judge(slices, { successRatio: 0.99 }).problems).toEqual([
      '98.9% of 10,000 requests succeeded, 99% are expected: status 500 (100), EOF (4)',
    ]);
    expect(judge(slices, { successRatio: 0.98 }).problems).toEqual([]);
    expect(judge(slices).problems).toEqual([]);
  });

  it('does not round up to what is expected', () => {
    const slices = [slice(0, { requests: 10_000, statuses: { '200': 9999, '500': 1 }, latency })];
    expect(judge(slices, { successRatio: 1 }).problems[0]).toContain('>99.9% of 10,000 requests succeeded, 100% are');
  });

  it('is a problem where answers take too long', () => {
    const slices = [slice(0, { requests: 100, statuses: { '200': 100 }, latency })];
    expect(judge(slices, { successRatio: 1, p95Ms: 29 }).problems).toEqual([
      '95% of the answers came within 30ms, 29ms are expected',
    ]);
  });

  it('takes no redirect for a success', () => {
    const { successRatio, problems } = judge([slice(0, { requests: 100, statuses: { '302': 100 }, latency })]);
    expect(successRatio).toBe(0);
    expect(problems).toEqual(['100 answers were redirects, such as to a page to log in; they are no success']);
  });

  it('takes what the tool does not account for as not answered, and says so', () => {
    const slices = [slice(0, { requests: 5339, statuses: { '200': 2667 }, latency })];
    const { successRatio, problems } = judge(slices, { successRatio: 0.9 });
    expect(successRatio).toBeCloseTo(0.4995, 3);
    expect(problems).toEqual([
      '49.9% of 5,339 requests succeeded, 90% are expected: no word of them (2,672)',
      'hey says that it sent 5,339 requests, and what became of 2,667',
    ]);
  });

  it('has no ratio and no percentiles where nothing was answered', () => {
    const { problems, ...result } = judge([slice(0, { requests: 4, errors: { timeout: 4 } })], { successRatio: 0.5 });
    expect(result).not.toHaveProperty('successRatio');
    expect(result).not.toHaveProperty('latency');
    expect(problems).toEqual(['none of 4 requests was answered: timeout (4)']);
  });

  it('is a problem where it fell silent in the end, whatever was expected', () => {
    const silent = (from: number) => slice(from, { requests: 50, errors: { 'connection refused': 50 } });
    const answered = slice(0, { requests: 9000, statuses: { '200': 9000 }, latency });
    expect(judge([answered, silent(10_000), silent(20_000)]).problems).toEqual([
      'in the end nothing was answered in 20.0s: connection refused',
    ]);
    expect(judge([silent(0), silent(10_000), answered]).problems).toEqual([]);
    // The last one may have been cut short.
    expect(judge([answered, silent(10_000)]).problems).toEqual([]);
  });

  it('is a problem where nothing was sent', () => {
    expect(judge([]).problems).toEqual(['hey sent no request']);
    expect(judge([slice(0, {})])).toMatchObject({ requests: 0, problems: ['hey sent no request'] });
  });

  it('says whether the load was only pretended', () => {
    expect(loadResult([], { tool: 'oha' }, { successRatio: 0.99 }, 42_000)).toMatchObject({
      durationMs: 42_000,
      isSimulated: true,
      problems: [],
    });
  });
});
