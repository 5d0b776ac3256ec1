import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.js';
import type { Environment } from '../../src/environment/environment.js';
import { defaultLocalSettings } from '../../src/environment/settings.js';
import { ClusterView } from '../../src/kubernetes/cluster-view.js';
import { kubeconfigText } from '../../src/kubernetes/kubeconfig.js';
import { createNetwork } from '../../src/network.js';
import { pathsFrom } from '../../src/paths.js';
import { systemProcesses } from '../../src/process.js';
import { createToolchain } from '../../src/toolchain/toolchain.js';
import { supportBundle, type SupportBundleOptions } from '../../src/usecases/support-bundle.js';
import { deployment, event, fakeClient, helmSecret, pod, type FakeClient } from '../kubernetes/fake-client.js';

/** Each is planted somewhere; none may come out. */
const planted = {
  inValues: 'correct-horse-battery',
  inVariables: 'staple-0123456789',
  privateKey: 'MHcCAQEEIIrYSSNQFaA2Hwf1duRS',
  kubeconfigKey: Buffer.from('-----BEGIN EC PRIVATE KEY-----\nplanted').toString('base64'),
  token: 'eyJhbGciOi.eyJpc3MiOi.c2lnbmF0dXJl',
  inUrl: 'hunter2-in-a-url',
  inPod: 'planted-in-a-pod',
};

let folder = '';
let client: FakeClient;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'platform-bundle-'));
  const secret = { ...helmSecret('apps/web'), data: { release: planted.inPod } };
  client = fakeClient({
    lists: {
      '/api/v1/secrets': [secret],
      '/api/v1/nodes': [{ metadata: { name: 'node-1' }, status: { conditions: [{ type: 'Ready', status: 'True' }] } }],
      '/apis/apps/v1/deployments': [deployment('web', 'apps/web')],
      '/api/v1/pods': [pod({ name: 'web-1', env: [{ name: 'PLAIN', value: planted.inPod }] })],
      '/api/v1/events': [
        event({ kind: 'Pod', name: 'web-1' }, `cannot connect to postgres://shop:${planted.inUrl}@db/shop`),
        event({ kind: 'Pod', name: 'web-1' }, `refused: ${planted.inValues}, ${planted.inVariables}`),
      ],
    },
  });
  const runs = join(folder, 'state', 'runs');
  await mkdir(runs, { recursive: true });
  for (const run of ['run-1', 'run-2', 'run-3', 'run-4']) {
    const failure = `${run} ended:\n-----BEGIN EC PRIVATE KEY-----\n${planted.privateKey}\n-----END EC PRIVATE KEY-----`;
    const lines = [
      { type: 'notice', message: failure },
      { type: 'notice', message: `token ${planted.token}` },
    ];
    await writeFile(join(runs, `${run}.jsonl`), `${lines.map((line) => JSON.stringify(line)).join('\n')}\n{"torn`);
  }
  const log = Array.from({ length: 600 }, (_, index) => `line ${String(index)}`);
  await writeFile(join(folder, 'kube-apiserver.log'), [...log, `client-key-data: ${planted.kubeconfigKey}`].join('\n'));
  const access = { cluster: { server: 'https://127.0.0.1' }, user: { token: planted.inPod } };
  await writeFile(join(folder, 'state', 'kubeconfig'), kubeconfigText('platform-shop', access));
});
afterEach(() => rm(folder, { recursive: true }));

const environment: Environment = {
  name: 'shop',
  target: 'local',
  blueprint: undefined,
  domain: 'shop.localhost',
  protect: false,
  local: { ...defaultLocalSettings, provider: 'embedded' },
  aws: undefined,
  images: {},
  releases: [
    {
      name: 'web',
      namespace: 'apps',
      chart: { from: 'folder', path: '/chart' },
      needs: [],
      values: [{ origin: 'platform.yaml', values: { replicas: 2, database: { password: planted.inValues } } }],
    },
  ],
  drills: {},
  parts: [],
  namespaces: {},
  secrets: {},
  file: undefined,
};

