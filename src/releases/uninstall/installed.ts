import type { Environment, Release } from '../../environment/environment.js';
import type { ClusterClient } from '../../kubernetes/client.js';
import type { ClusterView } from '../../kubernetes/cluster-view.js';
import { collectionPath, type DiscoveredResource } from '../../kubernetes/discovery.js';
import { labels, type KubernetesObject } from '../../kubernetes/objects.js';
import type { DefinedKind } from './custom-resources.js';
import { readHelmRecord, type HelmRecord } from '../helm/helm-record.js';
import { parseManifest, type ManifestObject } from '../helm/manifest.js';
import { observeReleases, releaseKey, type ObservedRelease } from '../helm/observed.js';
import { definedBy } from '../graph/providers.js';
import { groupOf } from '../contents/read-contents.js';

/** A definition that came with a release. */
export interface InstalledDefinition extends DefinedKind {
  /** Helm deletes it, and with it every custom resource of its kind, when the release is uninstalled. */
  readonly goesWithRelease: boolean;
}

/** A release in the cluster, as Helm's own record and the API server tell it; no chart is needed for that. */
export interface InstalledRelease {
  /** `namespace/name`. */
  readonly key: string;
  readonly observed: ObservedRelease;
  /** Every object of its manifest that Helm deletes, hooks not included. */
  readonly objects: readonly { readonly path: string; readonly kind: string; readonly group: string }[];
  readonly definitions: readonly InstalledDefinition[];
  /** It does something of its own before it is deleted. */
  readonly hasDeleteHook: boolean;
}

/** All releases of an environment that are in the cluster, with what each of them brought. */
export async function readInstalled(
  environment: Pick<Environment, 'name' | 'releases'>,
  client: ClusterClient,
  view: ClusterView,
  signal: AbortSignal,
): Promise<readonly InstalledRelease[]> {
  const observed = [...(await observeReleases(view)).values()].filter(
    (release) => release.environment === environment.name,
  );
  if (observed.length === 0) return [];
  const [resources, definitions] = await Promise.all([view.discovery(), view.customResourceDefinitions()]);
  const world = {
    resources,
    definitions,
    wanted: new Map(environment.releases.map((release) => [releaseKey(release), release])),
  };
  return Promise.all(
    observed.map(async (release) => describe(release, await readHelmRecord(client, release, signal), world)),
  );
}

interface World {
  readonly resources: readonly DiscoveredResource[];
  /** Metadata of all definitions in the cluster. */
  readonly definitions: readonly KubernetesObject[];
  readonly wanted: ReadonlyMap<string, Release>;
}

function describe(observed: ObservedRelease, record: HelmRecord | undefined, world: World): InstalledRelease {
  const key = releaseKey(observed);
  const manifest = parseManifest(record?.manifest ?? '');
  const deleted = manifest.filter(({ object }) => object.metadata.annotations?.['helm.sh/resource-policy'] !== 'keep');
  return {
    key,
    observed,
    objects: deleted.flatMap(({ object }) => {
      const path = pathOf(object, observed.namespace, world.resources);
      return path === undefined ? [] : [{ path, kind: object.kind, group: groupOf(object) }];
    }),
    definitions: definitionsOf(observed, manifest, deleted, world),
    hasDeleteHook: (record?.hooks ?? []).some(({ manifest: hook }) => /helm\.sh\/hook["']?:.*pre-delete/.test(hook)),
  };
}

// What we applied for it says so by a label; the chart, where it is here, and the catalogue tell it as well.
function definitionsOf(
  observed: ObservedRelease,
  manifest: readonly ManifestObject[],
  deleted: readonly ManifestObject[],
  { resources, definitions, wanted }: World,
): InstalledDefinition[] {
  const release = wanted.get(releaseKey(observed));
  const named = (objects: readonly ManifestObject[]) =>
    objects
      .filter(({ object }) => object.kind === 'CustomResourceDefinition')
      .map(({ object }) => object.metadata.name);
  const labelled = definitions.filter(
    ({ metadata }) =>
      metadata.labels?.[labels.environment] === observed.environment &&
      metadata.labels?.[labels.release] === observed.name,
  );
  const names = new Set([
    ...named(manifest),
    ...labelled.map(({ metadata }) => metadata.name),
    ...(release ? definedBy(release).map(({ plural, group }) => `${plural}.${group}`) : []),
  ]);
  const going = new Set(named(deleted));
  return definitions.flatMap(({ metadata: { name } }) => {
    const kind = names.has(name) ? kindOf(name, resources) : undefined;
    return kind ? [{ ...kind, goesWithRelease: going.has(name) }] : [];
  });
}

function kindOf(name: string, resources: readonly DiscoveredResource[]): DefinedKind | undefined {
  const served = resources.filter(({ plural, group }) => `${plural}.${group}` === name);
  const [first] = served;
  if (!first) return undefined;
  const { group, kind, plural } = first;
  return { name, group, kind, plural, versions: served.map(({ version }) => version) };
}

/** `undefined` for a kind that is not served any longer: nothing of it can be there. */
function pathOf(
  { apiVersion, kind, metadata }: KubernetesObject,
  namespace: string,
  resources: readonly DiscoveredResource[],
): string | undefined {
  const resource = resources.find(
    (candidate) =>
      candidate.kind === kind &&
      (candidate.group ? `${candidate.group}/${candidate.version}` : candidate.version) === apiVersion,
  );
  if (!resource) return undefined;
  const collection = collectionPath(resource, resource.namespaced ? (metadata.namespace ?? namespace) : undefined);
  return `${collection}/${metadata.name}`;
}
