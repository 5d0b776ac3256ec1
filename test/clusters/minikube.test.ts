import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.js';
import { minikubeProvider } from '../../src/clusters/minikube.js';
import type { LocalSettings } from '../../src/environment/environment.js';
import { defaultLocalSettings } from '../../src/environment/settings.js';
import { PlatformError } from '../../src/errors.js';
import { kubeconfigText, readAccess } from '../../src/kubernetes/kubeconfig.js';
import { pathsFrom } from '../../src/paths.js';
import { toolFailure, type Processes, type RunOptions } from '../../src/process.js';
import type { ToolName } from '../../src/toolchain/pins.js';
import { fakeContainer, fakeEngine, type FakeEngine } from '../containers/fake-engine.js';
import { apiServer, send, type ApiServer } from '../kubernetes/api-server.js';
import { context } from '../releases/cluster.js';
import { output } from './minikube/recorded.js';

const profile = 'platform-dev';
const labels = { 'name.minikube.sigs.k8s.io': profile };

let home: string;
let api: ApiServer;
let engine: FakeEngine;
let isInstalled: boolean;
/** Commands that were given to minikube. */
let commands: { readonly args: readonly string[]; readonly env: RunOptions['env'] }[];
/** What `profile list` prints, where that is not what the engine holds. */
let listed: string | undefined;
/** What minikube prints for `start`, and whether that is a failure. */
let starting: { output: string; exitCode: number };

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'platform-minikube-'));
  api = await apiServer();
  api.objects.set('/api/v1/nodes/platform-dev', { metadata: { name: profile } });
  api.answer = (response, { path }) => path === '/version' && send(response, 200, { gitVersion: 'v1.36.4' });
  engine = fakeEngine();
  isInstalled = true;
  commands = [];
  listed = undefined;
  starting = { output: output('start.jsonl'), exitCode: 0 };
});
afterEach(async () => {
  await api.close();
  await rm(home, { recursive: true, force: true });
});

/** A minikube whose profile is a container, a volume and a network of the fake engine. */
const processes: Processes = {
  async run(command, args, options = {}) {
    commands.push({ args, env: options.env });
    const answer = { stdout: '', stderr: '', exitCode: 0 };
    switch (args[0]) {
      case 'start':
        answer.stdout = starting.output;
        answer.exitCode = starting.exitCode;
        engine.held.containers.set(profile, fakeContainer(profile, { labels, volumes: [profile] }));
        engine.held.volumes.set(profile, labels);
        engine.held.networks.set(profile, ['192.168.49.0/24']);
        if (answer.exitCode === 0) {
          const text = kubeconfigText(profile, await readAccess(api.kubeconfig));
          await writeFile(options.env?.['KUBECONFIG'] ?? '', text);
        }
        break;
      case 'stop':
        answer.stdout = output('stop.jsonl');
        engine.held.containers.set(profile, fakeContainer(profile, { labels, status: 'exited' }));
        break;
      case 'delete':
        engine.held.containers.delete(profile);
        engine.held.volumes.delete(profile);
        engine.held.networks.delete(profile);
        break;
      case 'profile':
        answer.stdout =
          listed ?? output(engine.held.containers.has(profile) ? 'profile-list.json' : 'profile-list-none.json');
        break;
      case 'logs':
        await writeFile(args.find((arg) => arg.startsWith('--file='))?.slice('--file='.length) ?? '', 'journal\n');
        break;
    }
    for (const line of answer.stdout.split('\n')) options.onLine?.(line, 'stdout');
    if (answer.exitCode !== 0) throw toolFailure(command, args, answer);
    return answer;
  },
};

const toolchain = {
  find: (name: ToolName) =>
    Promise.resolve(
      isInstalled ? { name, version: '1.39.0', path: '/usr/bin/minikube', source: 'path' as const } : undefined,
    ),
};
const ports = { http: { number: 47080, isFixed: false }, https: { number: 47443, isFixed: false } };
const paths = () => pathsFrom({ XDG_STATE_HOME: home }, home);
const provider = (local: Partial<LocalSettings> = {}) =>
  minikubeProvider(
    { name: 'dev', local: { ...defaultLocalSettings, ports, ...local } },
    { processes, clock: systemClock, paths: paths() },
    toolchain,
    engine.engine,
  );
const ran = () => commands.map(({ args }) => args[0]);

