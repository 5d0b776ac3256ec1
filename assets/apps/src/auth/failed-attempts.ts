/** Slows whoever guesses passwords of one name. */
export interface FailedAttempts {
  /** Seconds until this name may be tried again; 0 if it may now. */
  secondsToWait(name: string): number;
  count(name: string): void;
  /** The right password was given. */
  forget(name: string): void;
}

// More names than this at once are an attack on memory: the oldest make room.
const mostNames = 10_000;

/**
 * Kept in memory: each instance counts for itself, and a restart forgives.
 * @param options.limit wrong passwords for one name until it is closed for the rest of its window
 * @param options.windowMs how long a first wrong password is remembered
 * @param options.now milliseconds of any steady clock
 */
export function countFailedAttempts(options: {
  readonly limit: number;
  readonly windowMs: number;
  readonly now: () => number;
}): FailedAttempts {
  const { limit, windowMs, now } = options;
  const windows = new Map<string, { readonly endsAt: number; failures: number }>();

  function open(name: string) {
    const window = windows.get(name);
    if (window === undefined || window.endsAt > now()) return window;
    windows.delete(name);
    return undefined;
  }

  return {
    secondsToWait(name) {
      const window = open(name);
      return window === undefined || window.failures < limit ? 0 : Math.ceil((window.endsAt - now()) / 1_000);
    },
    count(name) {
      const window = open(name);
      if (window !== undefined) {
        window.failures += 1;
        return;
      }
      windows.set(name, { endsAt: now() + windowMs, failures: 1 });
      const oldest = windows.keys().next();
      if (windows.size > mostNames && oldest.done === false) windows.delete(oldest.value);
    },
    forget(name) {
      windows.delete(name);
    },
  };
}
