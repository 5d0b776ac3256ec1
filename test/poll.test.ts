import { describe, expect, it } from 'vitest';
import { systemClock } from '../src/clock.js';
import { poll } from '../src/poll.js';

const ongoing = new AbortController().signal;

/** A clock on which waiting takes no time, and which writes down how long was waited. */
function fakeClock() {
  const waits: number[] = [];
  return {
    waits,
    now: () => 0,
    sleep: (milliseconds: number) => {
      waits.push(milliseconds);
      return Promise.resolve();
    },
  };
}

describe('polling', () => {
  it('asks at once, and again after each interval until there is an answer', async () => {
    const clock = fakeClock();
    const answers = [undefined, undefined, 'ready'];
    expect(await poll(ongoing, clock, 250, () => Promise.resolve(answers.shift()))).toBe('ready');
    expect(clock.waits).toEqual([250, 250]);
  });

  it('takes everything but undefined for an answer', async () => {
    for (const answer of [false, 0, '', null]) {
      expect(await poll(ongoing, fakeClock(), 1, () => Promise.resolve(answer))).toBe(answer);
    }
  });

  it('passes on what the question throws', async () => {
    await expect(poll(ongoing, fakeClock(), 1, () => Promise.reject(new Error('gone')))).rejects.toThrow('gone');
  });

  it('does not ask when it was aborted before', async () => {
    let asked = 0;
    const polling = poll(AbortSignal.abort(new Error('too late')), fakeClock(), 1, () => Promise.resolve(++asked));
    await expect(polling).rejects.toThrow('too late');
    expect(asked).toBe(0);
  });

  it('ends with the reason of the signal when it aborts while waiting', async () => {
    const interruption = new AbortController();
    const polling = poll(interruption.signal, systemClock, 600_000, () => {
      setTimeout(() => {
        interruption.abort(new Error('enough'));
      }, 1);
      return Promise.resolve(undefined);
    });
    await expect(polling).rejects.toThrow('enough');
  });
});
