import type { Clock } from '../clock.js';
import { systemCode } from '../errors.js';
import { poll } from '../poll.js';
import { isRunning } from '../process-identity.js';
import type { Events } from './events.js';
import { survivingChildren } from './journal.js';

/**
 * Tools that outlived a killed run go on changing the world: each is interrupted once and awaited before anything is
 * looked at or repaired.
 */
export async function awaitSurvivors(
  stateFolder: string,
  run: string,
  { clock, events }: { readonly clock: Clock; readonly events: Events },
  signal: AbortSignal,
): Promise<void> {
  for (const { pid, startedAt, command } of await survivingChildren(stateFolder, run)) {
    events.emit({
      type: 'notice',
      level: 'warning',
      message: `an earlier run was killed and left a tool running (pid ${String(pid)}): ${command}; it is interrupted and awaited`,
    });
    interrupt(pid);
    await poll(signal, clock, 200, () => Promise.resolve(isRunning(pid, startedAt) ? undefined : true));
  }
}

function interrupt(pid: number): void {
  try {
    process.kill(pid, 'SIGINT');
  } catch (error) {
    if (systemCode(error) !== 'ESRCH') throw error;
  }
}
