import type { Environment } from '../environment/environment.js';
import type { ClusterView } from '../kubernetes/cluster-view.js';
import type { Step } from '../plan/step.js';
import type { Helm } from './helm.js';
import { observeReleases, releaseKey, type ObservedRelease } from './observed.js';

/** Releases that this environment installed and that its file no longer has. */
export async function unwantedReleases(environment: Environment, view: ClusterView): Promise<ObservedRelease[]> {
  const wanted = new Set(environment.releases.map(releaseKey));
  const observed = await observeReleases(view);
  return [...observed.values()].filter(
    (release) => release.environment === environment.name && !wanted.has(releaseKey(release)),
  );
}

/** One step for each release to be uninstalled; they come after all installs, which may still have needed them. */
export function pruneSteps(
  releases: readonly ObservedRelease[],
  needs: readonly string[],
  {
    helm,
    view,
    ensureOwned,
  }: {
    readonly helm: Pick<Helm, 'uninstall'>;
    readonly view: ClusterView;
    readonly ensureOwned: (signal: AbortSignal) => Promise<void>;
  },
): Step[] {
  return releases.map((release) => ({
    id: `prune/${release.name}`,
    title: `uninstall ${release.name}`,
    needs: ['tool/helm', ...needs],
    lane: 'helm',
    budgetMs: 5 * 60_000,
    estimateMs: 1_500,
    check: () => Promise.resolve({ status: 'needed', reason: 'no longer in the environment file' }),
    async apply(context) {
      await ensureOwned(context.signal);
      try {
        await helm.uninstall(release, context);
      } finally {
        view.forget();
      }
      return `revision ${String(release.revision)} uninstalled`;
    },
  }));
}
