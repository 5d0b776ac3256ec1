import type { ClusterClient } from '../../kubernetes/client.js';
import type { ClusterView } from '../../kubernetes/cluster-view.js';
import type { KubernetesObject } from '../../kubernetes/objects.js';
import type { ServedRegistry } from './served.js';

const name = 'local-registry-hosting';
const namespace = 'kube-public';
const key = 'localRegistryHosting.v1';
// Read through the view: all who look share one request.
const path = `/api/v1/namespaces/${namespace}/configmaps?fieldSelector=metadata.name%3D${name}`;

interface ConfigMap extends KubernetesObject {
  readonly data?: Readonly<Record<string, string>>;
}

/** Whether the cluster tells tools such as Tilt and Skaffold where the local registry is (KEP-1755). */
export async function isHostingTold(registry: ServedRegistry, view: ClusterView): Promise<boolean> {
  const found = (await view.list<ConfigMap>(path)).find(({ metadata }) => metadata.name === name);
  return found?.data?.[key] === textOf(registry);
}

/**
 * Tells it.
 * @throws ApiError 409 where another program has said something else
 */
export async function tellHosting(registry: ServedRegistry, client: ClusterClient, signal: AbortSignal): Promise<void> {
  const configMap = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace },
    data: { [key]: textOf(registry) },
  };
  await client.apply(configMap, signal);
}

function textOf({ host, inCluster }: ServedRegistry): string {
  const fields = {
    host,
    hostFromContainerRuntime: inCluster,
    hostFromClusterNetwork: inCluster,
    help: 'https://kind.sigs.k8s.io/docs/user/local-registry/',
  };
  return Object.entries(fields)
    .map(([field, value]) => `${field}: ${JSON.stringify(value)}\n`)
    .join('');
}
