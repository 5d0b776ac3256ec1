import { ApiError } from '../../kubernetes/api-errors.js';
import type { ClusterClient } from '../../kubernetes/client.js';
import { collectionPath } from '../../kubernetes/discovery.js';
import type { ObjectMeta } from '../../kubernetes/objects.js';
import { releaseOf } from '../../kubernetes/workloads.js';
import type { Definition } from '../contents/contents.js';

/** What is needed of a definition to find its custom resources. */
export type DefinedKind = Pick<Definition, 'name' | 'group' | 'kind' | 'plural' | 'versions'>;

/** An object in the cluster by its path, with what decides on its end. */
export interface LiveObject {
  /** `/apis/example.org/v1/namespaces/shop/things/one`. */
  readonly path: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | undefined;
  readonly uid: string | undefined;
  readonly finalizers: readonly string[];
  readonly isEnding: boolean;
  /** Kubernetes deletes it when its owner is gone. */
  readonly isOwned: boolean;
  /** `namespace/name` of the Helm release it is a part of. */
  readonly release: string | undefined;
}

/** The part of `metadata` that says how an object ends. */
export interface LiveMeta extends ObjectMeta {
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly unknown[];
}

/** All custom resources of some kinds; none of a kind that is not served. */
export async function listCustomResources(
  client: ClusterClient,
  kinds: readonly DefinedKind[],
  signal: AbortSignal,
): Promise<LiveObject[]> {
  const lists = await Promise.all(
    kinds.map(async ({ group, kind, plural, versions: [version] }) => {
      if (version === undefined) return [];
      const resource = { group, version, plural };
      try {
        const path = collectionPath(resource);
        const items = await client.list<{ metadata: LiveMeta }>(path, { metadataOnly: true }, signal);
        return items.map(({ metadata }) =>
          liveObject(`${collectionPath(resource, metadata.namespace)}/${metadata.name}`, kind, metadata),
        );
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return [];
        throw error;
      }
    }),
  );
  return lists.flat();
}

export function liveObject(path: string, kind: string, metadata: LiveMeta): LiveObject {
  const { name, namespace, uid, finalizers = [], deletionTimestamp, ownerReferences = [] } = metadata;
  const release = releaseOf({ apiVersion: '', kind, metadata });
  const isEnding = deletionTimestamp !== undefined;
  return { path, kind, name, namespace, uid, finalizers, isEnding, isOwned: ownerReferences.length > 0, release };
}

/** `Thing shop/one`. */
export function nameOfObject({ kind, namespace, name }: LiveObject): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

/** `12 Certificates, 1 ClusterIssuer`. */
export function countedKinds(objects: readonly { readonly kind: string }[]): string {
  const counts = new Map<string, number>();
  for (const { kind } of objects) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => `${String(count)} ${count === 1 ? kind : pluralOf(kind)}`).join(', ');
}

// As people say it: the plural that the API server uses is in lower case.
function pluralOf(kind: string): string {
  if (/(s|x|ch|sh)$/.test(kind)) return `${kind}es`;
  return /[^aeiou]y$/.test(kind) ? `${kind.slice(0, -1)}ies` : `${kind}s`;
}
