import type { Intent } from '../../../assets/apps/src/reaper/intent.js';
import type { Clock } from '../../clock.js';
import { PlatformError } from '../../errors.js';
import type { ClusterClient } from '../../kubernetes/client.js';
import { holderOf, leasePath, type Lease } from '../../ownership/lease-object.js';
import { isAlive, readOwner } from '../../ownership/lock-file.js';
import { pidSpace } from '../../ownership/pid-space.js';
import { heartbeatMs } from './heartbeat.js';
import { intentPath } from './intents.js';
import { readIntent, type IntentConfigMap, type ReadIntent } from './read-intent.js';

/** Two heartbeats and a bit: one may be late. */
const watchMs = 2 * heartbeatMs + 5_000;
const lookIntervalMs = 1_000;

export interface AliveOptions {
  readonly client: ClusterClient;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The environment's, on this machine. */
  readonly stateFolder: string;
  /** Called when somebody on another machine has to be watched, with for how many milliseconds. */
  readonly onWatch?: (owner: string, milliseconds: number) => void;
}

/**
 * Whether the process that runs a drill lives: by the lock file or the process where it is one of this machine, else by
 * its heartbeat, which is watched by our own clock.
 */
export async function isOwnerAlive(open: ReadIntent, options: AliveOptions): Promise<boolean> {
  const { intent } = open;
  const { client, clock, signal, stateFolder, onWatch } = options;
  const locked = await readOwner(stateFolder);
  if (locked?.run === intent.run) return isAlive(locked);
  const lease = await client.get<Lease>(leasePath(intent.environment), signal);
  const holder = lease && holderOf(lease);
  // It gives its Lease back at its end, and another run takes it over only from the dead.
  if (holder?.owner.run !== intent.run) return false;
  const space = pidSpace();
  if (space !== undefined && holder.pidSpace === space) return isAlive(holder.owner);
  onWatch?.(intent.owner, watchMs);
  const until = clock.now() + watchMs;
  while (clock.now() < until) {
    await clock.sleep(lookIntervalMs, signal);
    const configMap = await client.get<IntentConfigMap>(intentPath(intent.run), signal);
    if (!configMap) return false;
    const now = readIntent(configMap);
    if (now.problem === undefined && now.heartbeat !== open.heartbeat) return true;
  }
  return false;
}

/** The drill goes on: who wants its end tells the one who runs it. */
export function stillRunning({ drill, run, owner, restoreCommand }: Intent): PlatformError {
  return new PlatformError('conflict', `the drill ${drill} (run ${run}) is being run now by ${owner}`, {
    suggestions: [
      'end it there with Ctrl-C: it takes everything back',
      `or take it from them: ${restoreCommand} --force`,
    ],
    facts: { drill, run, owner },
  });
}