function bundle(
  options: { readonly provider?: Partial<SupportBundleOptions['provider']>; readonly view?: ClusterView } = {},
) {
  const variables = { PATH: process.env['PATH'], REGISTRY_TOKEN: planted.inVariables };
  const paths = pathsFrom({ XDG_CACHE_HOME: join(folder, 'cache') }, folder);
  const ports = { processes: systemProcesses(), clock: systemClock, paths, variables };
  const provider: SupportBundleOptions['provider'] = {
    name: 'embedded',
    simulation: 'simulated nodes',
    tools: [],
    inspect: () => {
      const made = { kubernetes: '1.36.3', nodes: 1, at: '2026-11-20T10:00:00Z' };
      return Promise.resolve({ status: 'running', made, nodes: [{ name: 'node-1', ready: true }] });
    },
    logs: () => Promise.resolve([{ name: 'kube-apiserver', file: join(folder, 'kube-apiserver.log') }]),
    ...options.provider,
  };
  const toolchain = createToolchain(ports, { pins: { go: '1.26.0', tools: {} } });
  const given: SupportBundleOptions = {
    environment,
    provider,
    view: options.view ?? new ClusterView(() => Promise.resolve(client), systemClock),
    toolchain,
    network: createNetwork(ports),
    ports,
    stateFolder: join(folder, 'state'),
    folder: join(folder, 'out'),
  };
  return supportBundle(given);
}

/** Unpacks a bundle: path within it to content. */
async function unpack(path: string): Promise<Record<string, string>> {
  const into = await mkdtemp(join(folder, 'unpacked-'));
  await systemProcesses().run('tar', ['-xzf', path, '-C', into]);
  const [root = ''] = await readdir(into);
  const names = await readdir(join(into, root), { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile());
  const texts = files.map(async (entry) => {
    const file = join(entry.parentPath, entry.name);
    return [file.slice(join(into, root).length + 1), await readFile(file, 'utf8')] as const;
  });
  return Object.fromEntries(await Promise.all(texts));
}

describe('a support bundle', () => {
  it('holds everything that helps, and says what it holds', async () => {
    const { path, bytes, entries, missing } = await bundle();

    expect(path).toMatch(/\/out\/platform-support-shop-\d{8}T\d{6}Z\.tar\.gz$/);
    expect(bytes).toBe((await stat(path)).size);
    expect(missing).toEqual([]);
    const files = await unpack(path);
    expect(Object.keys(files).sort()).toEqual(entries);
    expect(entries).toEqual([
      'cluster/events.json',
      'cluster/nodes.json',
      'cluster/pods.json',
      'cluster/releases.json',
      'cluster/state.json',
      'cluster/workloads.json',
      'doctor.json',
      'environment.yaml',
      'logs/kube-apiserver.log',
      'runs/run-2.jsonl',
      'runs/run-3.jsonl',
      'runs/run-4.jsonl',
      'values/web.yaml',
      'versions.json',
    ]);
    expect(files['cluster/pods.json']).toContain('web-1');
    expect(files['cluster/releases.json']).toContain('deployed');
    expect(files['versions.json']).toContain(process.version);
    expect(files['values/web.yaml']).toBe('replicas: 2\ndatabase:\n  password: "***"\n');
    expect(files['logs/kube-apiserver.log']?.split('\n').slice(0, 2)).toEqual(['line 101', 'line 102']);
    expect(files['runs/run-4.jsonl']).toContain('run-4 ended');
  });

  it.each(Object.entries(planted))('keeps the secret %s to itself', async (_, secret) => {
    const files = await unpack((await bundle()).path);
    const telltale = Object.entries(files).filter(([, text]) => text.includes(secret) || text.includes('PRIVATE KEY'));
    expect(telltale.map(([name]) => name)).toEqual([]);
    expect(files['cluster/events.json']).toContain('***');
  });

  it('can be read by this user only, and leaves nothing else behind', async () => {
    const { path } = await bundle();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(folder, 'out'))).toHaveLength(1);
  });

  it('is there without what could not be collected, which it names', async () => {
    const { path, missing, entries } = await bundle({
      provider: { inspect: () => Promise.reject(new Error(`no answer, token=${planted.inVariables}`)) },
      view: new ClusterView(() => Promise.resolve(undefined), systemClock),
    });
    expect(missing).toEqual([
      { part: 'cluster', reason: 'no answer, token=***' },
      ...['nodes', 'releases', 'workloads', 'pods', 'events'].map((part) => {
        return { part, reason: 'the cluster is not running' };
      }),
    ]);
    expect(entries).toContain('errors.txt');
    const files = await unpack(path);
    expect(files['errors.txt']).toContain('cluster: no answer, token=***\nnodes: the cluster is not running\n');
  });
});
