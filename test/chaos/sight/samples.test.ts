import { describe, expect, it } from 'vitest';
import { samplesIn } from '../../../src/chaos/sight/samples.js';
import { now } from './prometheus-program.js';

/** Four minutes of past and two of future, measured every minute. */
const clock = { stepMs: 60_000, historyMs: 240_000, horizonMs: 120_000 };
const series = (values: readonly (number | undefined)[], name = 'ready', everyMs = 60_000) => ({
  labels: { __name__: name },
  values,
  everyMs,
});

describe('the samples of a series', () => {
  it('are its past, and go on as they were', () => {
    expect(samplesIn(series([1, 1, 2, 2, 2]), clock, now)).toBe('1 1 2 2 2 2x1');
  });

  it('begin where its past was asked for, at the distance at which it was asked for', () => {
    expect(samplesIn(series([5, 7], 'ready', 120_000), clock, now)).toBe('_x2 5x1 7 7x1');
  });

  it('are marked as ended where it had none', () => {
    expect(samplesIn(series([undefined, 1, undefined, undefined, 1]), clock, now)).toBe('_x1 1 stale _x1 1 1x1');
    expect(samplesIn(series([1, 1, 1, 1, undefined]), clock, now)).toBe('1 1 1 1 stale _x2');
  });

  it('rise on where they are a counter’s, and stand still otherwise', () => {
    expect(samplesIn(series([0, 10, 20, 30, 40], 'requests_total'), clock, now)).toBe('0 10 20 30 40 50+10x1');
    expect(samplesIn(series([0, 20, 40], 'requests_total', 120_000), clock, now)).toBe('0+10x1 20+10x1 40 50+10x1');
    expect(samplesIn(series([0, 1, 2, 3, 4]), clock, now)).toBe('0 1 2 3 4 4x1');
  });

  it('do not go back with a counter that began anew', () => {
    expect(samplesIn(series([90, 95, 0, 5, 10], 'requests_total'), clock, now)).toBe('90 95 0 5 10 15+5x1');
  });

  it('move on with the time that they tell', () => {
    const at = now / 1000;
    const last = [240, 180, 120, 60, 0].map((ago) => at - ago);
    expect(samplesIn(series(last, 'last_run_seconds'), clock, now)).toBe(`${last.join(' ')} ${String(at + 60)}+60x1`);
  });

  it('become what the fault makes of them', () => {
    const constant = series([1, 1, 1, 1, 1]);
    expect(samplesIn(constant, clock, now, { type: 'value', value: 0 })).toBe('1 1 1 1 1 0x1');
    expect(samplesIn(constant, clock, now, { type: 'gone' })).toBe('1 1 1 1 1 stale _x1');
    expect(samplesIn(constant, clock, now, { type: 'dip', by: 1, forMs: 20_000 })).toBe('1 1 1 1 1 0 1');
    expect(samplesIn(constant, clock, now, { type: 'dip', by: 'gone', forMs: 90_000 })).toBe('1 1 1 1 1 stale _x1');
    expect(samplesIn(constant, clock, now, { type: 'dip', by: -2, forMs: 20_000 })).toBe('1 1 1 1 1 3 1');
    // What was not there is not made.
    expect(samplesIn(series([1, 1, 1, 1, undefined]), clock, now, { type: 'value', value: 0 })).toBe(
      '1 1 1 1 stale _x2',
    );
  });

  it('may be infinite or no number', () => {
    expect(samplesIn(series([NaN, Infinity, -Infinity, 1e21, 1e-7]), clock, now)).toBe(
      'NaN Inf -Inf 1e+21 1e-7 1e-7x1',
    );
  });
});
