import type { NodeMachines } from '../../../src/clusters/cluster.js';
import { PlatformError } from '../../../src/errors.js';
import { send } from '../../kubernetes/api-server.js';
import type { Cluster } from '../../releases/cluster.js';

interface StoredPod {
  readonly metadata: { readonly uid: string; readonly namespace: string; readonly labels: Record<string, string> };
  readonly status: { readonly podIP: string };
}

export interface SimulatedNodes extends NodeMachines {
  /** What happens to a packet from a pod with this role to the server. */
  passes: (role: string, isClosed: boolean) => boolean;
  /** Status of the pods that are created from now on. */
  status: object;
  /** Programs that were run: the node, and what it ran in a pod. */
  readonly runs: string[];
  /** Whether somebody listens now. */
  isListening: boolean;
  endListening: (error?: Error) => void;
}

const roleLabel = 'platform.dev/role';

/** Nodes whose pods are objects of a small API server, with a network that is one function. */
export function simulatedNodes(world: Cluster, names: readonly string[] = ['dev-control-plane', 'dev-worker']) {
  const { api } = world;
  for (const name of names) {
    const status = { conditions: [{ type: 'Ready', status: 'True' }] };
    api.objects.set(`/api/v1/nodes/${name}`, { metadata: { name }, status });
  }
  let made = 0;
  const pods = new Map<string, StoredPod>();
  api.answer = (response, { method, path, body }) => {
    if (method !== 'POST' || !path.endsWith('/pods')) return false;
    const pod = JSON.parse(body) as StoredPod & { readonly metadata: { readonly name: string } };
    made += 1;
    const uid = `uid-${String(made)}`;
    const stored = {
      ...pod,
      metadata: { ...pod.metadata, uid },
      status: { podIP: `10.244.0.${String(made)}`, ...nodes.status },
    };
    pods.set(uid, stored);
    api.objects.set(`${path}/${pod.metadata.name}`, stored);
    return send(response, 201, stored);
  };
  const nodes: SimulatedNodes = {
    network: 'kind',
    passes: (role, isClosed) => !isClosed || role === 'friend',
    status: { phase: 'Running', containerStatuses: [{ state: { running: {} } }] },
    runs: [],
    isListening: false,
    endListening: () => undefined,
    names: () => Promise.resolve(names),
    run(node, command) {
      const [program, , , uid = '', inner, , , address = ''] = command;
      if (program === 'crictl') {
        return Promise.resolve(
          JSON.stringify({
            images: [{ repoTags: ['registry.k8s.io/etcd:3.6.8-0'] }, { repoTags: ['registry.k8s.io/pause:3.10'] }],
          }),
        );
      }
      const role = pods.get(uid)?.metadata.labels[roleLabel] ?? '';
      nodes.runs.push(`${node}: ${role} ${inner === 'perl' ? 'listens' : `asks ${address}`}`);
      if (inner === 'perl') {
        nodes.isListening = true;
        return new Promise((resolve, reject) => {
          nodes.endListening = (error) => {
            nodes.isListening = false;
            if (error) reject(error);
            else resolve('');
          };
        });
      }
      if (!nodes.isListening) return Promise.resolve('blocked\n');
      if (address === '127.0.0.1') nodes.endListening();
      const server = [...pods.values()].find(({ status }) => status.podIP === address);
      const policy = `/apis/networking.k8s.io/v1/namespaces/${server?.metadata.namespace ?? ''}/networkpolicies/friends-only`;
      return Promise.resolve(nodes.passes(role, api.objects.has(policy)) ? 'passed\n' : 'blocked\n');
    },
  };
  return nodes;
}

export const brokenListener = new PlatformError('tool', 'bash failed with exit code 1', {
  output: 'nsenter: not found',
});
