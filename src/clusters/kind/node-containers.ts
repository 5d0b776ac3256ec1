import type { Container, ContainerEngine, EngineCall } from '../../containers/engine.js';
import type { NodeMachines, ServedPorts } from '../cluster.js';
import type { Engine } from '../../containers/engine.js';

/** Labels that kind puts on the containers of its nodes. */
const clusterLabel = 'io.x-k8s.kind.cluster';
const roleLabel = 'io.x-k8s.kind.role';

/** The engine's network that kind puts all its nodes on. */
export const kindNetwork = 'kind';

/** The containers of a cluster's nodes, running or not, control planes first; kind's own load balancer is one of them. */
export async function nodeContainers(
  engine: ContainerEngine,
  cluster: string,
  call?: EngineCall,
): Promise<readonly Container[]> {
  const containers = await engine.containers(`${clusterLabel}=${cluster}`, call);
  return [...containers].sort((one, other) => Number(isControlPlane(other)) - Number(isControlPlane(one)));
}

export function isControlPlane({ labels }: Pick<Container, 'labels'>): boolean {
  return labels[roleLabel] === 'control-plane';
}

/** Only these have a kubelet. */
export function isNode({ labels }: Pick<Container, 'labels'>): boolean {
  return labels[roleLabel] !== 'external-load-balancer';
}

/** The ports of this machine that the containers lead to the ingress; `undefined` where they lead none there. */
export function servedPorts(containers: readonly Container[]): ServedPorts | undefined {
  const bound = containers.flatMap(({ ports }) => ports);
  const http = bound.find(({ containerPort }) => containerPort === 80)?.hostPort;
  const https = bound.find(({ containerPort }) => containerPort === 443)?.hostPort;
  return http === undefined || https === undefined ? undefined : { http, https };
}

/** The way into the nodes of a cluster. */
export function nodeMachines(engine: Engine, cluster: string): NodeMachines {
  return {
    network: kindNetwork,
    async names(signal) {
      const containers = await nodeContainers(await engine(), cluster, { signal });
      return containers.filter(isNode).map(({ name }) => name);
    },
    async run(node, command, options = {}) {
      const { stdout } = await (await engine()).execute(node, command, options);
      return stdout;
    },
  };
}
