import type { Release } from '../../environment/environment.js';
import { PlatformError } from '../../errors.js';
import type { KubernetesObject } from '../../kubernetes/objects.js';
import type { Check } from '../../plan/step.js';
import type { Charts } from '../charts/charts.js';
import { compareObjects, surplusObjects } from './compare-objects.js';
import { installedObjects } from './drift.js';
import type { Helm } from '../helm/helm.js';
import type { LiveCluster } from './live-cluster.js';
import { isFromCrdsFolder, parseManifest } from '../helm/manifest.js';
import type { ObjectDifference } from './object-difference.js';
import type { ObservedRelease } from '../helm/observed.js';
import { mergeValues } from '../values/values.js';

/** How a release in the cluster differs from what is wanted of it. */
export interface ReleaseDiff {
  readonly release: string;
  readonly namespace: string;
  /**
   * `drifted`: nothing else is wanted, but it is no longer as it was installed; `new` and `changed`: the next `up` would
   * install it, for the `reason`.
   */
  readonly status: 'unchanged' | 'drifted' | 'new' | 'changed' | 'blocked' | 'omitted';
  readonly reason?: string;
  readonly objects: readonly ObjectDifference[];
  /** Why its objects could not be compared, or why Helm would not take them. */
  readonly problem?: string;
}

export interface ReleaseDiffOptions {
  /** What the plan found out about the release. */
  readonly check: Check;
  readonly observed: ObservedRelease | undefined;
  /** Absent while there is no cluster: then everything is new. */
  readonly cluster: LiveCluster | undefined;
  readonly charts: Pick<Charts, 'find'>;
  readonly helm: Pick<Helm, 'dryRun' | 'template'>;
  /** Kubernetes minor version, such as `1.36`. */
  readonly kubernetes: string;
  readonly signal: AbortSignal;
}

/** Compares the live objects of a release with those that are wanted; changes nothing. */
export async function diffRelease(release: Release, options: ReleaseDiffOptions): Promise<ReleaseDiff> {
  const { check, observed, cluster, signal } = options;
  const about = { release: release.name, namespace: release.namespace };
  if (check.status === 'omitted') return { ...about, status: 'omitted', reason: check.reason, objects: [] };
  if (check.status === 'blocked') return { ...about, status: 'blocked', reason: check.by, objects: [] };
  if (check.status !== 'needed') {
    if (!cluster || !observed) return { ...about, status: 'unchanged', objects: [] };
    const installed = await installedObjects(cluster, observed, signal);
    const objects = await compareObjects(cluster, installed, observed, signal);
    return { ...about, status: objects.length > 0 ? 'drifted' : 'unchanged', objects };
  }
  const wanted = cluster ? await wantedChanges(release, cluster, options) : { objects: [] };
  return { ...about, status: observed ? 'changed' : 'new', reason: check.reason, ...wanted };
}

async function wantedChanges(
  release: Release,
  cluster: LiveCluster,
  options: ReleaseDiffOptions,
): Promise<Pick<ReleaseDiff, 'objects' | 'problem'>> {
  const { observed, signal } = options;
  const { wanted, problem } = await render(release, cluster, options);
  if (!wanted) return { objects: [], problem };
  const compared = await compareObjects(cluster, wanted, release, signal);
  const installed = observed ? await installedObjects(cluster, observed, signal) : [];
  const kept = new Set(wanted.map((object) => identity(object, release)));
  const dropped = installed.filter((object) => !kept.has(identity(object, release)) && !isKept(object));
  const surplus = await surplusObjects(cluster, dropped, release, signal);
  return { objects: [...compared, ...surplus], ...(problem !== undefined && { problem }) };
}

type Rendered =
  | { readonly wanted: readonly KubernetesObject[]; readonly problem?: string }
  | { readonly wanted?: undefined; readonly problem: string };

async function render(release: Release, cluster: LiveCluster, options: ReleaseDiffOptions): Promise<Rendered> {
  const { charts, helm, observed, kubernetes, signal } = options;
  const chart = await charts.find(release);
  if (!chart) return { problem: 'its chart is not here yet, so what would change in its objects is not known' };
  const { name, namespace } = release;
  const install = { name, namespace, chart: chart.path, values: mergeValues(release.values) };
  let problem: string | undefined;
  // `up` recovers a pending release first; Helm by itself would refuse it.
  if (!observed?.status.startsWith('pending-')) {
    try {
      return { wanted: parts(await helm.dryRun(install, signal)) };
    } catch (error) {
      if (!(error instanceof PlatformError) || error.code !== 'tool') throw error;
      problem = refusalOf(error);
    }
  }
  try {
    const text = await helm.template({ ...install, kubernetes, apis: servedApis(cluster) }, signal);
    return { wanted: parts(text), ...(problem !== undefined && { problem }) };
  } catch (error) {
    if (!(error instanceof PlatformError) || error.code !== 'tool') throw error;
    return { problem: problem ?? refusalOf(error) ?? error.message };
  }
}

function servedApis({ served }: LiveCluster): string[] {
  const apis = served.flatMap(({ group, version, kind }) => {
    const groupVersion = group === '' ? version : `${group}/${version}`;
    return [groupVersion, `${groupVersion}/${kind}`];
  });
  return [...new Set(apis)];
}

/** Helm's own words; `undefined` where it only misses definitions, which `up` would bring first. */
function refusalOf({ output = '', message }: PlatformError): string | undefined {
  if (output.includes('ensure CRDs are installed first')) return undefined;
  const words = output.split('\n').findLast((line) => line.startsWith('Error:')) ?? message;
  return `Helm would refuse it: ${words.replace(/^Error: /, '')}`;
}

function parts(manifest: string): KubernetesObject[] {
  const objects = parseManifest(manifest).filter((part) => part.hooks.length === 0 && !isFromCrdsFolder(part));
  return objects.map(({ object }) => object);
}

function identity({ apiVersion, kind, metadata }: KubernetesObject, release: Release): string {
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
  return [group, kind, metadata.namespace ?? release.namespace, metadata.name].join('/');
}

function isKept({ metadata }: KubernetesObject): boolean {
  return metadata.annotations?.['helm.sh/resource-policy'] === 'keep';
}
