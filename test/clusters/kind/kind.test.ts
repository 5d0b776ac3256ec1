import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PlatformError } from '../../../src/errors.js';
import { readAccess } from '../../../src/kubernetes/kubeconfig.js';
import { fakeContainer } from '../../containers/fake-engine.js';
import { failureOf } from '../../containers/recorded.js';
import { kindWorld, nodeContainer, saidByKind, type KindWorld } from './kind-world.js';

let world: KindWorld;
beforeEach(async () => {
  world = await kindWorld();
});
afterEach(() => world.end());

/** Another world than the plain one. */
async function given(more: Parameters<typeof kindWorld>[0]): Promise<KindWorld> {
  await world.end();
  world = await kindWorld(more);
  return world;
}

describe('making a cluster with kind', () => {
  it('gives kind its own kubeconfig and the configuration on standard input, and never waits for nodes', async () => {
    const { provider, context, kindCalls, state, configurations } = world;

    const said = await provider().create(context);

    const kubeconfig = join(state, 'kind', 'kubeconfig');
    expect(kindCalls()).toEqual([`create cluster --name platform-shop --config - --kubeconfig ${kubeconfig} --retain`]);
    expect(configurations).toMatchObject([
      { nodes: [{ role: 'control-plane', image: 'kindest/node:v1.36.3' }, { role: 'worker' }] },
    ]);
    expect(said).toBe('Kubernetes 1.36.3, 2 nodes, ports 48080 and 48443 of 127.0.0.1');
  });

  it('tells kind which engine it is, and that no other network is wanted', async () => {
    await world.provider().create(world.context);

    const create = world.calls.find(({ argv }) => argv[0] === '/tools/kind');
    expect(create?.options.env).toMatchObject({ KIND_EXPERIMENTAL_PROVIDER: 'docker' });
    expect(create?.options.env).toHaveProperty('KIND_EXPERIMENTAL_DOCKER_NETWORK', undefined);
  });

  it('says what kind is doing in plain words', async () => {
    await world.provider().create(world.context);

    const messages = world.progress.map(({ message }) => message);
    expect(messages).toContain('preparing nodes');
    expect(messages).toContain('starting control-plane');
  });

  it('leaves a kubeconfig with the context of the environment', async () => {
    const provider = world.provider();
    await provider.create(world.context);

    const text = await readFile(provider.kubeconfig, 'utf8');
    expect(JSON.parse(text)).toMatchObject({ 'current-context': 'platform-shop' });
    expect((await readAccess(provider.kubeconfig)).cluster['server']).toBe(world.api.address);
  });

  it('then knows the cluster as running, with the ports that its containers have', async () => {
    await world.provider().create(world.context);

    expect(await world.provider().inspect()).toMatchObject({
      status: 'running',
      made: { kubernetes: '1.36.3', nodes: 2, ports: { http: 48_080, https: 48_443 } },
      nodes: [{ name: 'platform-shop-control-plane', ready: false }, { name: 'platform-shop-worker' }],
    });
    expect(world.provider().differences({ kubernetes: '1.36.3', nodes: 2, at: '' })).toEqual([]);
  });

  it('pulls an image that the engine lacks before it touches anything', async () => {
    const { engine, context, kindCalls, state } = world;
    engine.held.images.clear();
    engine.held.pullable = new Set();

    const error = await failureOf(world.provider().create(context));

    expect(engine.calls).toContain('pull kindest/node:v1.36.3');
    expect(error.suggestions).toContain('or name a node image that can be had here: local.nodeImage');
    expect(kindCalls()).toEqual([]);
    expect(existsSync(join(state, 'kind'))).toBe(false);
  });

  it('asks for a pinned image by its digest alone, as kind does', async () => {
    const { engine, context } = world;
    const pinned = 'kindest/node:v1.36.4@sha256:099e049362a1526b2db71494e1947aae99bd16290d7c895f2b7ea312e3cbfaed';

    await world.provider({ nodeImage: pinned }).create(context);

    expect(engine.calls).toContain(`pull ${pinned.replace(':v1.36.4@', '@')}`);
  });

  it('lets the kubelet run on cgroup v1 where the engine has that', async () => {
    const { provider, context, configurations } = await given({ cgroup: '1' });

    await provider().create(context);

    expect(JSON.stringify(configurations)).toContain('failCgroupV1: false');
  });

  it('removes what a killed run has left before it begins', async () => {
    const { provider, engine, context, kindCalls } = world;
    engine.held.containers.set('platform-shop-control-plane', nodeContainer('control-plane', { status: 'exited' }));

    await provider().create(context);

    expect(kindCalls()[0]).toMatch(/^delete cluster --name platform-shop --kubeconfig \S+$/);
    expect(await provider().inspect()).toMatchObject({ status: 'running' });
  });

  it('needs kind', async () => {
    const { provider, context } = await given({ isKindInstalled: false });

    const error = await failureOf(provider().create(context));

    expect(error).toMatchObject({ code: 'prerequisite', message: 'kind is not installed' });
  });

  it('needs an engine that answers', async () => {
    world.engine.silence('Cannot connect to the Docker daemon');

    expect(await failureOf(world.provider().create(world.context))).toMatchObject({ code: 'prerequisite' });
  });
});

