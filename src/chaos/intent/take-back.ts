import type { Change, Intent, Restoration, Restored } from '../../../assets/apps/src/reaper/intent.js';
import { recordRestoration } from '../../../assets/apps/src/reaper/record-restoration.js';
import type { RestoreApi, WriteAnswer } from '../../../assets/apps/src/reaper/restore-api.js';
import { changesInPlace, closeGrants, restoreAll } from '../../../assets/apps/src/reaper/restore.js';
import type { Clock } from '../../clock.js';
import { messageOf, PlatformError } from '../../errors.js';
import type { ClusterClient } from '../../kubernetes/client.js';
import { patiently, type Patience } from '../../kubernetes/patiently.js';
import { intentPath } from './intents.js';
import { readIntent, type IntentConfigMap, type ReadIntent } from './read-intent.js';
import { restoreApi } from './restore-api.js';

/** How long the API server may be away in one go, in milliseconds: a fault that stays is worse than a long wait. */
const awayMs = 2 * 60_000;
/** What was sent to an API server that went away may still be done when it is back, in milliseconds. */
const lateMs = 2_000;

export interface TakeBackOptions {
  readonly client: ClusterClient;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Called once for each time that the API server is away. */
  readonly onAway?: () => void;
}

/**
 * Takes all that a drill changed back, writes down that it was, and ends the reaper's rights; where somebody else was
 * first, what they did stands. May be done again and by several at once. The record of the drill stays, see `closeIntent`.
 * @param by `user@host/pid`
 * @throws PlatformError `leftBehind` when something is still as the drill made it, `tool` when the API server is away for
 * longer than two minutes; the record says then that the drill is open
 */
export async function takeBack(open: ReadIntent, by: string, options: TakeBackOptions): Promise<Restoration> {
  const { intent } = open;
  const { client, signal } = options;
  const patience: Patience = { ...options, withinMs: awayMs };
  const restoration = open.restoration ?? (await restore(open, by, options, patience));
  await patiently(() => closeGrants(intent, restoreApi(client, signal)), patience);
  return restoration;
}

async function restore(
  open: ReadIntent,
  by: string,
  options: TakeBackOptions,
  patience: Patience,
): Promise<Restoration> {
  const { intent } = open;
  const { client, clock, signal } = options;
  const api = restoreApi(client, signal);
  let at = clock.now();
  const timed = whenWriting(api, () => (at = clock.now()));
  const restoreOnce = () => {
    at = clock.now();
    // Kept from one attempt to the next: what was taken back before the API server went away was taken back by us.
    const done = new Map<Change, Restored>();
    return unlessStuck(intent, () => patiently(() => restoreAll(intent, timed, done), patience));
  };
  const lookBack = () => patiently(() => changesInPlace(intent, api), patience);
  let results = await restoreOnce();
  if (results.some(({ outcome }) => outcome === 'as-it-was')) await clock.sleep(lateMs, signal);
  let inPlace = await lookBack();
  if (inPlace.length > 0) {
    results = await restoreOnce();
    inPlace = await lookBack();
  }
  if (inPlace.length > 0) throw stillBroken(intent, `${inPlace.join(', ')} is as the drill made it again`);
  const restoration = { by, at: new Date(at).toISOString(), results };
  const { name, uid } = open;
  const record = () => patiently(() => recordRestoration({ name, uid }, restoration, api), patience);
  const recorded = await unlessStuck(intent, record);
  if (recorded === 'first') return restoration;
  return patiently(() => writtenDown(intent, restoration, client, signal), patience);
}

/** Tells when a write is sent: what it does may be seen before its answer is here. */
function whenWriting(api: RestoreApi, onWrite: () => void): RestoreApi {
  const told = (write: () => Promise<WriteAnswer>) => {
    onWrite();
    return write();
  };
  return {
    get: (path) => api.get(path),
    list: (path, labelSelector) => api.list(path, labelSelector),
    replace: (path, object) => told(() => api.replace(path, object)),
    patch: (path, mergePatch) => told(() => api.patch(path, mergePatch)),
    delete: (path, preconditions) => told(() => api.delete(path, preconditions)),
  };
}

/** Whoever wrote first has done it; of a record that is gone there is nothing to be said any more. */
async function writtenDown(
  { run }: Intent,
  ours: Restoration,
  client: ClusterClient,
  signal: AbortSignal,
): Promise<Restoration> {
  const configMap = await client.get<IntentConfigMap>(intentPath(run), signal);
  return (configMap && readIntent(configMap).restoration) ?? ours;
}

async function unlessStuck<T>(intent: Intent, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error) || error instanceof PlatformError || error.name === 'AbortError') throw error;
    throw stillBroken(intent, messageOf(error));
  }
}

function stillBroken({ drill, run, restoreCommand }: Intent, why: string): PlatformError {
  return new PlatformError('leftBehind', `the drill ${drill} (run ${run}) was not taken back: ${why}`, {
    suggestions: ['see who changes it (kubectl get events), and take it back again', restoreCommand],
  });
}
