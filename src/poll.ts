import type { Clock } from './clock.js';

/**
 * Asks again and again until there is an answer; the one way to wait for the world.
 * @param intervalMs milliseconds between the end of one question and the next
 * @throws the signal's reason when it aborts first, or what `ask` throws
 */
export async function poll<T>(
  signal: AbortSignal,
  clock: Clock,
  intervalMs: number,
  ask: () => Promise<T | undefined>,
): Promise<T> {
  for (;;) {
    signal.throwIfAborted();
    const answer = await ask();
    if (answer !== undefined) return answer;
    await clock.sleep(intervalMs, signal);
  }
}