describe('a making that fails', () => {
  it('keeps the nodes and their logs, says the reason they tell, and is made again by the next run', async () => {
    const { provider, context, state, kindCalls } = await given({
      failure: {
        output: await saidByKind('kubeadm-fails-cgroup.txt'),
        logs: { 'platform-shop-control-plane/kubelet.log': await saidByKind('kubelet-cgroup.log') },
      },
    });

    const error = await failureOf(provider().create(context));

    expect(error.message).toBe(
      "kind could not make the cluster: the kubelet does not run on the container engine's cgroup v1",
    );
    expect(error.code).toBe('prerequisite');
    expect(error.output).toContain('kubelet is configured to not run on a host using cgroup v1');
    expect(error.facts).toMatchObject({ logs: join(state, 'kind-logs') });
    expect(kindCalls().at(-1)).toBe(`export logs ${join(state, 'kind-logs')} --name platform-shop`);
    expect(await provider().inspect()).toEqual({ status: 'incomplete', reason: 'its making was cut short' });
    expect(await provider().logs()).toEqual([
      {
        name: 'kubelet.control-plane',
        file: join(state, 'kind-logs', 'platform-shop-control-plane', 'kubelet.log'),
      },
    ]);
    expect(await provider().remains()).toContain(`folder ${join(state, 'kind-logs')}`);
  });

  it('is not explained by logs where the engine refused to make a node', async () => {
    const { provider, context } = await given({ failure: { output: await saidByKind('port-taken.txt') } });

    const error = await failureOf(provider().create(context));

    expect(error).toMatchObject({ code: 'conflict', message: 'port 18080 is taken by another program' });
  });
});

describe('looking for a cluster', () => {
  it('finds none where there is nothing', async () => {
    expect(await world.provider().inspect()).toEqual({ status: 'absent' });
    expect(world.engine.calls).toEqual(['containers io.x-k8s.kind.cluster=platform-shop']);
  });

  it('does not call it absent while the engine is silent', async () => {
    world.engine.silence('Cannot connect to the Docker daemon');

    expect(await failureOf(world.provider().inspect())).toMatchObject({ code: 'prerequisite' });
  });

  it('finds a made one unreachable while the engine is silent', async () => {
    const { provider, context, engine } = world;
    await provider().create(context);
    engine.silence('Cannot connect to the Docker daemon');

    expect(await provider().inspect()).toMatchObject({
      status: 'unreachable',
      reason: 'docker does not answer',
      made: { nodes: 2, ports: { http: 48_080, https: 48_443 } },
    });
  });

  it('finds it unreachable while its containers run and the API server is silent', async () => {
    const { provider, context, api } = world;
    await provider().create(context);
    api.answer = (response) => {
      response.destroy();
      return true;
    };

    expect(await provider().inspect()).toMatchObject({
      status: 'unreachable',
      fix: [
        'see what it says: `platform logs --component kube-apiserver`',
        'run `platform stop` and then `platform start`',
      ],
    });
  });

  it('finds it half made where only a container or a folder is there', async () => {
    const { provider, engine, state } = world;
    await mkdir(join(state, 'kind'), { recursive: true });
    expect(await provider().inspect()).toMatchObject({ status: 'incomplete' });
    engine.held.containers.set('platform-shop-control-plane', nodeContainer('control-plane'));
    expect(await provider().inspect()).toMatchObject({ status: 'incomplete' });
  });

  it('finds it absent once somebody has removed all its containers', async () => {
    const { provider, context, engine } = world;
    await provider().create(context);
    engine.held.containers.clear();

    expect(await provider().inspect()).toEqual({ status: 'absent' });
    expect(await provider().remains()).toEqual([`folder ${join(world.state, 'kind')}`]);
  });
});

