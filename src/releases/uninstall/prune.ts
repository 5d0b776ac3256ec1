import type { Environment } from '../../environment/environment.js';
import type { ClusterView } from '../../kubernetes/cluster-view.js';
import type { Step } from '../../plan/step.js';
import { observeReleases, releaseKey, type ObservedRelease } from '../helm/observed.js';
import {
  readInstalledGraph,
  refusalOf,
  uninstallSteps,
  type InstalledGraph,
  type UninstallOptions,
} from './uninstall.js';

/** How long what is being deleted may take before it counts as stuck, in milliseconds. */
const patienceMs = 2 * 60_000;

/** Releases that this environment installed and that its file no longer has. */
export async function unwantedReleases(
  environment: Pick<Environment, 'name' | 'releases'>,
  view: ClusterView,
): Promise<ObservedRelease[]> {
  const wanted = new Set(environment.releases.map(releaseKey));
  const observed = await observeReleases(view);
  return [...observed.values()].filter(
    (release) => release.environment === environment.name && !wanted.has(releaseKey(release)),
  );
}

/**
 * One step for each release to be uninstalled, those that need others first; they come after all installs, which may
 * still have needed them. The same rules as for `uninstall` without its flags: what others need, and what custom
 * resources are left of, stays and says why.
 */
export async function pruneSteps(
  releases: readonly ObservedRelease[],
  needs: readonly string[],
  options: Omit<UninstallOptions, 'customResources' | 'forceFinalizers' | 'patienceMs'>,
  signal: AbortSignal,
): Promise<Step[]> {
  if (releases.length === 0) return [];
  const careful = { ...options, customResources: false, forceFinalizers: false, patienceMs };
  const graphNow = sharedUntilChange(options.view, () => readInstalledGraph(careful, signal));
  const graph = await graphNow();
  const keys = new Set(releases.map(releaseKey));
  const selected = graph.installed.filter(({ key }) => keys.has(key));
  return uninstallSteps(
    selected,
    graph,
    {
      kind: 'prune',
      needs,
      // The installs before may have changed who needs what.
      async check(release, going, checkSignal) {
        const { links } = await graphNow();
        const refusal = await refusalOf(release, going, links, careful, checkSignal);
        if (!refusal) return { status: 'needed', reason: 'no longer in the environment file' };
        return { status: 'blocked', by: refusal.message, fix: refusal.suggestions, code: refusal.code };
      },
    },
    careful,
  );
}

// Many steps ask at once, and each answer takes a request for each release.
function sharedUntilChange(view: ClusterView, read: () => Promise<InstalledGraph>): () => Promise<InstalledGraph> {
  let known: { readonly changes: number; readonly graph: Promise<InstalledGraph> } | undefined;
  return () => {
    if (known?.changes !== view.changes) known = { changes: view.changes, graph: read() };
    return known.graph;
  };
}
