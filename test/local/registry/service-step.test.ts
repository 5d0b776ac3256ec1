import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Container } from '../../../src/containers/engine.js';
import { PlatformError } from '../../../src/errors.js';
import { findRegistry } from '../../../src/local/registry/served.js';
import { localRegistry, registryCaches, type RegistryService } from '../../../src/local/registry/service.js';
import { serviceStep } from '../../../src/local/registry/service-step.js';
import { systemProcesses } from '../../../src/process.js';
import { fakeContainer } from '../../containers/fake-engine.js';
import { cluster, context, type Cluster } from '../../releases/cluster.js';
import { freePort, registryServer, type RegistryServer } from './registry-server.js';
import { registryContainer, servedEngine, type ServedEngine } from './served-engine.js';

let world: Cluster;
let docker: ServedEngine;
let port: number;
const others: RegistryServer[] = [];

beforeEach(async () => {
  world = await cluster();
  port = await freePort();
});
afterEach(async () => {
  await world.api.close();
  await docker.close();
  for (const other of others.splice(0)) await other.close();
});

async function given(...containers: readonly Container[]): Promise<void> {
  docker = await servedEngine(containers);
}

/** Somebody else listens there. */
async function taken(at: number): Promise<void> {
  others.push(await registryServer(at));
}

const on = (service: RegistryService, mirrors: Readonly<Record<string, string>> = {}) =>
  serviceStep('registry', service, {
    engine: () => Promise.resolve(docker.engine),
    processes: systemProcesses(),
    clock: world.clock,
    mirrors,
  });
const registry = (number = port, isFixed = false) => on(localRegistry({ number, isFixed }));
const address = (number = port) => `localhost:${String(number)}`;

describe('the local registry', () => {
  it('is made where there is none, and then runs and answers', async () => {
    await given();
    expect(await registry().check(context())).toEqual({ status: 'needed', reason: 'new' });
    expect(await registry().apply(context())).toBe(address());
    expect(docker.specs).toEqual([
      {
        name: 'platform-registry',
        image: 'registry:3',
        labels: { 'platform.dev/registry': 'local' },
        env: { REGISTRY_STORAGE_DELETE_ENABLED: 'true', REGISTRY_VALIDATION_MANIFESTS_INDEXES_PLATFORMS: 'none' },
        ports: [{ host: '127.0.0.1', hostPort: port, containerPort: 5000 }],
        network: 'bridge',
        volumes: { '/var/lib/registry': 'platform-registry' },
      },
    ]);
    expect(await registry().check(context())).toEqual({ status: 'satisfied', detail: address() });
    expect(await findRegistry(docker.engine)).toEqual({ port, host: address(), inCluster: 'kind-registry:5000' });
  });

  it('gets the next free port where nobody insists on one', async () => {
    await given();
    await taken(port);
    const made = await registry().apply(context());
    expect(Number(made?.split(':')[1])).toBeGreaterThan(port);
  });

  it('names who has the port that is insisted on', async () => {
    await given();
    await taken(port);
    const owner = new RegExp(
      `port ${String(port)}, which the local registry is set to, is taken by .*${String(process.pid)}`,
    );
    await expect(registry(port, true).check(context())).rejects.toThrow(owner);
    await expect(registry(port, true).apply(context())).rejects.toThrow(owner);
    expect(docker.specs).toEqual([]);
  });

  it('keeps its port, whatever the default is', async () => {
    await given(registryContainer(port));
    expect(await registry(port + 1).check(context())).toEqual({ status: 'satisfied', detail: address() });
  });

  it('is made again on its volume where another port is insisted on, and says so', async () => {
    await given(registryContainer(port));
    const other = await freePort();
    const reason = `its port is ${String(port)}, wanted ${String(other)}`;
    const check = await registry(other, true).check(context());
    expect(check).toEqual({ status: 'needed', reason: `${reason}; made again, with its images` });
    expect(await registry(other, true).apply(context())).toBe(`${address(other)}; made again: ${reason}`);
    expect(docker.specs.map(({ volumes }) => volumes)).toEqual([{ '/var/lib/registry': 'platform-registry' }]);
    expect(docker.fake.calls.some((call) => call.startsWith('removeVolume'))).toBe(false);
  });

  it('stays as it is while the port that is insisted on is not to be had', async () => {
    await given(registryContainer(port));
    const other = await freePort();
    await taken(other);
    await expect(registry(other, true).apply(context())).rejects.toThrow(/is taken/);
    expect(docker.fake.held.containers.has('platform-registry')).toBe(true);
  });

  it('is started where it is stopped', async () => {
    await given(registryContainer(port, { status: 'exited' }));
    expect(await registry().check(context())).toEqual({ status: 'needed', reason: 'stopped' });
    expect(await registry().apply(context())).toBe(address());
    expect(docker.specs).toEqual([]);
  });

  it('moves where somebody took its port while it was stopped', async () => {
    await given(registryContainer(port, { status: 'exited' }));
    await taken(port);
    expect(await registry().apply(context())).toMatch(
      /^localhost:\d+; made again: port \d+ is taken, so it moves to \d+$/,
    );
    expect(docker.specs).toHaveLength(1);
  });

  it('is made again where it cannot start, as after the end of a network that it was on', async () => {
    await given(registryContainer(port, { status: 'exited' }));
    docker.fake.fail(/^start/, new PlatformError('conflict', 'docker has no network named 4711'));
    const now = context();
    expect(await registry().apply(now)).toBe(`${address()}; made again: it could not be started`);
    expect(now.messages).toContain('docker has no network named 4711');
    expect(docker.specs).toHaveLength(1);
  });

  it('is left alone while the engine does not answer', async () => {
    await given(registryContainer(port, { status: 'exited' }));
    docker.fake.fail(/^start/, new PlatformError('prerequisite', 'docker does not answer'));
    await expect(registry().apply(context())).rejects.toThrow('docker does not answer');
    expect(docker.fake.held.containers.has('platform-registry')).toBe(true);
  });

  it('is started anew where it runs, but does not answer', async () => {
    await given(registryContainer(port));
    await docker.servers.get('platform-registry')?.close();
    docker.servers.delete('platform-registry');
    const check = await registry().check(context());
    expect(check).toEqual({ status: 'needed', reason: `it does not answer on ${address()}` });
    expect(await registry().apply(context())).toBe(address());
    expect(docker.specs).toEqual([]);
    const calls = docker.fake.calls.filter((call) => /^(stop|start)/.test(call));
    expect(calls).toEqual(['stop platform-registry', 'start platform-registry']);
  });

  it('fails when it never answers, and tells where to read why', async () => {
    await given();
    docker.silent.add('platform-registry');
    await expect(registry().apply(context())).rejects.toMatchObject({
      code: 'timeout',
      message: `the local registry does not answer on ${address()}`,
      suggestions: [expect.stringContaining('docker logs platform-registry'), expect.anything()],
    });
  });

  it('does not take over a foreign container of its name', async () => {
    await given(fakeContainer('platform-registry'));
    const check = await registry().check(context());
    expect(check).toMatchObject({ status: 'blocked', code: 'conflict' });
    await expect(registry().apply(context())).rejects.toThrow(/not the local registry of this program/);
    expect(await findRegistry(docker.engine)).toBeUndefined();
  });

  it('is taken as it is where another run made it in the same moment', async () => {
    await given();
    docker.fake.fail(/^run/, new PlatformError('conflict', 'the container name is already in use'));
    docker.beforeRun = async () => {
      docker.fake.held.containers.set('platform-registry', registryContainer(port));
      docker.servers.set('platform-registry', await registryServer(port));
    };
    expect(await registry().apply(context())).toBe(address());
  });
});

