/** Milliseconds that are left of a limit shared by several questions; at least one, so that a time limit can be made of it. */
export type TimeBudget = () => number;

/** Time runs while a question is under way, not while something else is done in between. */
export interface Spending {
  readonly leftMs: TimeBudget;
  during<T>(work: Promise<T>): Promise<T>;
}

export function timeBudget(limitMs: number): Spending {
  let spentMs = 0;
  return {
    leftMs: () => Math.max(1, Math.round(limitMs - spentMs)),
    async during(work) {
      const started = performance.now();
      try {
        return await work;
      } finally {
        spentMs += performance.now() - started;
      }
    },
  };
}
