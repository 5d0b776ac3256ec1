import { describe, expect, it } from 'vitest';
import { formatElapsed, progressAmount, progressBar, progressMessage } from '../../src/ui/progress.js';
import { createStyle } from '../../src/ui/style.js';

const style = createStyle({ color: false });
const message = 'downloading';

describe('progress', () => {
  it('has a bar where the whole is known', () => {
    expect(progressBar({ message, done: 0, total: 8 }, style)).toBe('──────────');
    expect(progressBar({ message, done: 4, total: 8 }, style)).toBe('━━━━━─────');
    expect(progressBar({ message, done: 9, total: 8 }, style)).toBe('━━━━━━━━━━');
    expect(progressBar({ message, done: 4 }, style)).toBe('');
    expect(progressBar({ message, done: 0, total: 0 }, style)).toBe('');
  });

  it.each([
    [{}, ''],
    [{ done: 900, total: 20_500, unit: 'bytes' as const }, '0.9/20.5 kB'],
    [{ done: 900_000, total: 20_500_000, unit: 'bytes' as const }, '0.9/20.5 MB'],
    [{ done: 900_000, unit: 'bytes' as const }, '900.0 kB'],
    [{ done: 3, total: 380, unit: 'packages' as const }, '3/380 packages'],
    [{ done: 3, unit: 'packages' as const }, '3 packages'],
    [{ done: 3, total: 9 }, '3/9'],
  ])('has an amount: %j', (progress, amount) => {
    expect(progressAmount({ message, ...progress })).toBe(amount);
  });

  it('keeps its width where lines are redrawn', () => {
    expect(progressAmount({ message, done: 3, total: 380 }, { aligned: true })).toBe('  3/380');
  });

  it('counts whole seconds', () => {
    expect([-5, 999, 1000, 59_999, 60_000].map(formatElapsed)).toEqual(['', '', '1s', '59s', '1m 00s']);
  });

  it('says how long something has been waited for', () => {
    const waiting = { message: 'Deployment/auth: 1 of 2 pods ready', since: 30_000 };
    expect(progressMessage(waiting, 30_400)).toBe('waiting for Deployment/auth: 1 of 2 pods ready');
    expect(progressMessage(waiting, 42_400)).toBe('waiting 12s for Deployment/auth: 1 of 2 pods ready');
    expect(progressMessage({ message }, 42_400)).toBe(message);
  });
});
