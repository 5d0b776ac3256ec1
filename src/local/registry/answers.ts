import type { Clock } from '../../clock.js';
import { systemCode } from '../../errors.js';

/** A registry on this machine answers in milliseconds, or is busy with starting. */
const answerWithinMs = 2_000;

/** It starts in less than a second, on a machine that is busy in a few. */
const patienceMs = 30_000;
const lookIntervalMs = 250;

/** Whether a registry answers on a port of this machine. */
export async function answers(port: number, signal: AbortSignal): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${String(port)}/v2/`, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(answerWithinMs)]),
    });
    await response.arrayBuffer();
    return response.status === 200;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof TypeError || systemCode(error) !== undefined || isTimeout(error)) return false;
    throw error;
  }
}

/**
 * Waits until a registry answers; false where it did not in time, or where there is no hope of it.
 * @param isHopeless asked after each attempt without an answer
 */
export async function untilItAnswers(
  port: number,
  clock: Clock,
  signal: AbortSignal,
  isHopeless: () => Promise<boolean>,
): Promise<boolean> {
  const end = clock.now() + patienceMs;
  for (;;) {
    if (await answers(port, signal)) return true;
    if (clock.now() >= end || (await isHopeless())) return false;
    await clock.sleep(lookIntervalMs, signal);
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError';
}
