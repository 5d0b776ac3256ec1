import type { Release } from '../../environment/environment.js';
import type { ClusterView } from '../../kubernetes/cluster-view.js';
import { obstaclesOf } from '../../kubernetes/diagnosis.js';
import type { Obstacle } from '../../kubernetes/diagnosis/obstacle.js';
import { surroundingsOf } from '../../kubernetes/diagnosis/surroundings.js';
import { releaseKey } from '../helm/observed.js';

/** How old the list of workloads may be, in milliseconds; it only says which pods to look at. */
const maxAgeMs = 1_000;

/**
 * What stands in the way of a release's workloads, whichever of its facets is waited for. What an operator made in its
 * namespace carries nobody's name and may be somebody else's: it is told, but ends no wait.
 */
export async function releaseObstacles(
  release: Release,
  view: ClusterView,
  signal: AbortSignal,
): Promise<readonly Obstacle[]> {
  const client = await view.connection();
  if (!client) return [];
  const waiting = (await view.workloads(maxAgeMs)).filter(({ waitingFor }) => waitingFor !== undefined);
  const own = waiting.filter((workload) => workload.release === releaseKey(release));
  const unnamed = waiting.filter(
    (workload) => workload.release === undefined && workload.namespace === release.namespace,
  );
  const surroundings = surroundingsOf(client, signal);
  const [ofOwn, ofUnnamed] = await Promise.all(
    [own, unnamed].map(async (workloads) => {
      const found = await Promise.all(workloads.map((workload) => obstaclesOf(workload, surroundings)));
      return found.flat();
    }),
  );
  return [...(ofOwn ?? []), ...(ofUnnamed ?? []).map((obstacle) => ({ ...obstacle, fatal: false }))];
}
