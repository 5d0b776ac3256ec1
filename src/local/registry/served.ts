import type { Container, ContainerEngine, EngineCall } from '../../containers/engine.js';
import { containerPort, registryAlias, registryNames, type RegistryNames } from './names.js';

/** The local registry, and what it is called from where. */
export interface ServedRegistry {
  readonly port: number;
  /** Before an image's name, here and in the nodes: `localhost:5001`. */
  readonly host: string;
  /** The same in a pod that talks to it: `kind-registry:5000`. */
  readonly inCluster: string;
}

export function servedRegistry(port: number): ServedRegistry {
  return {
    port,
    host: `localhost:${String(port)}`,
    inCluster: `${registryAlias}:${String(containerPort)}`,
  };
}

/** The local registry of this machine, running or not; `undefined` while there is none of ours. */
export async function findRegistry(
  engine: ContainerEngine,
  call: EngineCall = {},
  names: RegistryNames = registryNames,
): Promise<ServedRegistry | undefined> {
  const container = await engine.container(names.registry, call);
  const port = container?.labels[names.label] === 'local' ? publishedPort(container) : undefined;
  return port === undefined ? undefined : servedRegistry(port);
}

/** The port of this machine that leads to the registry in a container. */
export function publishedPort({ ports }: Container): number | undefined {
  return ports.find((port) => port.containerPort === containerPort)?.hostPort;
}
