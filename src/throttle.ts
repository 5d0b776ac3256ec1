import type { Clock } from './clock.js';

/** Lets the first call of every `intervalMs` through and drops the rest; `last` always goes through. */
export interface Throttled<T> {
  now(value: T): void;
  last(value: T): void;
}

/** For progress: what nobody could read in time is not said. */
export function throttle<T>(clock: Clock, intervalMs: number, say: (value: T) => void): Throttled<T> {
  let next = Number.NEGATIVE_INFINITY;
  return {
    now(value) {
      if (clock.now() < next) return;
      next = clock.now() + intervalMs;
      say(value);
    },
    last: say,
  };
}
