import type { Container, ContainerEngine, Engine, EngineCall } from '../../containers/engine.js';
import type { ClusterMade, ClusterState, NodeMachines } from '../cluster.js';

/** On containers, volumes and the network; of the first node it is the profile's name. */
const profileLabel = 'name.minikube.sigs.k8s.io';

export function profileSelector(profile: string): string {
  return `${profileLabel}=${profile}`;
}

/** The container that is the profile's node, running or not. */
export async function nodeContainer(
  engine: ContainerEngine,
  profile: string,
  call?: EngineCall,
): Promise<Container | undefined> {
  const containers = await engine.containers(profileSelector(profile), call);
  // A side-car that only fills the volume has the label too.
  return containers.find(({ name }) => name === profile);
}

/** The way into the node of a profile; its network is called as the profile is. */
export function nodeMachines(engine: Engine, profile: string): NodeMachines {
  return {
    network: profile,
    async names(signal) {
      const node = await nodeContainer(await engine(), profile, { signal });
      return node ? [node.name] : [];
    },
    async run(node, command, options = {}) {
      const { stdout } = await (await engine()).execute(node, command, options);
      return stdout;
    },
  };
}

/** What the container tells about the cluster; `undefined` when it runs, so that only the API server knows more. */
export function stateByContainer(
  made: ClusterMade | undefined,
  node: Container | undefined,
  isBegun: boolean,
): ClusterState | undefined {
  if (!made) {
    return node || isBegun ? { status: 'incomplete', reason: 'its making was cut short' } : { status: 'absent' };
  }
  // Its data was in there, and minikube still thinks that it has it.
  if (!node) return { status: 'incomplete', reason: 'the container of its node is gone' };
  if (node.status === 'running') return undefined;
  return { status: 'stopped', reason: `${node.name} is ${node.status}`, made };
}
