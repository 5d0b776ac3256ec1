import type { ClusterClient } from '../../kubernetes/client.js';
import { matchesSelector, type Labels } from '../../kubernetes/label-selector.js';
import type { KubernetesObject } from '../../kubernetes/objects.js';

interface Service extends KubernetesObject {
  readonly spec: { readonly selector?: Labels; readonly publishNotReadyAddresses?: boolean };
}

interface EndpointSlice extends KubernetesObject {
  readonly endpoints?:
    | readonly {
        readonly addresses: readonly string[];
        readonly conditions?: { readonly ready?: boolean };
        readonly targetRef?: { readonly uid?: string };
      }[]
    | null;
}

/**
 * How many pods can be reached through the Services that select pods with these labels; `undefined` where there is no
 * such Service. One that leads to pods that are not ready, too, says nothing of it and does not count beside others.
 */
export async function readyEndpoints(
  client: Pick<ClusterClient, 'list'>,
  namespace: string,
  podLabels: Labels,
  signal: AbortSignal,
): Promise<number | undefined> {
  const services = await client.list<Service>(`/api/v1/namespaces/${namespace}/services`, {}, signal);
  const selecting = services.filter(({ spec: { selector = {} } }) => {
    return Object.keys(selector).length > 0 && matchesSelector({ matchLabels: selector }, podLabels);
  });
  if (selecting.length === 0) return undefined;
  const exact = selecting.filter(({ spec }) => spec.publishNotReadyAddresses !== true);
  const names = (exact.length > 0 ? exact : selecting).map(({ metadata }) => metadata.name);

  const labelSelector = `kubernetes.io/service-name in (${names.join(',')})`;
  const path = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`;
  const slices = await client.list<EndpointSlice>(path, { labelSelector }, signal);
  const ready = slices
    .flatMap(({ endpoints }) => endpoints ?? [])
    // Unknown counts as ready, by the API.
    .filter(({ conditions }) => conditions?.ready !== false);
  // A pod is in several slices: one for each Service, one for each family of addresses.
  return new Set(ready.map(({ targetRef, addresses }) => targetRef?.uid ?? addresses.join())).size;
}
