import type { ClusterClient } from '../kubernetes/client.js';
import type { ClusterView } from '../kubernetes/cluster-view.js';
import { fieldManager, systemNamespace, type KubernetesObject } from '../kubernetes/objects.js';

const name = 'proofs';
// Read through the view: all who look share one request.
const path = `/api/v1/namespaces/${systemNamespace}/configmaps?fieldSelector=metadata.name%3D${name}`;

interface ConfigMap extends KubernetesObject {
  readonly data?: Readonly<Record<string, string>>;
}

/**
 * What has been proven of this cluster by trying, by what was tried; none where there is no cluster. A proof says of
 * which things it is one, such as a container's id, so that it is worth nothing for others; it goes with the cluster.
 */
export async function readProofs(view: ClusterView): Promise<Readonly<Record<string, string>>> {
  const found = (await view.list<ConfigMap>(path)).find(({ metadata }) => metadata.name === name);
  return found?.data ?? {};
}

/** Keeps a proof in the cluster, beside those of others; the namespace has to be there. */
export async function writeProof(
  client: ClusterClient,
  key: string,
  value: string,
  signal: AbortSignal,
): Promise<void> {
  const configMap = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: systemNamespace },
    data: { [key]: value },
  };
  // Applied by one manager, each proof would remove the one before it.
  await client.apply(configMap, signal, { manager: `${fieldManager}-proof-${key}` });
}
