import type { Container, ContainerEngine, ContainerSpec } from '../../../src/containers/engine.js';
import { fakeContainer, fakeEngine, type FakeEngine } from '../../containers/fake-engine.js';
import { registryServer, type RegistryServer } from './registry-server.js';

/** An engine whose registry containers really answer on their ports while they run. */
export interface ServedEngine {
  readonly engine: ContainerEngine;
  readonly fake: FakeEngine;
  /** What containers were made from. */
  readonly specs: ContainerSpec[];
  /** By container. */
  readonly servers: Map<string, RegistryServer>;
  /** Containers that run, and answer nothing. */
  readonly silent: Set<string>;
  /** Happens before the engine makes a container, and after it. */
  beforeRun: () => Promise<void>;
  afterRun: (name: string) => void;
  close(): Promise<void>;
}

export async function servedEngine(containers: readonly Container[] = []): Promise<ServedEngine> {
  const fake = fakeEngine(containers, { networks: { bridge: ['172.17.0.0/16'], kind: ['172.18.0.0/16'] } });
  const specs: ContainerSpec[] = [];
  const servers = new Map<string, RegistryServer>();
  const silent = new Set<string>();
  const open = async (name: string) => {
    const container = fake.held.containers.get(name);
    const port = container?.ports[0]?.hostPort;
    if (container?.status !== 'running' || port === undefined || silent.has(name) || servers.has(name)) return;
    servers.set(name, await registryServer(port));
  };
  const close = async (name: string) => {
    await servers.get(name)?.close();
    servers.delete(name);
  };
  for (const { name } of containers) await open(name);
  const served: ServedEngine = {
    fake,
    specs,
    servers,
    silent,
    beforeRun: () => Promise.resolve(),
    afterRun: () => undefined,
    engine: {
      ...fake,
      async run(spec, call) {
        await served.beforeRun();
        await fake.run(spec, call);
        specs.push(spec);
        await open(spec.name);
        served.afterRun(spec.name);
      },
      async start(name, call) {
        await fake.start(name, call);
        await open(name);
      },
      async stop(name, call) {
        await fake.stop(name, call);
        await close(name);
      },
      async remove(name, call) {
        await fake.remove(name, call);
        await close(name);
      },
    },
    async close() {
      for (const name of [...servers.keys()]) await close(name);
    },
  };
  return served;
}

/** Our registry's container as it is found, published on a port of this machine. */
export function registryContainer(hostPort: number, more: Partial<Container> = {}): Container {
  return fakeContainer('platform-registry', {
    labels: { 'platform.dev/registry': 'local' },
    ports: [{ host: '127.0.0.1', hostPort, containerPort: 5000 }],
    networks: [{ name: 'bridge', address: '172.17.0.2', aliases: [] }],
    volumes: ['platform-registry'],
    ...more,
  });
}
