import { createHash } from 'node:crypto';
import { setImmediate as afterOthers } from 'node:timers/promises';

/** Keeps the processor busy; ends early when nobody waits any more. */
export type Work = (milliseconds: number, isWanted: () => boolean) => Promise<void>;

// Between slices other requests get their turn: probes must be answered under any load.
const sliceMs = 5;

/**
 * Hashes for as long as it is told. One request works at a time, so that each takes the time it says and not the time of
 * all; the others wait for it.
 */
export function newWork(): Work {
  const block = Buffer.alloc(16 * 1024, 'work');
  let last = Promise.resolve();

  async function burn(milliseconds: number, isWanted: () => boolean): Promise<void> {
    let left = milliseconds;
    while (left > 0 && isWanted()) {
      const started = performance.now();
      const slice = Math.min(sliceMs, left);
      while (performance.now() - started < slice) createHash('sha256').update(block).digest();
      left -= performance.now() - started;
      await afterOthers();
    }
  }

  return (milliseconds, isWanted) => {
    if (milliseconds <= 0) return Promise.resolve();
    const done = last.then(() => burn(milliseconds, isWanted));
    last = done;
    return done;
  };
}
