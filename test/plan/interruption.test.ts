import { describe, expect, it } from 'vitest';
import { isAbort } from '../../src/errors.js';
import { createInterruption } from '../../src/plan/interruption.js';

describe('an interruption', () => {
  it('drains at the first request and quits at the second', () => {
    const interruption = createInterruption();
    const { draining, quitting } = interruption;
    expect([draining.aborted, quitting.aborted]).toEqual([false, false]);
    interruption.request();
    expect([draining.aborted, quitting.aborted]).toEqual([true, false]);
    interruption.request();
    expect([draining.aborted, quitting.aborted]).toEqual([true, true]);
    interruption.request();
  });

  it('quits by itself at the end of the grace period', async () => {
    const interruption = createInterruption(1);
    const quit = new Promise((resolve) => {
      interruption.quitting.addEventListener('abort', resolve);
    });
    // The timer alone must not keep a process alive, so something else has to here.
    const alive = setInterval(() => undefined, 10);
    interruption.request();
    await quit;
    clearInterval(alive);
  });

  it('is told apart from a failure by its reason', () => {
    const interruption = createInterruption();
    const { draining, quitting } = interruption;
    interruption.request();
    interruption.request();
    expect([isAbort(draining.reason), isAbort(quitting.reason)]).toEqual([true, true]);
  });
});
