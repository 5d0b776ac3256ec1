import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.js';
import { examineAll, type Examination } from '../../src/doctor/check.js';

const fine: Examination = { name: 'fine', examine: () => Promise.resolve({ status: 'ok', detail: 'as it should be' }) };
const never = () => new Promise<never>(() => undefined);

describe('examining everything', () => {
  it('keeps the order and the names', async () => {
    const slow: Examination = {
      name: 'slow',
      examine: () => systemClock.sleep(5).then(() => ({ status: 'blocking', detail: 'bad', fix: ['mend it'] })),
    };
    expect(await examineAll([slow, fine], { clock: systemClock, budgetMs: 5000 })).toEqual([
      { name: 'slow', status: 'blocking', detail: 'bad', fix: ['mend it'] },
      { name: 'fine', status: 'ok', detail: 'as it should be' },
    ]);
  });

  it('turns a failure into a warning with its reason, and goes on', async () => {
    const broken: Examination = { name: 'broken', examine: () => Promise.reject(new Error('the disk fell off')) };
    expect(await examineAll([broken, fine], { clock: systemClock, budgetMs: 5000 })).toEqual([
      { name: 'broken', status: 'warning', detail: 'could not be told: the disk fell off' },
      { name: 'fine', status: 'ok', detail: 'as it should be' },
    ]);
  });

  it('does not wait for what takes too long, and tells it to end', async () => {
    let told = false;
    const endless: Examination = {
      name: 'endless',
      examine: (signal) => {
        signal.addEventListener('abort', () => (told = true));
        return never();
      },
    };
    expect(await examineAll([endless, fine], { clock: systemClock, budgetMs: 20 })).toEqual([
      { name: 'endless', status: 'warning', detail: 'could not be told: no answer within 20ms' },
      { name: 'fine', status: 'ok', detail: 'as it should be' },
    ]);
    expect(told).toBe(true);
  });

  it('ends at once when it is interrupted', async () => {
    const interruption = new AbortController();
    const examining = examineAll([{ name: 'endless', examine: never }], {
      clock: systemClock,
      budgetMs: 60_000,
      signal: interruption.signal,
    });
    interruption.abort(new DOMException('interrupted', 'AbortError'));
    await expect(examining).rejects.toThrow('interrupted');
  });
});
