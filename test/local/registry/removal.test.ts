import { beforeEach, describe, expect, it } from 'vitest';
import { PlatformError } from '../../../src/errors.js';
import { detachRegistry, purgeRegistry, registryRemains } from '../../../src/local/registry/removal.js';
import { fakeContainer, fakeEngine, type FakeEngine } from '../../containers/fake-engine.js';
import { registryContainer } from './served-engine.js';

const on = (...names: readonly string[]) => names.map((name) => ({ name, address: '172.18.0.2', aliases: [] }));
const labels = { 'platform.dev/registry': 'cache', 'platform.dev/registry-host': 'quay.io' };
const names = ['platform-cache-quay-io', 'platform-registry'];

let docker: FakeEngine;
beforeEach(() => {
  docker = fakeEngine(
    [
      registryContainer(5001, { networks: on('bridge', 'kind') }),
      fakeContainer('platform-cache-quay-io', {
        labels,
        networks: on('bridge', 'kind'),
        volumes: ['platform-cache-quay-io'],
      }),
      fakeContainer('web', { networks: on('bridge') }),
    ],
    { networks: { bridge: [], kind: [] } },
  );
  for (const name of names) docker.held.volumes.set(name, labels);
});

/** A node of some cluster. */
function node(name: string, hasOurFiles = false): void {
  docker.held.containers.set(name, fakeContainer(name, { networks: on('kind') }));
  if (hasOurFiles)
    docker.answer(({ container }) => (container === name ? '/etc/containerd/certs.d/x/hosts.toml\n' : undefined));
}

const everything = [
  'container platform-cache-quay-io',
  'container platform-registry (localhost:5001)',
  'volume platform-cache-quay-io',
  'volume platform-registry',
];

describe('what stays of the registry', () => {
  it('is named, running or not', async () => {
    await docker.stop('platform-registry');
    expect(await registryRemains(docker)).toEqual(everything);
  });
});

describe('taking the registry off the network of a cluster that goes', () => {
  it('lets the network go with the last cluster', async () => {
    node('shop-control-plane');
    expect(await detachRegistry(docker, 'kind', ['shop-control-plane'])).toEqual(names);
    await docker.remove('shop-control-plane');
    await docker.removeNetwork('kind');
    expect(await registryRemains(docker)).toEqual(everything);
  });

  it('is not done while another cluster is on it', async () => {
    node('shop-control-plane');
    node('other-control-plane');
    expect(await detachRegistry(docker, 'kind', ['shop-control-plane'])).toEqual([]);
    expect(docker.held.containers.get('platform-registry')?.networks).toHaveLength(2);
  });

  it('is nothing to do without the network', async () => {
    expect(await detachRegistry(docker, 'minikube', [])).toEqual([]);
  });

  it('is done with a cache that cannot start once it is stopped', async () => {
    const cache = docker.held.containers.get('platform-cache-quay-io') ?? fakeContainer('none');
    docker.held.containers.set(cache.name, { ...cache, status: 'restarting' });
    await detachRegistry(docker, 'kind', []);
    const calls = docker.calls.filter((call) => /^(stop|disconnect).*quay/.test(call));
    expect(calls).toEqual(['stop platform-cache-quay-io', 'disconnect kind platform-cache-quay-io']);
  });
});

describe('purging the registry', () => {
  it('removes it and the caches with their images, and nothing else', async () => {
    expect(await purgeRegistry(docker)).toEqual({
      removed: names.map((name) => `container ${name}`).concat(names.map((name) => `volume ${name}`)),
      usedBy: [],
    });
    expect(await registryRemains(docker)).toEqual([]);
    expect([...docker.held.containers.keys()]).toEqual(['web']);
  });

  it('removes nothing while nodes of another environment pull from it', async () => {
    node('other-control-plane', true);
    expect(await purgeRegistry(docker)).toEqual({ removed: [], usedBy: ['other-control-plane'] });
    expect(await registryRemains(docker)).toEqual(everything);
  });

  it('does not mind clusters that know nothing of it, nor containers without a shell', async () => {
    node('foreign-control-plane');
    node('small');
    docker.fail(/^execute small/, new PlatformError('tool', 'exec: "sh": executable file not found'));
    expect((await purgeRegistry(docker)).usedBy).toEqual([]);
    expect(await registryRemains(docker)).toEqual([]);
  });

  it('is not done blindly when the engine falls silent', async () => {
    node('other-control-plane');
    docker.fail(/^execute/, new PlatformError('prerequisite', 'docker does not answer'));
    await expect(purgeRegistry(docker)).rejects.toThrow('docker does not answer');
    expect(docker.held.volumes.size).toBe(2);
  });
});
