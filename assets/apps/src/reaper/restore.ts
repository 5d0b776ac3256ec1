import type { Change, Intent, Restored } from './intent.js';
import { lookAt } from './look.js';
import type { RestoreApi } from './restore-api.js';

export type { RestoreApi } from './restore-api.js';

/** How often something that changes all the time is read again before it counts as a failure. */
const attempts = 10;

/**
 * Takes one change back, unless somebody else has changed the same thing meanwhile. Every write is compare-and-set, so
 * that two who do this at once do it once. An autoscaler may act on what was restored as soon as it is back.
 * @param run only objects that are labelled with it are deleted
 * @throws whatever the API throws: then it is not known to be taken back
 */
export async function restoreChange(change: Change, run: string, api: RestoreApi): Promise<Restored> {
  const { subject } = change;
  for (let attempt = 1; ; attempt += 1) {
    const found = await lookAt(change, run, api);
    if (found.state === 'settled') return { subject, outcome: found.outcome, detail: found.detail };
    const answer = await found.takeBack();
    if (answer === 'done') return { subject, outcome: 'restored', detail: found.detail };
    if (attempt === attempts) throw new Error(`${subject} changed ${String(attempts)} times while it was restored`);
  }
}

/**
 * Takes all changes of an intent back, the last one first. One that fails stops none of the others; then the first
 * failure is thrown, and the call is to be made again.
 * @param done what an earlier attempt took back already: it is not asked about again, and what is new is added
 */
export async function restoreAll(
  intent: Intent,
  api: RestoreApi,
  done = new Map<Change, Restored>(),
): Promise<readonly Restored[]> {
  const failures: unknown[] = [];
  const results: Restored[] = [];
  for (const change of intent.changes.toReversed()) {
    try {
      const restored = done.get(change) ?? (await restoreChange(change, intent.run, api));
      done.set(change, restored);
      results.push(restored);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return results;
}

/** Subjects of the changes that are still as the drill made them: empty is the proof of a restoration. */
export async function changesInPlace(intent: Intent, api: RestoreApi): Promise<readonly string[]> {
  const subjects: string[] = [];
  for (const change of intent.changes) {
    const found = await lookAt(change, intent.run, api);
    if (found.state === 'in-place') subjects.push(change.subject);
  }
  return subjects;
}

/** Deletes the Roles by which the reaper could do it; absent ones are fine. */
export async function closeGrants(intent: Pick<Intent, 'grants'>, api: Pick<RestoreApi, 'delete'>): Promise<void> {
  for (const path of intent.grants) await api.delete(path);
}
