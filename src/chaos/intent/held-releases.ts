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
  const open = listed.flatMap(({ intent, restoration }) => (intent && !restoration ? [intent] : []));
  const held = new Map<string, string>();
  if (open.length === 0) return held;
  const releases = new Map(
    (await workloads()).map(({ kind, namespace, name, release }) => [
      `/apis/apps/v1/namespaces/${namespace}/${kind.toLowerCase()}s/${name}`,
      release,
    ]),
  );
  for (const { drill, run, startedAt, restoreCommand, changes } of open) {
    for (const change of changes) {
      const release = change.type === 'scale' ? releases.get(change.path) : undefined;
      if (release === undefined) continue;
      held.set(
        release,
        `held by the drill ${drill} (run ${run}) since ${startedAt}; take it back with ${restoreCommand}`,
      );
    }
  }
  return held;
}
