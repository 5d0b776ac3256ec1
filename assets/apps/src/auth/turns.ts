import { Problem } from '../kit/problem.js';

/** Does a piece of work when it is its turn. */
export type Turns = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Hashing passwords takes threads that name look-ups and new connections need too, so only some of them may hash; and who
 * would wait longer than anybody does is turned away at once.
 * @param options.waiting how many may wait for their turn
 */
export function newTurns(options: { readonly atOnce: number; readonly waiting: number }): Turns {
  let working = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (working >= options.atOnce) {
      if (waiting.length >= options.waiting) throw new Problem(503, 'Too many passwords to check at once');
      // Whoever ends hands its turn on, so nobody can come in between.
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else {
      working += 1;
    }
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) working -= 1;
      else next();
    }
  };
}
