import { ApiError } from '../../kubernetes/api-errors.js';
import type { ClusterClient } from '../../kubernetes/client.js';
import type { KubernetesObject } from '../../kubernetes/objects.js';
import { resourcePath } from '../../kubernetes/resource-path.js';

/**
 * Lets the reaper take a fault back: makes its Roles, then their bindings, which are owned by them and go with them. To be
 * called after the intent was written, so that whatever is left of a crash is known.
 */
export async function openGrants(
  grants: readonly KubernetesObject[],
  client: ClusterClient,
  signal?: AbortSignal,
): Promise<void> {
  const owners = new Map<string, object>();
  for (const grant of grants) {
    const isRole = grant.kind.endsWith('Role');
    const owner = isRole ? undefined : owners.get(ownerKey(grant.kind.replace('Binding', ''), grant));
    const metadata = { ...grant.metadata, ...(owner && { ownerReferences: [owner] }) };
    const made = await ensure({ ...grant, metadata }, client, signal);
    const { apiVersion, kind } = grant;
    const { name, uid } = made.metadata;
    if (isRole) owners.set(ownerKey(kind, grant), { apiVersion, kind, name, uid });
  }
}

function ownerKey(kind: string, { metadata }: KubernetesObject): string {
  return `${kind} ${metadata.namespace ?? ''} ${metadata.name}`;
}

// Its answer may have been lost with an API server that went away.
async function ensure(
  object: KubernetesObject,
  client: ClusterClient,
  signal: AbortSignal | undefined,
): Promise<KubernetesObject> {
  const path = resourcePath(object);
  const collection = path.slice(0, path.lastIndexOf('/'));
  try {
    return await client.create(collection, object, signal);
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 409)) throw error;
    return client.apply(object, signal);
  }
}
