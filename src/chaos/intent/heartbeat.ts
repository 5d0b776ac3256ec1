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
  /**
   * Shows it at once; resolves when it has arrived. That the drill is over is told as always, before this resolves.
   * @throws the client's error when it has not arrived
   */
  show(signal: AbortSignal): Promise<void>;
  /** Resolves when nothing is written any more. */
  stop(): Promise<void>;
}

/** Shows that this drill lives, from now until it is stopped; an API server that is away is asked again. */
export function keepHeartbeat({ run, client, clock, onLost }: HeartbeatOptions): Heartbeat {
  const ending = new AbortController();
  const { signal } = ending;
  let lastAt: number | undefined;
  let beats = 0;
  let isLost = false;

  function lose(loss: HeartbeatLoss): void {
    if (!isLost) onLost(loss);
    isLost = true;
  }

  async function show(showing: AbortSignal): Promise<void> {
    beats += 1;
    const at = clock.now();
    const data = { [intents.keys.heartbeat]: `${new Date(at).toISOString()} ${String(beats)}` };
    try {
      const { restoration } = readIntent(await client.patch<IntentConfigMap>(intentPath(run), { data }, showing));
      lastAt = at;
      if (restoration) lose({ why: 'restored', by: restoration.by });
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 404)) throw error;
      lose({ why: 'deleted' });
    }
  }

  /** How long to wait for the next, or that there is none. */
  async function beat(): Promise<number | undefined> {
    try {
      await show(signal);
      return isLost ? undefined : heartbeatMs;
    } catch {
      return retryMs;
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
    show,
    async stop() {
      ending.abort();
      await kept;
    },
  };
}
