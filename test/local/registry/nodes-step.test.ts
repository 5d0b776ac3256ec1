import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ClusterView } from '../../../src/kubernetes/cluster-view.js';
import { ownLine } from '../../../src/local/registry/hosts-file.js';
import { registryNames } from '../../../src/local/registry/names.js';
import { nodesStep } from '../../../src/local/registry/nodes-step.js';
import { localRegistry, registryCaches } from '../../../src/local/registry/service.js';
import { fakeContainer, fakeEngine, type FakeEngine } from '../../containers/fake-engine.js';
import { cluster, context, type Cluster } from '../../releases/cluster.js';
import { nodeFolders, type NodeFolders } from './node-folders.js';
import { registryContainer } from './served-engine.js';

const networks = { bridge: [], kind: ['172.18.0.0/16'] };
const hosting = '/api/v1/namespaces/kube-public/configmaps/local-registry-hosting';
const cacheContainer = fakeContainer('platform-cache-quay-io', {
  labels: { 'platform.dev/registry': 'cache', 'platform.dev/registry-host': 'quay.io' },
});

let world: Cluster;
let nodes: NodeFolders;
let docker: FakeEngine;
let owned: number;
beforeEach(async () => {
  world = await cluster();
  nodes = await nodeFolders('control-plane', 'worker');
  docker = fakeEngine([registryContainer(5001), cacheContainer], { networks });
  owned = 0;
});
afterEach(async () => {
  await world.api.close();
  await nodes.close();
});

interface Wanted {
  readonly caches?: readonly string[];
  readonly mirrors?: Readonly<Record<string, string>>;
  readonly connection?: () => Promise<undefined>;
}

/** As the next `up` sees it. */
const step = ({ caches = [], mirrors = {}, connection }: Wanted = {}) =>
  nodesStep({
    engine: docker.engine,
    machines: nodes.machines,
    view: new ClusterView(connection ?? (() => Promise.resolve(world.api.client)), world.clock),
    registry: localRegistry({ number: 5001, isFixed: false }),
    caches: registryCaches(caches, {}),
    mirrors,
    names: registryNames,
    ensureOwned: () => {
      owned += 1;
      return Promise.resolve();
    },
    needs: ['cluster'],
  });
const networksOf = (container: string) => docker.held.containers.get(container)?.networks;

