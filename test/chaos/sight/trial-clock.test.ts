import { describe, expect, it } from 'vitest';
import { selectorsOf } from '../../../src/chaos/sight/expression.js';
import { trialClock } from '../../../src/chaos/sight/trial-clock.js';

const minutes = (number: number) => number * 60_000;
const clockOf = (expression: string, intervalMs = 5_000, forMs = 30_000) =>
  trialClock(selectorsOf(expression), { forMs, intervalMs });

describe('the time of a trial', () => {
  it('is all that a rule looks back on, and then until its `for` is over and its ranges are full', () => {
    expect(clockOf('up == 0')).toEqual({ stepMs: 5_000, historyMs: minutes(5), horizonMs: minutes(5.5) });
    expect(clockOf('rate(x[10m] offset 20m) > 0')).toEqual({
      stepMs: 5_000,
      historyMs: minutes(30),
      horizonMs: minutes(15.5),
    });
  });

  it('is not longer after the fault than anybody waits, and goes in longer steps for long ranges', () => {
    const { stepMs, historyMs, horizonMs } = clockOf('max_over_time(up[6h]) == 1');
    expect(stepMs).toBe(20_000);
    expect(historyMs).toBe(minutes(360));
    expect(horizonMs).toBe(Math.ceil(minutes(20.5) / stepMs) * stepMs);
  });

  it('is refused where its steps would be too long for the shortest range', () => {
    expect(() => clockOf('rate(x[1m]) > 0 and max_over_time(x[6h]) > 0')).toThrow(
      'it looks back 6h 00m, which is too long to be tried in steps of 5.0s',
    );
    expect(() => clockOf('x offset 3d')).toThrow('it looks back 72h 05m');
    expect(clockOf('rate(x[1m]) > 0', 60_000).stepMs).toBe(60_000);
  });
});
