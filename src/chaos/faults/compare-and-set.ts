import { PlatformError } from '../../errors.js';
import { ApiError } from '../../kubernetes/api-errors.js';

/** Controllers write status all the time; what counts is compared anew at each attempt. */
const attempts = 10;

/**
 * Writes on top of what was just read, and reads again where somebody else was faster.
 * @param write reads, throws where the world is not as planned, and writes with the resourceVersion it read
 */
export async function compareAndSet<T>(subject: string, write: () => Promise<T>): Promise<T> {
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 409)) throw error;
    }
  }
  throw changedSince(subject, `it changed ${String(attempts)} times while it was written`);
}

/** The world is no longer as the fault was planned for. */
export function changedSince(subject: string, what: string): PlatformError {
  return new PlatformError('conflict', `${subject} changed since the drill was planned: ${what}`, {
    suggestions: ['see who changes it (kubectl get events, platform status), and run the drill again'],
  });
}