describe('a cluster by minikube', () => {
  it('is made, and then runs', async () => {
    expect(await provider().inspect()).toEqual({ status: 'absent' });
    const asked = context();
    expect(await provider().create(asked)).toBe('Kubernetes 1.36.4, 1 node, ports 47080 and 47443 of 127.0.0.1');
    expect(asked.messages).toContain('creating docker container (CPUs=no-limit, Memory=no-limit)');
    expect(await provider().inspect()).toMatchObject({
      status: 'running',
      made: { kubernetes: '1.36.4', nodes: 1, ports: { http: 47080, https: 47443 } },
      nodes: [{ name: profile, ready: false }],
    });
  });

  it("is reached by a kubeconfig of its own, and not by the user's", async () => {
    await provider().create(context());
    const { kubeconfig } = provider();
    expect(await readFile(kubeconfig, 'utf8')).toContain('"current-context": "platform-dev"');
    const given = new Set(commands.map(({ env }) => env?.['KUBECONFIG']));
    expect([...given]).toEqual([join(paths().state, 'dev/minikube/kubeconfig')]);
  });

  it('is never called absent because the engine is silent', async () => {
    await provider().create(context());
    engine.silence('Cannot connect to the Docker daemon');
    expect(await provider().inspect()).toMatchObject({ status: 'unreachable', reason: 'docker does not answer' });
  });

  it('is unreachable while its container runs and its API server does not answer', async () => {
    await provider().create(context());
    await api.close();
    expect(await provider().inspect()).toMatchObject({
      status: 'unreachable',
      reason: expect.stringMatching(/^its container runs, but the API server does not answer/) as string,
    });
    api = await apiServer();
  });

  it('is stopped with its data, and started by minikube, which tells the new address', async () => {
    await provider().create(context());
    await provider().stop(context());
    expect(commands.at(-1)?.args).toEqual(['stop', `--profile=${profile}`, '--output=json', '--keep-context-active']);
    expect(await provider().inspect()).toMatchObject({ status: 'stopped', reason: 'platform-dev is exited' });
    await rm(provider().kubeconfig);
    expect(await provider().start(context())).toBe('1 node');
    expect(commands.at(-1)?.args).not.toContain('--driver=docker');
    expect(await provider().inspect()).toMatchObject({ status: 'running' });
  });

  it('is half made after a failure, which keeps the log, and is made anew the next time', async () => {
    starting = { output: output('start-apiserver-never-up.jsonl'), exitCode: 80 };
    const log = join(paths().state, 'dev/minikube.log');
    await expect(provider().create(context())).rejects.toMatchObject({
      code: 'tool',
      suggestions: expect.arrayContaining([`the log of the node is kept in ${log}`]) as string[],
    });
    expect(await provider().inspect()).toEqual({ status: 'incomplete', reason: 'its making was cut short' });
    expect(await provider().logs()).toEqual([{ name: 'minikube', file: log }]);
    starting = { output: output('start.jsonl'), exitCode: 0 };
    commands = [];
    await provider().create(context());
    expect(ran()).toEqual(['profile', 'delete', 'start']);
    expect(existsSync(log)).toBe(false);
  });

  it('is made anew when somebody removed its container', async () => {
    await provider().create(context());
    engine.held.containers.clear();
    expect(await provider().inspect()).toEqual({ status: 'incomplete', reason: 'the container of its node is gone' });
  });

  it('does not take over a profile that is left without a container', async () => {
    listed = output('profile-list.json');
    await provider().create(context());
    expect(ran()).toEqual(['profile', 'delete', 'start']);
  });

  it('goes with all it left', async () => {
    await provider().create(context());
    const folder = join(paths().state, 'dev/minikube');
    const all = [
      `container ${profile}`,
      `volume ${profile}`,
      `network ${profile}`,
      `minikube profile ${profile}`,
      `folder ${folder}`,
    ];
    expect(await provider().remains()).toEqual(all);
    expect(await provider().delete(context())).toEqual(all);
    expect(await provider().remains()).toEqual([]);
    expect(existsSync(provider().kubeconfig)).toBe(false);
    expect(await provider().inspect()).toEqual({ status: 'absent' });
  });

  it('goes also where minikube is not there any more, and takes the registry off its network', async () => {
    await provider().create(context());
    isInstalled = false;
    const registry = { networks: [{ name: profile, address: '192.168.49.3', aliases: [] }] };
    engine.held.containers.set('registry', fakeContainer('registry', registry));
    await provider().delete(context());
    expect(await provider().remains()).toEqual([]);
    expect(engine.held.networks.has(profile)).toBe(false);
    expect(engine.held.containers.get('registry')?.networks).toEqual([]);
  });

  it('asks nothing of a machine that never had one', async () => {
    await provider().delete(context());
    expect(ran()).toEqual(['profile']);
  });

  it('cannot be made without minikube', async () => {
    isInstalled = false;
    await expect(provider().create(context())).rejects.toMatchObject({
      code: 'prerequisite',
      message: 'minikube is not installed',
    });
  });

  it('lets programs be run in its node', async () => {
    await provider().create(context());
    const { machines } = provider();
    expect(machines?.network).toBe(profile);
    expect(await machines?.names()).toEqual([profile]);
    engine.answer(({ command }) => (command[0] === 'hostname' ? 'platform-dev\n' : undefined));
    expect(await machines?.run(profile, ['hostname'])).toBe('platform-dev\n');
  });

  it('tells what only a new cluster could change', async () => {
    await provider().create(context());
    const state = await provider().inspect();
    if (state.status !== 'running') throw new PlatformError('unexpected', state.status);
    const fixed = { number: 80, isFixed: true };
    expect(provider().differences(state.made)).toEqual([]);
    const other = provider({
      kubernetes: '1.35',
      cni: 'default',
      size: { memory: '8g' },
      ports: { ...ports, http: fixed },
    });
    expect(other.differences(state.made)).toEqual([
      { what: 'Kubernetes', is: '1.36', wanted: '1.35' },
      { what: 'the pod network', is: "not minikube's own", wanted: "minikube's own" },
      { what: 'the memory', is: 'no limit', wanted: '8g' },
      { what: 'the http port', is: '47080', wanted: '80' },
    ]);
  });
});
