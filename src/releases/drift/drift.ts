import { PlatformError } from '../../errors.js';
import type { ClusterView } from '../../kubernetes/cluster-view.js';
import type { KubernetesObject } from '../../kubernetes/objects.js';
import { compareObjects } from './compare-objects.js';
import { readHelmRecord } from '../helm/helm-record.js';
import { liveCluster, type LiveCluster } from './live-cluster.js';
import { parseManifest } from '../helm/manifest.js';
import type { ObjectDifference } from './object-difference.js';
import { releaseKey, type ObservedRelease } from '../helm/observed.js';

/** An object that is no longer as Helm last installed it. */
export type Drift = ObjectDifference;

/**
 * What of a release is no longer as Helm last installed it, by the manifest in Helm's own record: its objects, custom
 * resources and definitions included, its hooks not. Two requests for each object, and three for all releases that are
 * looked at through one view.
 * @throws PlatformError `conflict` when the cluster or the revision is gone by now
 */
export async function driftOf(
  view: ClusterView,
  observed: ObservedRelease,
  signal: AbortSignal,
): Promise<readonly Drift[]> {
  const cluster = await liveCluster(view);
  if (!cluster) throw new PlatformError('conflict', 'the cluster is gone');
  const objects = await installedObjects(cluster, observed, signal);
  return compareObjects(cluster, objects, observed, signal);
}

/**
 * The objects of a revision as Helm rendered them, its hooks left out.
 * @throws PlatformError `conflict` when the revision is gone by now
 */
export async function installedObjects(
  { client }: Pick<LiveCluster, 'client'>,
  observed: ObservedRelease,
  signal: AbortSignal,
): Promise<readonly KubernetesObject[]> {
  const record = await readHelmRecord(client, observed, signal);
  if (!record) throw changedMeanwhile(observed);
  const objects = parseManifest(record.manifest ?? '');
  return objects.filter(({ hooks }) => hooks.length === 0).map(({ object }) => object);
}

/** Drift in a line, for the reason of a step: `drifted: Deployment/auth spec.replicas (and 2 more)`; names no values. */
export function describeDrift(drift: readonly Drift[]): string {
  const places = drift.flatMap(({ object, status, fields }) =>
    status === 'changed' ? fields.map(({ path }) => `${object} ${path}`) : [`${object} is ${status}`],
  );
  const more = places.length > 1 ? ` (and ${String(places.length - 1)} more)` : '';
  return `drifted: ${places[0] ?? 'nothing'}${more}`;
}

function changedMeanwhile(observed: ObservedRelease): PlatformError {
  const revision = `revision ${String(observed.revision)} of ${releaseKey(observed)}`;
  return new PlatformError('conflict', `Helm's record of ${revision} is gone: somebody changed it meanwhile`, {
    suggestions: ['run the command again'],
  });
}
