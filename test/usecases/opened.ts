import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../src/clock.js';
import type { ClusterState, ServedPorts } from '../../src/clusters/cluster.js';
import type { HostPrograms } from '../../src/clusters/host-programs.js';
import type { Environment } from '../../src/environment/environment.js';
import { ClusterView } from '../../src/kubernetes/cluster-view.js';
import type { ApiServer } from '../kubernetes/api-server.js';
import { fakeProvider, running } from '../clusters/fake-provider.js';

/** A begun environment whose cluster is a small API server. */
export function opened(
  api: ApiServer,
  {
    releases = [],
    state = running,
    simulation,
    ports,
    host,
  }: {
    readonly releases?: Environment['releases'];
    readonly state?: ClusterState;
    readonly simulation?: string;
    readonly ports?: ServedPorts;
    readonly host?: HostPrograms;
  } = {},
) {
  const made = state.status === 'running' ? { ...state, made: { ...state.made, ...(ports && { ports }) } } : state;
  return {
    environment: { name: 'shop', releases },
    assembly: {
      provider: fakeProvider({ state: made, simulation, kubeconfig: api.kubeconfig, ...(host && { host }) }),
      view: new ClusterView(() => Promise.resolve(api.client), systemClock),
    },
  };
}

/** Puts an Ingress with these hosts into the cluster; with TLS for those that are said to have it. */
export function putIngress(
  api: ApiServer,
  name: string,
  {
    hosts,
    secure = [],
    namespace = 'apps',
    release,
  }: {
    readonly hosts: readonly string[];
    readonly secure?: readonly string[];
    readonly namespace?: string;
    readonly release?: string;
  },
): void {
  api.objects.set(`/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses/${name}`, {
    metadata: {
      name,
      namespace,
      ...(release !== undefined && { annotations: { 'meta.helm.sh/release-name': release } }),
    },
    spec: { tls: [{ hosts: secure }], rules: hosts.map((host) => ({ host })) },
  });
}

/** Programs of this machine in the place of those of the cluster: Prometheus on 9090, Alertmanager on 9093, inbox on 8025. */
export async function monitoredHere(folder: string): Promise<HostPrograms> {
  const ports = {
    ...{ prometheus: 9090, alertmanager: 9093, inbox: 8025, inboxMetrics: 8026 },
    ...{ kubeStateMetrics: 8080, kubeStateMetricsTelemetry: 8081 },
  };
  await writeFile(join(folder, 'ports.json'), JSON.stringify(ports));
  const unasked = () => Promise.reject(new Error('nobody is to ask for this'));
  return { folder, running: unasked, start: unasked, end: unasked, lastWords: unasked };
}
