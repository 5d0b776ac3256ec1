import type { ClusterProvider } from '../clusters/cluster.js';
import type { ClusterView } from '../kubernetes/cluster-view.js';
import { hostUrls, readHostPorts } from '../monitoring/host/ports.js';
import { monitoringAt, monitoringThrough, type Monitoring } from '../monitoring/monitoring.js';
import type { TransportOptions } from '../monitoring/transport.js';

/**
 * What watches an environment: on this machine where pods are only simulated, else through its API server; `undefined`
 * while there is none.
 */
export async function monitoringOf(
  { provider, view }: { readonly provider: Pick<ClusterProvider, 'host'>; readonly view: ClusterView },
  options?: TransportOptions,
): Promise<Monitoring | undefined> {
  if (provider.host) {
    const ports = await readHostPorts(provider.host);
    return ports && monitoringAt(hostUrls(ports), options);
  }
  const client = await view.connection();
  return client && monitoringThrough(client, options);
}
