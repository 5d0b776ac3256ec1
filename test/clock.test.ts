import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { formatDuration, systemClock } from '../src/clock.js';

describe('a duration', () => {
  it.each([
    [0, '0ms'],
    [0.4, '0ms'],
    [850, '850ms'],
    [999.4, '999ms'],
    [999.6, '1.0s'],
    [1000, '1.0s'],
    [4240, '4.2s'],
    [59_949, '59.9s'],
    [59_950, '1m 00s'],
    [185_000, '3m 05s'],
    [3_599_400, '59m 59s'],
    [3_599_600, '1h 00m'],
    [3_720_000, '1h 02m'],
    [90_000_000, '25h 00m'],
  ])('of %d milliseconds is written %s', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });
});

describe('sleeping', () => {
  it('ends by itself and leaves nothing on the signal', async () => {
    const { signal } = new AbortController();
    await systemClock.sleep(1, signal);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('ends with the reason of the signal as soon as it aborts', async () => {
    const interruption = new AbortController();
    const sleeping = systemClock.sleep(600_000, interruption.signal);
    interruption.abort(new Error('enough'));
    await expect(sleeping).rejects.toThrow('enough');
  });

  it('does not begin when the signal has aborted', async () => {
    await expect(systemClock.sleep(600_000, AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
  });
});

describe('the time', () => {
  it('is in milliseconds since the epoch', () => {
    expect(Math.abs(systemClock.now() - new Date().getTime())).toBeLessThan(60_000);
  });
});
