import type { Container, ContainerEngine } from '../../containers/engine.js';
import type { RegistryService } from './service.js';

/** Why nodes on a network cannot reach a service by its names; `undefined` when they can. */
export function detached(
  container: Container | undefined,
  service: RegistryService,
  network: string,
): string | undefined {
  if (!container) return `there is no ${service.title} yet`;
  const on = container.networks.find(({ name }) => name === network);
  if (!on) return `the ${service.title} is not on the network ${network}`;
  const missing = service.aliases.filter((alias) => !on.aliases.includes(alias));
  return missing.length === 0 ? undefined : `the ${service.title} is not called ${missing.join(', ')} on ${network}`;
}

/** Puts a service on the network of nodes, under its names. */
export async function attach(
  engine: ContainerEngine,
  service: RegistryService,
  network: string,
  signal: AbortSignal,
): Promise<void> {
  const container = await engine.container(service.name, { signal });
  if (detached(container, service, network) === undefined) return;
  // Names cannot be added to a connection that is there.
  if (container?.networks.some(({ name }) => name === network)) {
    await engine.disconnect(network, service.name, { signal });
  }
  // Docker would give one that is between two starts a connection that it never takes back.
  const isFailing = container?.status === 'restarting';
  if (isFailing) await engine.stop(service.name, { signal });
  await engine.connect(network, service.name, [...service.aliases, service.name], { signal });
  if (isFailing) await engine.start(service.name, { signal });
}