describe('a cluster that is not what the environment wants', () => {
  it('is told in everything that cannot change in place', async () => {
    const { provider, context } = world;
    await provider({ nodeImage: undefined }).create(context);

    const wanted = provider({
      nodeImage: 'registry.example.org/node:1',
      workers: 3,
      subnets: { pods: '10.1.0.0/16', services: '10.2.0.0/16' },
      cni: 'default',
      ports: { http: { number: 8081, isFixed: true }, https: { number: 48_443, isFixed: true } },
    });
    const state = await wanted.inspect();

    expect('made' in state && wanted.differences(state.made)).toEqual([
      { what: 'the number of nodes', is: '2', wanted: '4' },
      { what: 'the node image', is: 'the pinned one', wanted: 'registry.example.org/node:1' },
      { what: 'the pod subnet', is: '10.244.0.0/16', wanted: '10.1.0.0/16' },
      { what: 'the service subnet', is: '10.96.0.0/16', wanted: '10.2.0.0/16' },
      { what: 'the pod network', is: "not kind's own", wanted: "kind's own" },
      { what: 'the http port', is: '48080', wanted: '8081' },
    ]);
  });

  it('is of another Kubernetes, unless an image of its own says which', async () => {
    const { provider, context } = world;
    await provider().create(context);
    const made = { kubernetes: '1.36.3', nodes: 2, at: '' };

    expect(provider({ kubernetes: '1.35' }).differences(made)).toEqual([]);
    expect(provider({ kubernetes: '1.35', nodeImage: undefined }).differences(made)[0]).toEqual({
      what: 'Kubernetes',
      is: '1.36',
      wanted: '1.35',
    });
  });

  it('was made with another content of a kind configuration', async () => {
    const { provider, context, folder } = world;
    const kindConfig = join(folder, 'kind.yaml');
    const write = (text: string) => writeFile(kindConfig, `kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n${text}`);
    await write('kubeadmConfigPatches: ["kind: KubeletConfiguration\\nmaxPods: 77"]\n');
    await provider({ kindConfig }).create(context);
    const made = { kubernetes: '1.36.3', nodes: 2, at: '' };

    expect(provider({ kindConfig }).differences(made)).toEqual([]);
    await write('# maxPods are the default again\n');
    expect(provider({ kindConfig }).differences(made)).toEqual([
      { what: 'the kind configuration', is: 'an earlier content', wanted: kindConfig },
    ]);
  });

  it('has fewer nodes once somebody has removed one', async () => {
    const { provider, context, engine } = world;
    await provider().create(context);
    engine.held.containers.delete('platform-shop-worker');

    const state = await provider().inspect();

    expect('made' in state && provider().differences(state.made)).toEqual([
      { what: 'the number of nodes', is: '1', wanted: '2' },
    ]);
  });
});

describe('stopping and starting', () => {
  it('stops all nodes, and starts the control plane first', async () => {
    const { provider, context, engine } = world;
    await provider().create(context);

    await provider().stop(context);
    expect(await provider().inspect()).toMatchObject({
      status: 'stopped',
      reason: 'platform-shop-control-plane, platform-shop-worker are not running',
    });

    engine.calls.length = 0;
    await provider().start(context);
    expect(engine.calls.filter((call) => call.startsWith('start'))).toEqual([
      'start platform-shop-control-plane',
      'start platform-shop-worker',
    ]);
    expect(await provider().inspect()).toMatchObject({ status: 'running' });
  });

  it('starts only what the engine did not start itself', async () => {
    const { provider, context, engine } = world;
    await provider().create(context);
    engine.held.containers.set('platform-shop-worker', nodeContainer('worker', { status: 'exited' }));
    expect(await provider().inspect()).toMatchObject({ reason: 'platform-shop-worker is not running' });

    await provider().start(context);

    expect(engine.calls.filter((call) => call.startsWith('start'))).toEqual(['start platform-shop-worker']);
  });

  it('does not wait for a node that has ended again', async () => {
    const { provider, context, engine, api } = world;
    await provider().create(context);
    await provider().stop(context);
    api.answer = (response) => {
      engine.held.containers.set('platform-shop-worker', nodeContainer('worker', { status: 'exited', exitCode: 1 }));
      response.destroy();
      return true;
    };

    expect(await failureOf(provider().start(context))).toMatchObject({
      code: 'tool',
      message: 'the node platform-shop-worker ended with exit status 1 soon after it was started',
    });
  });
});