describe('the image of the registry', () => {
  it('comes from the mirror of docker.io, where there is one', async () => {
    await given();
    docker.fake.held.pullable = new Set(['mirror.example/hub/library/registry:3']);
    const step = on(localRegistry({ number: port, isFixed: false }), { 'docker.io': 'https://mirror.example/v2/hub' });
    expect(await step.apply(context())).toBe(address());
    expect(docker.fake.held.images.has('registry:3')).toBe(true);
  });

  it('is not expected of the registry itself', async () => {
    await given();
    const step = on(localRegistry({ number: port, isFixed: false }), { 'docker.io': 'local' });
    await step.apply(context());
    expect(docker.fake.calls).toContain('pull registry:3');
  });

  it('says how to do without a download when it cannot be pulled', async () => {
    await given();
    docker.fake.held.pullable = new Set();
    await expect(registry().apply(context())).rejects.toMatchObject({
      message: 'the image registry:3 could not be pulled',
      suggestions: [expect.stringContaining('docker load'), expect.stringContaining('local.mirrors')],
    });
  });
});

describe('a cache of another registry', () => {
  const cacheOf = (host: string, variables = {}) => {
    const [cache] = registryCaches([host], variables);
    if (!cache) throw new Error('no cache');
    return { ...cache, port: { number: port, isFixed: false } };
  };

  it('knows where its registry answers, and the proxy on the way', async () => {
    await given();
    await on(cacheOf('docker.io', { https_proxy: 'http://proxy.example:3128' })).apply(context());
    expect(docker.specs).toMatchObject([
      {
        name: 'platform-cache-docker-io',
        labels: { 'platform.dev/registry': 'cache', 'platform.dev/registry-host': 'docker.io' },
        env: { REGISTRY_PROXY_REMOTEURL: 'https://registry-1.docker.io', HTTPS_PROXY: 'http://proxy.example:3128' },
        volumes: { '/var/lib/registry': 'platform-cache-docker-io' },
      },
    ]);
    expect(cacheOf('quay.io').env).toEqual({ REGISTRY_PROXY_REMOTEURL: 'https://quay.io' });
  });

  it('is not one of a registry with a similar name', async () => {
    await given();
    await on(cacheOf('a.b-c')).apply(context());
    expect(await on(cacheOf('a-b.c')).check(context())).toMatchObject({ status: 'blocked', code: 'conflict' });
  });

  it('that ends at once, as without internet, is no failure', async () => {
    await given();
    docker.silent.add('platform-cache-docker-io');
    docker.afterRun = (name) => {
      const made = docker.fake.held.containers.get(name);
      if (made) docker.fake.held.containers.set(name, { ...made, status: 'restarting' });
    };
    const said = await on(cacheOf('docker.io')).apply(context());
    expect(said).toBe('does not answer; nodes pull from docker.io itself meanwhile');
    // It is not waited for: time passes only while somebody waits.
    expect(world.clock.now()).toBe(Date.parse('2026-11-20T10:00:00Z'));
    expect(await on(cacheOf('docker.io')).check(context())).toMatchObject({ status: 'needed' });
  });
});
