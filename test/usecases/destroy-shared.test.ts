import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.js';
import { writeRecord } from '../../src/environment/record.js';
import { withHostsBlock } from '../../src/local/names/hosts-block.js';
import { pathsFrom, type Paths } from '../../src/paths.js';
import { createInterruption } from '../../src/plan/interruption.js';
import { buildPlan } from '../../src/plan/plan.js';
import type { Step } from '../../src/plan/step.js';
import { systemProcesses } from '../../src/process.js';
import { detachingStep, hostsStep, purgeSteps, sharedThings } from '../../src/usecases/destroy-shared.js';
import { fakeNodes } from '../certificates/fake-nodes.js';
import { fakeProvider } from '../clusters/fake-provider.js';
import { fakeContainer, fakeEngine, type FakeEngine } from '../containers/fake-engine.js';
import { registryContainer } from '../local/registry/served-engine.js';
import { context } from '../releases/cluster.js';
import { temporaryFolder } from '../toolchain/fixture.js';
import { recordingPorts } from './images-given.js';

const node = 'shop-control-plane';
const on = (...names: readonly string[]) => names.map((name) => ({ name, address: '172.18.0.2', aliases: [] }));
const kind = fakeProvider({ name: 'kind', machines: fakeNodes(node) });
const embedded = fakeProvider({ name: 'embedded' });
const noEngine = () => Promise.reject(new Error('nobody had to look for an engine'));

let docker: FakeEngine;
let paths: Paths;
let removed: string[];
beforeEach(async () => {
  docker = fakeEngine(
    [
      registryContainer(5001, { networks: on('bridge', 'kind'), volumes: ['platform-registry'] }),
      fakeContainer(node, { networks: on('kind') }),
    ],
    { networks: { bridge: [], kind: [] } },
  );
  docker.held.volumes.set('platform-registry', { 'platform.dev/registry': 'local' });
  paths = pathsFrom({}, await temporaryFolder());
  removed = [];
});

const registryThings = ['container platform-registry (localhost:5001)', 'volume platform-registry'];

function portsOf() {
  const { events, interruption } = { ...recordingPorts(), interruption: createInterruption() };
  return { paths, events, interruption, processes: systemProcesses(), clock: systemClock, variables: {} };
}

async function begin(name: string): Promise<void> {
  await writeRecord(paths, { name, target: 'local', provider: 'kind', createdAt: '2026-01-01T00:00:00.000Z' });
}

async function makeAuthority(): Promise<string> {
  const folder = join(paths.data, 'ca');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'ca.pem'), 'a certificate');
  await writeFile(join(paths.data, 'ca.lock'), '');
  return folder;
}

describe('taking the registry off the network of nodes that go', () => {
  it('is a step only where nodes are containers', () => {
    expect(detachingStep(embedded, noEngine)).toEqual([]);
    expect(detachingStep(kind, docker.engine).map(({ id }) => id)).toEqual(['registry/kind']);
  });

  it('lets the network go, and is then done', async () => {
    const [step] = detachingStep(kind, docker.engine);
    expect(await step?.check(context())).toEqual({ status: 'needed', reason: 'the network kind is to go' });
    expect(await step?.apply(context())).toBe('platform-registry left the network kind');
    await docker.remove(node);
    await docker.removeNetwork('kind');
    expect(await step?.check(context())).toEqual({ status: 'satisfied', detail: 'none' });
  });

  it('is left while nodes of other clusters are on it', async () => {
    docker.held.containers.set('other-control-plane', fakeContainer('other-control-plane', { networks: on('kind') }));
    const [step] = detachingStep(kind, docker.engine);
    expect(await step?.apply(context())).toBe('others need it');
    expect(docker.calls.filter((call) => call.startsWith('disconnect'))).toEqual([]);
  });
});