describe('removing a cluster', () => {
  it('leaves nothing behind, and says what there was', async () => {
    const { provider, context, engine, state } = world;
    await provider().create(context);

    const removed = await provider().delete(context);

    expect(removed).toEqual([
      'container platform-shop-control-plane',
      'container platform-shop-worker',
      `folder ${join(state, 'kind')}`,
      'network kind',
    ]);
    expect(await provider().remains()).toEqual([]);
    expect(existsSync(provider().kubeconfig)).toBe(false);
    expect([...engine.held.networks.keys()]).toEqual(['bridge']);
    expect(await provider().inspect()).toEqual({ status: 'absent' });
  });

  it('does it by itself where kind is gone', async () => {
    const { provider, context, engine } = await given({ isKindInstalled: false });
    engine.held.containers.set('platform-shop-control-plane', nodeContainer('control-plane'));

    await provider().delete(context);

    expect(engine.calls).toContain('remove platform-shop-control-plane');
    expect(await provider().remains()).toEqual([]);
  });

  it('leaves the network to others that are on it, also stopped ones', async () => {
    const { provider, context, engine } = await given({ onNetwork: '0123456789ab\n' });
    await provider().create(context);

    await provider().delete(context);

    expect([...engine.held.networks.keys()]).toContain('kind');
    engine.held.containers.set(
      'registry',
      fakeContainer('registry', { networks: [{ name: 'kind', address: '172.18.0.9', aliases: [] }] }),
    );
    expect(await provider().delete(context)).toEqual([]);
  });

  it('leaves a network of the same name that kind did not make', async () => {
    const { provider, context, engine } = world;
    engine.held.networks.set('kind', ['192.168.10.0/24']);

    await provider().delete(context);

    expect([...engine.held.networks.keys()]).toContain('kind');
  });

  it('is done also where somebody takes the network into use at that moment', async () => {
    const { provider, context, engine } = world;
    await provider().create(context);
    engine.fail(/^removeNetwork/, new PlatformError('conflict', 'network kind has active endpoints'));

    expect(await provider().delete(context)).not.toContain('network kind');
    expect(await provider().remains()).toEqual([]);
  });

  it('does not claim that nothing is left while the engine is silent', async () => {
    world.engine.silence('Cannot connect to the Docker daemon');

    await expect(world.provider().remains()).rejects.toThrow(PlatformError);
  });
});

describe('the way into the nodes', () => {
  it('names them and runs programs in them', async () => {
    const { provider, context, engine } = world;
    await provider().create(context);
    engine.answer(({ command, stdin }) => (command[0] === 'tee' ? stdin : undefined));
    const machines = provider().machines;

    expect(machines?.network).toBe('kind');
    expect(await machines?.names()).toEqual(['platform-shop-control-plane', 'platform-shop-worker']);
    expect(await machines?.run('platform-shop-worker', ['tee', '/etc/a'], { stdin: 'text' })).toBe('text');
  });

  it('copies the newest lines of their logs for people', async () => {
    const { provider, context, engine } = world;
    await provider().create(context);
    engine.answer(({ container, command }) => `${container}: ${command.join(' ')}\n`);

    const logs = await provider().logs();

    expect(logs.map(({ name }) => name)).toEqual([
      'kubelet.control-plane',
      'containerd.control-plane',
      'kube-apiserver',
      'kube-controller-manager',
      'kube-scheduler',
      'etcd',
      'kubelet.worker',
      'containerd.worker',
    ]);
    const worker = logs.find(({ name }) => name === 'kubelet.worker');
    expect(await readFile(worker?.file ?? '', 'utf8')).toMatch(/^platform-shop-worker: journalctl .*kubelet/);
  });
});
