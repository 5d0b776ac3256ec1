import type { Change, Intent } from '../../../assets/apps/src/reaper/intent.js';
import type { Clock } from '../../clock.js';
import { ApiUnreachableError } from '../../kubernetes/api-errors.js';
import type { ClusterClient } from '../../kubernetes/client.js';
import { isSettling, differencesOf, type Difference } from './differences.js';

const lookIntervalMs = 1_000;

export interface AsBeforeOptions {
  readonly client: ClusterClient;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** How long what needs time may take, in milliseconds: pods that start, an autoscaler that becomes active. */
  readonly withinMs: number;
  /** Called with what is waited for, whenever that is something else: `statefulset/postgres …: 0 of 1 pods ready`. */
  readonly onWaiting?: (what: string) => void;
}

/** How the world differs from what was recorded before the fault, now; empty is the proof that nothing is left. */
export async function differencesNow(
  intent: Intent,
  client: ClusterClient,
  signal?: AbortSignal,
): Promise<readonly Difference[]> {
  const differences = await Promise.all(
    distinct(intent.changes).map((change) => differencesOf(change, client, signal)),
  );
  return differences.flat();
}

/**
 * Waits until the world is as it was recorded, as long as that is only a matter of time.
 * @returns what still differs then; an API server that does not answer is a difference as well
 */
export async function awaitAsBefore(intent: Intent, options: AsBeforeOptions): Promise<readonly string[]> {
  const { client, clock, signal, withinMs, onWaiting } = options;
  const until = clock.now() + withinMs;
  let said: string | undefined;
  for (;;) {
    const differences = await look(intent, client, signal);
    const [waitedFor] = differences.filter(isSettling);
    if (!waitedFor || clock.now() >= until) return differences.map(({ what }) => what);
    if (waitedFor.what !== said) onWaiting?.(waitedFor.what);
    said = waitedFor.what;
    await clock.sleep(lookIntervalMs, signal);
  }
}

async function look(intent: Intent, client: ClusterClient, signal: AbortSignal): Promise<readonly Difference[]> {
  try {
    return await differencesNow(intent, client, signal);
  } catch (error) {
    if (!(error instanceof ApiUnreachableError)) throw error;
    return [{ what: error.message, settles: true }];
  }
}

// Pods of one controller are looked at once.
function distinct(changes: readonly Change[]): Change[] {
  const seen = new Set<string>();
  return changes.filter((change) => {
    const key = change.type === 'pods' ? change.controller : JSON.stringify(change);
    if (key === undefined || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