describe('the block of an environment in the hosts file', () => {
  const entries = [{ address: '127.0.0.1', names: ['portal.local'] }];
  async function hostsFileWith(text: string): Promise<string> {
    const file = join(await temporaryFolder(), 'hosts');
    await writeFile(file, text);
    return file;
  }

  it('is nothing to do where there is none', async () => {
    const file = await hostsFileWith(withHostsBlock('127.0.0.1 localhost\n', 'other', entries));
    const step = hostsStep('shop', removed, portsOf(), file);
    expect(await step.check(context())).toEqual({ status: 'satisfied', detail: 'none' });
  });

  it('goes, and nothing else does', async () => {
    const others = withHostsBlock('127.0.0.1 localhost\n', 'other', entries);
    const file = await hostsFileWith(withHostsBlock(others, 'shop', entries));
    await begin('shop');
    const step = hostsStep('shop', removed, portsOf(), file);
    expect(await step.check(context())).toEqual({ status: 'needed', reason: `in ${file}` });
    await step.apply(context());
    expect(await readFile(file, 'utf8')).toBe(others);
    expect(removed).toEqual([`the block of shop in ${file}`]);
    expect(await step.check(context())).toEqual({ status: 'satisfied', detail: 'none' });
  });

  it('is in the file of the system where nobody says another', () => {
    expect(hostsStep('shop', removed, portsOf()).title).toBe('names in /etc/hosts');
  });
});

describe('what all environments share', () => {
  it('is kept and named: the registry where nodes are containers, the authority everywhere', async () => {
    expect(await sharedThings([embedded], noEngine, { paths })).toEqual([]);
    expect(await sharedThings([embedded, kind], docker.engine, { paths })).toEqual(registryThings);
    const folder = await makeAuthority();
    expect(await sharedThings([kind], docker.engine, { paths })).toEqual([
      ...registryThings,
      `certificate authority ${folder}`,
    ]);
    expect(await sharedThings([embedded], noEngine, { paths })).toEqual([`certificate authority ${folder}`]);
  });
});

describe('purging what all environments share', () => {
  const cluster: Step = {
    ...{ id: 'cluster/kind', title: 'cluster', needs: [], lane: 'cluster', budgetMs: 1_000, estimateMs: 1 },
    check: () => Promise.resolve({ status: 'satisfied' }),
    apply: () => Promise.resolve(undefined),
  };
  function purge(providers = [kind], engine = docker.engine): ReadonlyMap<string, Step> {
    const steps = purgeSteps('shop', providers, [cluster], { engine, removed, ports: portsOf() });
    return buildPlan([cluster, ...steps]).steps;
  }
  const check = async (id: string, steps = purge()) => steps.get(id)?.check(context());
  const apply = async (id: string, steps = purge()) => steps.get(id)?.apply(context());

  it('comes after the clusters, and asks for an engine only where nodes are containers', () => {
    expect([...purge().values()].map(({ id, needs }) => [id, needs])).toEqual([
      ['cluster/kind', []],
      ['registry', ['cluster/kind']],
      ['authority', ['cluster/kind']],
    ]);
    expect([...purge([embedded], noEngine).keys()]).toEqual(['cluster/kind', 'authority']);
  });

  it('removes registry and authority with the last environment, and has then nothing to do', async () => {
    await begin('shop');
    const folder = await makeAuthority();
    docker.held.containers.delete(node);
    for (const id of ['registry', 'authority']) {
      expect(await check(id)).toEqual({ status: 'needed', reason: 'it is to be purged' });
      expect(await apply(id)).toBeUndefined();
      expect(await check(id)).toEqual({ status: 'satisfied', detail: 'none' });
    }
    expect(removed).toEqual([
      'container platform-registry',
      'volume platform-registry',
      `certificate authority ${folder}`,
    ]);
    expect(existsSync(folder)).toBe(false);
    expect(existsSync(join(paths.data, 'ca.lock'))).toBe(false);
    expect(await sharedThings([kind], docker.engine, { paths })).toEqual([]);
  });

  it('leaves both while another environment is there', async () => {
    await begin('shop');
    await begin('other');
    await makeAuthority();
    for (const id of ['registry', 'authority']) {
      expect(await check(id)).toEqual({ status: 'omitted', reason: 'other may need it' });
    }
  });

  it('keeps the registry while nodes that nobody recorded pull from it, and says which', async () => {
    await begin('shop');
    docker.held.containers.set('stray', fakeContainer('stray', { networks: on('kind') }));
    docker.answer(({ container }) => (container === 'stray' ? '/etc/containerd/certs.d/x/hosts.toml\n' : undefined));
    expect(await apply('registry')).toBe('kept: stray pull from it');
    expect(removed).toEqual([]);
    expect(await sharedThings([kind], docker.engine, { paths })).toEqual(registryThings);
  });
});