describe('the way of the nodes to the registries', () => {
  it('is laid in every node, and is then as wanted', async () => {
    expect(await step().check(context())).toEqual({
      status: 'needed',
      reason: 'control-plane, worker: localhost:5001, kind-registry:5000',
    });
    expect(await step().apply(context())).toBe('2 nodes');
    for (const node of ['control-plane', 'worker']) {
      for (const host of ['localhost:5001', 'kind-registry:5000']) {
        expect(await nodes.read(node, host)).toContain('[host."http://kind-registry:5000"]');
      }
    }
    expect(networksOf('platform-registry')?.at(-1)).toMatchObject({
      name: 'kind',
      aliases: ['kind-registry', 'platform-registry'],
    });
    expect(await step().check(context())).toEqual({ status: 'satisfied', detail: '2 nodes' });
  });

  it('is told to other tools as KEP-1755 has it', async () => {
    await step().apply(context());
    expect(owned).toBe(1);
    expect(world.api.objects.get(hosting)).toMatchObject({
      data: {
        'localRegistryHosting.v1': [
          'host: "localhost:5001"',
          'hostFromContainerRuntime: "kind-registry:5000"',
          'hostFromClusterNetwork: "kind-registry:5000"',
          'help: "https://kind.sigs.k8s.io/docs/user/local-registry/"',
          '',
        ].join('\n'),
      },
    });
    world.api.objects.delete(hosting);
    expect(await step().check(context())).toMatchObject({
      status: 'needed',
      reason: expect.stringContaining('other tools') as unknown,
    });
  });

  it('costs a program in each node and one request when nothing is to be done', async () => {
    await step().apply(context());
    const before = { runs: nodes.runs(), requests: world.api.requests.length };
    expect(await step().check(context())).toMatchObject({ status: 'satisfied' });
    expect(nodes.runs() - before.runs).toBe(2);
    expect(world.api.requests.length - before.requests).toBe(1);
  });

  it('is laid in a node that joined, and in one that lost it', async () => {
    await step().apply(context());
    nodes.add('worker2');
    expect(await step().check(context())).toMatchObject({ reason: 'worker2: localhost:5001, kind-registry:5000' });
    await step().apply(context());
    await nodes.write('worker', 'localhost:5001', `${ownLine}\nserver = "https://elsewhere.example"\n`);
    expect(await step().check(context())).toMatchObject({ reason: 'worker: localhost:5001' });
    await step().apply(context());
    expect(await nodes.read('worker', 'localhost:5001')).toContain('kind-registry');
  });

  it('leads to caches and mirrors, and no more once they are not wanted', async () => {
    const wanted = { caches: ['quay.io'], mirrors: { 'ghcr.io': 'local' } };
    await step(wanted).apply(context());
    expect(await nodes.read('worker', 'quay.io')).toContain('"http://platform-cache-quay-io:5000"');
    expect(await nodes.read('worker', 'ghcr.io')).toContain('"http://kind-registry:5000/v2/ghcr.io"');
    expect(networksOf('platform-cache-quay-io')).toMatchObject([{ name: 'kind', aliases: ['platform-cache-quay-io'] }]);

    expect(await step().check(context())).toMatchObject({
      reason: expect.stringMatching(/ghcr\.io, quay\.io$/) as unknown,
    });
    await step().apply(context());
    expect(await nodes.read('worker', 'quay.io')).toBeUndefined();
    expect(await step().check(context())).toMatchObject({ status: 'satisfied' });
  });

  it('leaves files of others alone', async () => {
    await nodes.write('worker', 'other.example', 'server = "https://other.example"');
    await step().apply(context());
    expect(await nodes.read('worker', 'other.example')).toBe('server = "https://other.example"');
    expect(await step().check(context())).toMatchObject({ status: 'satisfied' });
  });

  it('is blocked by a file of somebody else that is in the way', async () => {
    await nodes.write('worker', 'ghcr.io', 'server = "https://other.example"');
    const wanted = { mirrors: { 'ghcr.io': 'local' } };
    const by = 'worker has /etc/containerd/certs.d/ghcr.io/hosts.toml, written by somebody else';
    expect(await step(wanted).check(context())).toMatchObject({ status: 'blocked', by, code: 'conflict' });
    await expect(step(wanted).apply(context())).rejects.toThrow(by);
    expect(await nodes.read('worker', 'ghcr.io')).toBe('server = "https://other.example"');
  });

  it('is mended where the registry is off the network, or lacks its name there', async () => {
    await step().apply(context());
    await docker.disconnect('kind', 'platform-registry');
    expect(await step().check(context())).toMatchObject({ reason: 'the local registry is not on the network kind' });
    await docker.connect('kind', 'platform-registry', []);
    expect(await step().check(context())).toMatchObject({
      reason: 'the local registry is not called kind-registry on kind',
    });
    await step().apply(context());
    expect(await step().check(context())).toMatchObject({ status: 'satisfied' });
  });

  it('is laid to a cache that cannot start without leaving it on the network for ever', async () => {
    docker.held.containers.set(cacheContainer.name, { ...cacheContainer, status: 'restarting' });
    await step({ caches: ['quay.io'] }).apply(context());
    expect(docker.calls.filter((call) => /^(stop|start|connect).*quay/.test(call))).toEqual([
      'stop platform-cache-quay-io',
      'connect kind platform-cache-quay-io as platform-cache-quay-io',
      'start platform-cache-quay-io',
    ]);
  });

  it('waits for the cluster, and for the registry', async () => {
    const noCluster = step({ connection: () => Promise.resolve(undefined) });
    expect(await noCluster.check(context())).toEqual({ status: 'needed', reason: 'there is no cluster yet' });
    docker.held.containers.clear();
    expect(await step().check(context())).toEqual({ status: 'needed', reason: 'there is no local registry yet' });
  });
});
