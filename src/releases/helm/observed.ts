import type { ClusterView } from '../../kubernetes/cluster-view.js';
import { labels, type KubernetesObject } from '../../kubernetes/objects.js';

/** The newest revision of a Helm release, as the labels of its Secret tell it. */
export interface ObservedRelease {
  readonly name: string;
  readonly namespace: string;
  readonly revision: number;
  /** Helm's own words: deployed, failed, pending-install, pending-upgrade, pending-rollback, uninstalling, superseded. */
  readonly status: string;
  /** Hash of what we last installed; Helm carries it forward into revisions that others write. */
  readonly input: string | undefined;
  /** The revision we wrote when we set the hash. */
  readonly ownRevision: number | undefined;
  readonly environment: string | undefined;
  readonly standIn: boolean;
  readonly secret: string;
  /** ISO 8601. */
  readonly createdAt: string | undefined;
}

/** `namespace/name`, which is what makes a release one of its kind in a cluster. */
export function releaseKey({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `${namespace}/${name}`;
}

/** The newest revision of every Helm release in the cluster, by {@link releaseKey}; one metadata-only LIST. */
export async function observeReleases(
  view: ClusterView,
  maxAgeMs?: number,
): Promise<ReadonlyMap<string, ObservedRelease>> {
  const newest = new Map<string, ObservedRelease>();
  for (const secret of await view.helmSecrets(maxAgeMs)) {
    const release = readSecret(secret);
    if (!release) continue;
    const known = newest.get(releaseKey(release));
    if (!known || known.revision < release.revision) newest.set(releaseKey(release), release);
  }
  return newest;
}

function readSecret({ metadata }: KubernetesObject): ObservedRelease | undefined {
  const found = metadata.labels ?? {};
  const { name, status, version } = found;
  if (!name || !status || !version || !metadata.namespace) return undefined;
  const ownRevision = Number(found[labels.revision]);
  return {
    name,
    namespace: metadata.namespace,
    revision: Number(version),
    status,
    input: found[labels.input],
    ownRevision: Number.isNaN(ownRevision) ? undefined : ownRevision,
    environment: found[labels.environment],
    standIn: found[labels.standIn] === 'true',
    secret: metadata.name,
    createdAt: metadata.creationTimestamp,
  };
}
