import { intents } from '../../../assets/apps/src/reaper/intent.js';
import type { Clock } from '../../clock.js';
import { ApiError } from '../../kubernetes/api-errors.js';
import type { ClusterClient } from '../../kubernetes/client.js';
import { intentPath } from './intents.js';
import { readIntent, type IntentConfigMap } from './read-intent.js';

/** A sixth of the time after which the reaper acts. */
export const heartbeatMs = 10_000;
/** How soon one that failed is tried again. */
const retryMs = 2_000;

/** Somebody else ended the drill. */
export type HeartbeatLoss = { readonly why: 'deleted' } | { readonly why: 'restored'; readonly by: string };

export interface HeartbeatOptions {
  readonly run: string;
  readonly client: Pick<ClusterClient, 'patch'>;
  readonly clock: Clock;
  /** Called at most once: the fault is taken back, and the drill is over. */
  readonly onLost: (loss: HeartbeatLoss) => void;
}

export interface Heartbeat {
  /** Milliseconds since the epoch of the last one that arrived; absent before the first. */
  readonly lastAt: number | undefined;
  /** Resolves when nothing is written any more. */
  stop(): Promise<void>;
}

/** Shows that this drill lives, from now until it is stopped; an API server that is away is asked again. */
export function keepHeartbeat({ run, client, clock, onLost }: HeartbeatOptions): Heartbeat {
  const ending = new AbortController();
  const { signal } = ending;
  let lastAt: number | undefined;
  let beats = 0;

  /** How long to wait for the next, or that there is none. */
  async function beat(): Promise<number | undefined> {
    beats += 1;
    const at = clock.now();
    const data = { [intents.keys.heartbeat]: `${new Date(at).toISOString()} ${String(beats)}` };
    try {
      const { restoration } = readIntent(await client.patch<IntentConfigMap>(intentPath(run), { data }, signal));
      lastAt = at;
      if (!restoration) return heartbeatMs;
      onLost({ why: 'restored', by: restoration.by });
      return undefined;
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 404)) return retryMs;
      onLost({ why: 'deleted' });
      return undefined;
    }
  }

  async function keep(): Promise<void> {
    let pauseMs = await beat();
    while (pauseMs !== undefined && !signal.aborted) {
      try {
        await clock.sleep(pauseMs, signal);
      } catch {
        return;
      }
      pauseMs = await beat();
    }
  }

  const kept = keep();
  return {
    get lastAt() {
      return lastAt;
    },
    async stop() {
      ending.abort();
      await kept;
    },
  };
}
