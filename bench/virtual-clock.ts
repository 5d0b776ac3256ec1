import type { Clock } from '../src/clock.js';

/** A clock that jumps to the next moment anybody waits for, once all that happens now has happened. */
export function createVirtualClock(): Clock {
  const sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  let now = 0;
  const turn = (): void => {
    const next = Math.min(...sleepers.map(({ at }) => at));
    now = next;
    const awake = sleepers.filter(({ at }) => at === next);
    sleepers.splice(0, sleepers.length, ...sleepers.filter(({ at }) => at !== next));
    for (const { wake } of awake) wake();
    // After everything that was woken, and everything that follows from it, has had its turn.
    if (sleepers.length > 0) setImmediate(turn);
    else isTurning = false;
  };
  let isTurning = false;
  return {
    now: () => now,
    sleep: (milliseconds) =>
      new Promise((wake) => {
        sleepers.push({ at: now + milliseconds, wake });
        if (isTurning) return;
        isTurning = true;
        setImmediate(turn);
      }),
  };
}
