import { readFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { ClusterClient } from '../../../src/kubernetes/client.js';
import { ApiError } from '../../../src/kubernetes/api-errors.js';
import { hasCondition, type Condition, type KubernetesObject } from '../../../src/kubernetes/objects.js';
import { asset } from '../../../src/paths.js';
import { eventually } from './control-plane.js';

interface Node extends KubernetesObject {
  readonly status?: { readonly conditions?: readonly Condition[] };
}

interface Pod extends KubernetesObject {
  readonly spec: { readonly nodeName?: string };
  readonly status?: { readonly phase?: string };
}

/** The test as the kubelet of a node: it says what becomes of pods, and has the logs of their containers. */
export interface Kubelet {
  /** By `<pod>/<container>`, of the run before the last restart. */
  readonly logs: Map<string, string>;
  /** Writes the state of a pod with some labels, once a node has one that is pending; answers its name. */
  write(namespace: string, labels: string, status: object): Promise<string>;
  close(): Promise<void>;
}

/** Takes the place of the simulation on one node: from now on no pod becomes ready by itself. */
export async function beKubelet(client: ClusterClient, node: string): Promise<Kubelet> {
  await client.delete('/apis/kwok.x-k8s.io/v1alpha1/stages/pod-becomes-ready');
  const logs = new Map<string, string>();
  const [cert, key] = await Promise.all(
    ['certificate.pem', 'key.pem'].map((name) => readFile(asset('test/fixtures/api-server', name))),
  );
  const server = createServer({ cert, key }, ({ url = '' }, response) => {
    const { pathname, searchParams } = new URL(url, 'https://kubelet');
    const [, , , pod = '', container = ''] = pathname.split('/');
    const log = searchParams.get('previous') === 'true' ? logs.get(`${pod}/${container}`) : undefined;
    response.writeHead(log === undefined ? 404 : 200).end(log ?? 'previous terminated container not found');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const path = `/api/v1/nodes/${node}`;
  const { port } = server.address() as AddressInfo;
  await eventually(async () => {
    const found = await client.get<Node>(path);
    // Until it is ready, the simulation writes the whole of it.
    if (!hasCondition(found?.status?.conditions, 'Ready')) return undefined;
    const addresses = [{ type: 'InternalIP', address: '127.0.0.1' }];
    const daemonEndpoints = { kubeletEndpoint: { Port: port } };
    return replaced(client, `${path}/status`, { ...found, status: { ...found?.status, addresses, daemonEndpoints } });
  });
  return {
    logs,
    async write(namespace, labelSelector, status) {
      return eventually(async () => {
        const pods = await client.list<Pod>(`/api/v1/namespaces/${namespace}/pods`, { labelSelector });
        const pod = pods.find(({ spec, status: last }) => spec.nodeName !== undefined && last?.phase === 'Pending');
        if (!pod) return undefined;
        const { name } = pod.metadata;
        return replaced(client, `/api/v1/namespaces/${namespace}/pods/${name}/status`, { ...pod, status }, name);
      });
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

// Somebody else may have written it meanwhile.
async function replaced(client: ClusterClient, path: string, object: object, name = ''): Promise<string | undefined> {
  try {
    await client.replace(path, object);
    return name;
  } catch (error) {
    if (error instanceof ApiError && error.status === 409) return undefined;
    throw error;
  }
}
