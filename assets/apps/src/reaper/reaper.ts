import type { FastifyBaseLogger } from 'fastify';
import { ApiRefusal, type ReaperApi } from './api-server.js';
import { readDrills, type Drill, type DrillConfigMap } from './drills.js';
import { countHeartbeats } from './heartbeats.js';
import { intents, type Change, type Restored } from './intent.js';
import type { ReaperMetrics } from './reaper-metrics.js';
import { recordRestoration } from './record-restoration.js';
import { changesInPlace, closeGrants, restoreAll } from './restore.js';

export interface ReaperOptions {
  readonly api: ReaperApi;
  readonly log: Pick<FastifyBaseLogger, 'info' | 'warn' | 'error'>;
  readonly metrics: ReaperMetrics;
  /** Who it is, for people. */
  readonly by: string;
  /** Milliseconds of a clock that only goes forward. */
  readonly monotonicNow: () => number;
  readonly now: () => Date;
  /** What the time between two looks counts at most, in milliseconds. */
  readonly countAtMostMs: number;
}

export interface Reaper {
  /**
   * Looks at all drills once, and takes back those whose owner is gone. A drill that could not be taken back is looked
   * at again the next time.
   * @throws whatever the API throws when it does not say which drills there are
   */
  look(): Promise<void>;
}

/** What was done for a drill so far. */
interface Progress {
  readonly drill: Drill;
  readonly done: Map<Change, Restored>;
  isClosed: boolean;
}

/** Takes back what drills have changed when nobody else does. */
export function openReaper(options: ReaperOptions): Reaper {
  const { api, log, metrics, by, monotonicNow, now, countAtMostMs } = options;
  const heartbeats = countHeartbeats(countAtMostMs);
  let progress = new Map<string, Progress>();
  let lastWords = new Map<string, string>();

  /** Resolves to false where the owner is back, who sees to it. */
  async function restore({ drill, done }: Progress): Promise<boolean> {
    const { intent, name } = drill;
    if (done.size === 0) log.warn({ drill: name, owner: intent.owner }, `${name}: no sign of its owner, restoring`);
    const results = await restoreAll(intent, api, done);
    const left = await changesInPlace(intent, api);
    if (left.length > 0) {
      done.clear();
      throw new Error(`still as the drill made it: ${left.join(', ')}`);
    }
    const { uid, heartbeat } = drill;
    const isUndone = results.some(({ outcome }) => outcome === 'restored');
    const restoration = { by, at: now().toISOString(), results };
    const recorded = await recordRestoration({ name, uid, ...(!isUndone && { heartbeat }) }, restoration, api);
    if (recorded === 'alive') {
      done.clear();
      log.info({ drill: name }, `${name}: its owner is back, and nothing had to be restored`);
      return false;
    }
    metrics.restored(results);
    const said = results.map(({ subject, outcome, detail }) => `${subject}: ${outcome}, ${detail}`);
    log.info(
      { drill: name, results },
      `${name} restored${recorded === 'first' ? '' : ', as somebody else has'}: ${said.join('; ')}`,
    );
    return true;
  }

  async function close(one: Progress): Promise<void> {
    if (one.isClosed) return;
    try {
      await closeGrants(one.drill.intent, api);
    } catch (error) {
      // Who may not delete a Role that let it be deleted has no such Role any more.
      if (!(error instanceof ApiRefusal && error.status === 403)) throw error;
    }
    one.isClosed = true;
  }

  async function see(one: Progress): Promise<void> {
    const { drill } = one;
    if (!drill.isRestored) {
      if (heartbeats.silentFor(drill.uid) < drill.intent.expireAfterSeconds * 1000) return;
      if (!(await restore(one))) return;
    }
    await close(one);
  }

  return {
    async look() {
      const found = (await api.list(intents.collection, intents.label).catch((error: unknown) => {
        heartbeats.missed();
        throw error;
      })) as readonly DrillConfigMap[];
      const known = new Map([...progress].map(([uid, { drill }]) => [uid, drill]));
      const { drills, unreadable } = readDrills(found, known);
      heartbeats.seen(new Map(drills.map(({ uid, heartbeat }) => [uid, heartbeat])), monotonicNow());
      metrics.open(drills.filter(({ isRestored }) => !isRestored).length, unreadable.length);
      progress = new Map(drills.map((drill) => [drill.uid, continued(drill, progress.get(drill.uid))]));

      const words = new Map(unreadable.map(({ uid, name, problem }) => [uid, `${name} is left alone: ${problem}`]));
      await Promise.all(
        [...progress.values()].map(async (one) => {
          try {
            await see(one);
          } catch (error) {
            metrics.failed();
            const { uid, name } = one.drill;
            words.set(uid, `${name} is not restored yet: ${error instanceof Error ? error.message : String(error)}`);
          }
        }),
      );
      // Every two seconds the same would drown everything else.
      for (const [uid, said] of words) if (lastWords.get(uid) !== said) log.error(said);
      lastWords = words;
    },
  };
}

// An intent that was extended is another one: what it has more of is not taken back yet.
function continued(drill: Drill, before: Progress | undefined): Progress {
  const isSame = before?.drill.intent === drill.intent;
  return { drill, done: isSame ? before.done : new Map<Change, Restored>(), isClosed: isSame && before.isClosed };
}
