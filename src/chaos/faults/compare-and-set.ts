import type { Clock } from '../../clock.js';
import { PlatformError } from '../../errors.js';
import { ApiError, ApiUnreachableError } from '../../kubernetes/api-errors.js';
import { patiently } from '../../kubernetes/patiently.js';

/** Controllers write status all the time; what counts is compared anew at each attempt. */
const attempts = 10;

/** How long the API server may be away while a fault is injected, in milliseconds: a restart takes about 20 s. */
const awayMs = 60_000;

export interface WriteOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Writes on top of what was just read, and reads again where somebody else was faster. An API server that goes away is
 * asked again until it is known whether the write was done: one that arrives late would be a fault that nobody expects.
 * @param write reads, throws where the world is not as planned, and writes with the resourceVersion it read; it is told
 * whether an earlier attempt may have been done although its answer was lost
 */
export async function compareAndSet<T>(
  subject: string,
  { clock, signal }: WriteOptions,
  write: (mayBeDone: boolean) => Promise<T>,
): Promise<T> {
  let mayBeDone = false;
  const once = async () => {
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      try {
        return await write(mayBeDone);
      } catch (error) {
        mayBeDone ||= error instanceof ApiUnreachableError;
        if (!(error instanceof ApiError && error.status === 409)) throw error;
      }
    }
    throw changedSince(subject, `it changed ${String(attempts)} times while it was written`);
  };
  return patiently(once, { clock, signal, withinMs: awayMs });
}

/** The world is no longer as the fault was planned for. */
export function changedSince(subject: string, what: string): PlatformError {
  return new PlatformError('conflict', `${subject} changed since the drill was planned: ${what}`, {
    suggestions: ['see who changes it (kubectl get events, platform status), and run the drill again'],
  });
}
