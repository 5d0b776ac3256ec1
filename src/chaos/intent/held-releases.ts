import { intents, type Intent } from '../../../assets/apps/src/reaper/intent.js';
import type { Workload } from '../../kubernetes/workloads.js';
import type { ListedIntent } from './read-intent.js';

/** Why a release is left as it is, by `namespace/name`. */
export type HeldReleases = ReadonlyMap<string, string>;

/**
 * The releases whose workloads an open drill has scaled: Helm would silently undo it. What was taken back holds nothing.
 * @param workloads asked for only where there is an open drill
 */
export async function heldReleases(
  listed: readonly ListedIntent[],
  workloads: () => Promise<readonly Workload[]>,
): Promise<HeldReleases> {
  const open = openIntents(listed);
  const held = new Map<string, string>();
  if (open.length === 0) return held;
  const releases = new Map(
    (await workloads()).map(({ kind, namespace, name, release }) => [
      `/apis/apps/v1/namespaces/${namespace}/${kind.toLowerCase()}s/${name}`,
      release,
    ]),
  );
  for (const intent of open) {
    for (const change of intent.changes) {
      const release = change.type === 'scale' ? releases.get(change.path) : undefined;
      if (release === undefined) continue;
      held.set(release, `held by ${wordsOf(intent)}`);
    }
  }
  return held;
}

/**
 * The releases that must not be uninstalled: those that are held, and the reaper, which nobody but us would stand in for.
 * @param workloads asked for only where there is an open drill
 */
export async function neededByDrills(
  listed: readonly ListedIntent[],
  workloads: () => Promise<readonly Workload[]>,
): Promise<HeldReleases> {
  const [open] = openIntents(listed);
  if (!open) return new Map();
  const reaper = `${intents.namespace}/${intents.reaper}`;
  return new Map([...(await heldReleases(listed, workloads)), [reaper, `needed by ${wordsOf(open)}`]]);
}

function openIntents(listed: readonly ListedIntent[]): readonly Intent[] {
  return listed.flatMap(({ intent, restoration }) => (intent && !restoration ? [intent] : []));
}

function wordsOf({ drill, run, startedAt, restoreCommand }: Intent): string {
  return `the drill ${drill} (run ${run}) since ${startedAt}; take it back with ${restoreCommand}`;
}
