import { PlatformError } from '../errors.js';
import type { ClusterClient } from './client.js';

/** A resource that the API server serves, in one version. */
export interface DiscoveredResource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  /** `create`, `get`, `list` … */
  readonly verbs: readonly string[];
  readonly subresources: readonly DiscoveredSubresource[];
  /** The server behind it did not answer lately, so this is what was known of it before. */
  readonly stale: boolean;
}

/** `status` of Deployments. */
export interface DiscoveredSubresource {
  readonly name: string;
  readonly verbs: readonly string[];
}

/** Everything that is served, and what ought to be. */
export interface Discovery {
  readonly resources: readonly DiscoveredResource[];
  /** Versions such as `metrics.k8s.io/v1beta1` whose APIService does not answer; most have no resources then. */
  readonly stale: readonly string[];
}

interface VersionDocument {
  readonly version: string;
  readonly freshness?: string;
  readonly resources?: readonly {
    readonly resource: string;
    readonly responseKind?: { readonly kind?: string } | null;
    readonly scope?: string;
    readonly verbs?: readonly string[];
    readonly subresources?: readonly { readonly subresource: string; readonly verbs?: readonly string[] }[];
  }[];
}

interface DiscoveryDocument {
  readonly kind?: string;
  readonly items?: readonly { readonly metadata?: { readonly name?: string }; readonly versions?: VersionDocument[] }[];
}

// The beta form is the same, and what Kubernetes before 1.30 offers.
const aggregated = ['v2', 'v2beta1']
  .map((version) => `application/json;v=${version};g=apidiscovery.k8s.io;as=APIGroupDiscoveryList`)
  .join(',');

/** All resources that are served, the core ones included: two requests, however many groups there are. */
export async function discover(client: ClusterClient, signal?: AbortSignal): Promise<readonly DiscoveredResource[]> {
  return (await readDiscovery(client, signal)).resources;
}

/**
 * What is served, and what is not because its APIService is broken: one broken API does not hide the others.
 * @throws PlatformError `prerequisite` when the API server knows no aggregated discovery (before Kubernetes 1.27).
 */
export async function readDiscovery(client: ClusterClient, signal?: AbortSignal): Promise<Discovery> {
  const documents = await Promise.all(
    ['/api', '/apis'].map((path) => client.get<DiscoveryDocument>(path, signal, aggregated)),
  );
  const versions = documents.flatMap((document) => {
    if (document?.kind !== 'APIGroupDiscoveryList') {
      throw new PlatformError('prerequisite', `the API server at ${client.server} knows no aggregated discovery`, {
        suggestions: ['use Kubernetes 1.27 or later'],
      });
    }
    return (document.items ?? []).flatMap(({ metadata, versions: own = [] }) =>
      own.map((version) => ({ group: metadata?.name ?? '', ...version })),
    );
  });
  return {
    resources: versions.flatMap((version) => resourcesOf(version)),
    stale: versions.filter(isStale).map(({ group, version }) => (group ? `${group}/${version}` : version)),
  };
}

function resourcesOf(document: VersionDocument & { readonly group: string }): DiscoveredResource[] {
  const { group, version, resources = [] } = document;
  return resources.map(({ resource, responseKind, scope, verbs = [], subresources = [] }) => ({
    group,
    version,
    kind: responseKind?.kind ?? '',
    plural: resource,
    namespaced: scope === 'Namespaced',
    verbs,
    subresources: subresources.map((subresource) => ({
      name: subresource.subresource,
      verbs: subresource.verbs ?? [],
    })),
    stale: isStale(document),
  }));
}

function isStale({ freshness }: VersionDocument): boolean {
  return freshness === 'Stale';
}

/** The REST path of a resource's collection, in a namespace or in all. */
export function collectionPath(
  { group, version, plural }: Pick<DiscoveredResource, 'group' | 'version' | 'plural'>,
  namespace?: string,
): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  return `${root}${namespace === undefined ? '' : `/namespaces/${namespace}`}/${plural}`;
}

/** `certificates.cert-manager.io`, `pods`. */
export function resourceName({ group, plural }: Pick<DiscoveredResource, 'group' | 'plural'>): string {
  return group === '' ? plural : `${plural}.${group}`;
}
