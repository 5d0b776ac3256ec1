import type { Clock } from '../../clock.js';
import type { HostPrograms } from '../../clusters/host-programs.js';
import { PlatformError } from '../../errors.js';
import { poll } from '../../poll.js';
import { startTimeOf } from '../../process-identity.js';
import type { MonitoringProgram } from './programs.js';

const lookMs = 50;
/** How long one look may take, in milliseconds. */
const answerWithinMs = 1_000;

/**
 * Starts a program and waits until it can be used.
 * @throws PlatformError `tool` with the last words of its log when it ends
 */
export async function startAndAwait(
  program: MonitoringProgram,
  host: HostPrograms,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const pid = await host.start(program);
  await poll(signal, clock, lookMs, async () => {
    if (await isReady(program.readyAt)) return true;
    if (startTimeOf(pid) !== undefined) return undefined;
    throw new PlatformError('tool', `${program.name} ended while it was starting`, {
      output: await host.lastWords(program.name),
      suggestions: [`see \`platform logs --component ${program.name}\``],
    });
  });
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(answerWithinMs) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
