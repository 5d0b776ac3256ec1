import type { Container, ContainerEngine, EngineCall } from '../../containers/engine.js';
import { PlatformError } from '../../errors.js';
import { ownLine } from './hosts-file.js';
import { registryNames, type RegistryNames } from './names.js';
import { publishedPort } from './served.js';

/** Networks that every engine has. */
const commonNetworks: ReadonlySet<string> = new Set(['bridge', 'podman']);

/** What there is of the registry and the caches on this machine, in words; empty is the proof that they are gone. */
export async function registryRemains(
  engine: ContainerEngine,
  call: EngineCall = {},
  { label }: RegistryNames = registryNames,
): Promise<readonly string[]> {
  const [containers, volumes] = await Promise.all([engine.containers(label, call), engine.volumes(label, call)]);
  return [...containers.map(describe), ...volumes.map((volume) => `volume ${volume}`)];
}

/**
 * Takes the registry and the caches off a network that nobody else will be on any more, so that it can be removed.
 * @param leaving names of containers that are about to be removed: the nodes of the cluster that is destroyed
 * @returns the names of the containers that were taken off it
 */
export async function detachRegistry(
  engine: ContainerEngine,
  network: string,
  leaving: readonly string[],
  call: EngineCall = {},
  { label }: RegistryNames = registryNames,
): Promise<readonly string[]> {
  const found = await engine.network(network, call);
  if (!found) return [];
  const attached = (await engine.containers(label, call)).filter(({ networks }) =>
    networks.some(({ name }) => name === network),
  );
  const names = attached.map(({ name }) => name);
  if (found.containers.some((name) => !names.includes(name) && !leaving.includes(name))) return [];
  for (const container of attached) {
    await settle(engine, container, call);
    await engine.disconnect(network, container.name, call);
  }
  return names;
}

export interface PurgedRegistry {
  /** In words: `container platform-registry`, `volume platform-registry`. */
  readonly removed: readonly string[];
  /** Nodes of other environments that pull from it; nothing is removed while there are some. */
  readonly usedBy: readonly string[];
}

/** Removes the registry and the caches with all their images, unless running nodes still pull from them. */
export async function purgeRegistry(
  engine: ContainerEngine,
  call: EngineCall = {},
  { label }: RegistryNames = registryNames,
): Promise<PurgedRegistry> {
  const containers = await engine.containers(label, call);
  const usedBy = await usersOf(engine, containers, call);
  if (usedBy.length > 0) return { removed: [], usedBy };
  for (const container of containers) {
    await settle(engine, container, call);
    await engine.remove(container.name, call);
  }
  const volumes = await engine.volumes(label, call);
  for (const volume of volumes) await engine.removeVolume(volume, call);
  const removed = [...containers.map(({ name }) => `container ${name}`), ...volumes.map((one) => `volume ${one}`)];
  return { removed, usedBy: [] };
}

async function usersOf(
  engine: ContainerEngine,
  containers: readonly Container[],
  call: EngineCall,
): Promise<readonly string[]> {
  const own = new Set(containers.map(({ name }) => name));
  const names = new Set(containers.flatMap(({ networks }) => networks.map(({ name }) => name)));
  const networks = await Promise.all(
    [...names].filter((name) => !commonNetworks.has(name)).map((name) => engine.network(name, call)),
  );
  const others = new Set(networks.flatMap((network) => network?.containers ?? []).filter((name) => !own.has(name)));
  const users = await Promise.all(
    [...others].map(async (name) => ((await pullsFromOurs(engine, name, call)) ? name : [])),
  );
  return users.flat().sort();
}

// On kind's network are also clusters that we know nothing of; a node of ours has our files.
async function pullsFromOurs(engine: ContainerEngine, container: string, call: EngineCall): Promise<boolean> {
  const script = 'grep -lsF "$1" /etc/containerd/certs.d/*/hosts.toml || true';
  try {
    const { stdout } = await engine.execute(container, ['sh', '-c', script, 'sh', ownLine], call);
    return stdout.trim() !== '';
  } catch (error) {
    call.signal?.throwIfAborted();
    // No node at all: it has no shell, or has ended meanwhile.
    if (error instanceof PlatformError && error.code !== 'prerequisite') return false;
    throw error;
  }
}

// Docker forgets to take one off its networks that it removes between two starts; the networks then stay for ever.
async function settle(engine: ContainerEngine, { name, status }: Container, call: EngineCall): Promise<void> {
  if (status === 'restarting') await engine.stop(name, call);
}

function describe(container: Container): string {
  const port = publishedPort(container);
  return `container ${container.name}${port === undefined ? '' : ` (localhost:${String(port)})`}`;
}
