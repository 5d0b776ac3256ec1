import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { kindProvider } from '../../../src/clusters/kind.js';
import { parse } from 'yaml';
import { systemClock } from '../../../src/clock.js';
import type { LocalSettings } from '../../../src/environment/environment.js';
import { defaultLocalSettings } from '../../../src/environment/settings.js';
import { asset, pathsFrom } from '../../../src/paths.js';
import type { Progress } from '../../../src/plan/events.js';
import { toolFailure, type Processes } from '../../../src/process.js';
import type { Toolchain } from '../../../src/toolchain/toolchain.js';
import { fakeContainer, fakeEngine, fakeImage } from '../../containers/fake-engine.js';
import { answering, type RecordedCall } from '../../containers/recorded.js';
import { apiServer } from '../../kubernetes/api-server.js';

export const image = 'kindest/node:v1.36.3';

/** What kind 0.33.0 really said. */
export function saidByKind(name: string): Promise<string> {
  return readFile(join(asset('test/fixtures/kind/0.33.0'), name), 'utf8');
}

/** Port numbers nobody has, so that no test depends on what runs here. */
const freePorts = { http: { number: 48_080, isFixed: false }, https: { number: 48_443, isFixed: false } };

/** With `undefined` for the node image the pinned one is wanted. */
export type Settings = Partial<Omit<LocalSettings, 'nodeImage'>> & { readonly nodeImage?: string | undefined };

export function localSettings({ nodeImage, ...more }: Settings = { nodeImage: image }): LocalSettings {
  return { ...defaultLocalSettings, ports: freePorts, ...more, ...(nodeImage !== undefined && { nodeImage }) };
}

/** A container as kind makes it for a node. */
export function nodeContainer(name: string, more: Parameters<typeof fakeContainer>[1] = {}) {
  const role = name.includes('control-plane') ? 'control-plane' : 'worker';
  return fakeContainer(`platform-shop-${name}`, {
    image,
    labels: { 'io.x-k8s.kind.cluster': 'platform-shop', 'io.x-k8s.kind.role': role },
    networks: [{ name: 'kind', address: '172.18.0.2', aliases: [] }],
    ...more,
  });
}

interface Given {
  readonly local?: Settings;
  /** What kind says instead of making a cluster, and what its nodes left in the logs. */
  readonly failure?: { readonly output: string; readonly logs?: Readonly<Record<string, string>> };
  readonly isKindInstalled?: boolean;
  readonly cgroup?: string;
  /** What `docker ps` says about the network, stopped containers included. */
  readonly onNetwork?: string;
}

/** A machine with a container engine and kind, both in memory, and an API server that answers. */
export async function kindWorld(given: Given = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'platform-kind-'));
  const api = await apiServer();
  api.objects.set('/version', { gitVersion: 'v1.36.3' });
  const engine = fakeEngine([], { networks: { bridge: [], kind: ['172.18.0.0/16', 'fc00:f853:ccd:e793::/64'] } });
  engine.held.images.set(image, fakeImage(image));
  const info = JSON.stringify({ ServerVersion: '20.10.24', CgroupVersion: given.cgroup ?? '2' });
  const configurations: unknown[] = [];
  const { processes: told, calls } = answering({
    'docker info': { stdout: info },
    'docker ps': { stdout: given.onNetwork ?? '' },
    '/tools/kind create': async (call) => create(call),
    '/tools/kind delete': () => {
      for (const { name } of [...engine.held.containers.values()].filter(isNode)) engine.held.containers.delete(name);
      return saidByKind('delete.txt').then((stderr) => ({ stderr }));
    },
    '/tools/kind export': async ({ argv }) => {
      for (const [path, text] of Object.entries(given.failure?.logs ?? {})) {
        const file = join(argv[3] ?? '', path);
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, text);
      }
      return {};
    },
  });

  async function create({ argv, options }: RecordedCall) {
    const configuration = parse(options.stdin ?? '') as {
      nodes: { role: string; extraPortMappings?: { hostPort: number; containerPort: number }[] }[];
    };
    configurations.push(configuration);
    const workers = configuration.nodes.filter(({ role }) => role === 'worker').length;
    const ports = (configuration.nodes[0]?.extraPortMappings ?? []).map(({ hostPort, containerPort }) => ({
      host: '127.0.0.1',
      hostPort,
      containerPort,
    }));
    const names = [
      'control-plane',
      ...Array.from({ length: workers }, (_, index) => `worker${index ? String(index + 1) : ''}`),
    ];
    for (const name of names) {
      const container = nodeContainer(name, name === 'control-plane' ? { ports } : {});
      engine.held.containers.set(container.name, container);
      const node = { metadata: { name: container.name }, status: { conditions: [{ type: 'Ready', status: 'False' }] } };
      api.objects.set(`/api/v1/nodes/${container.name}`, node);
    }
    if (given.failure) return { stderr: given.failure.output, exitCode: 1 };
    await copyFile(api.kubeconfig, argv[argv.indexOf('--kubeconfig') + 1] ?? '');
    return { stderr: await saidByKind('create.txt') };
  }

  const processes: Processes = {
    async run(command, args, options = {}) {
      const result = await told.run(command, args, options);
      if (result.exitCode !== 0 && options.allowFailure !== true) throw toolFailure(command, args, result);
      return result;
    },
  };
  const find = () => Promise.resolve(given.isKindInstalled === false ? undefined : { path: '/tools/kind' });
  const paths = pathsFrom({ XDG_STATE_HOME: folder }, folder);
  const provider = (local: Settings = {}) =>
    kindProvider(
      { name: 'shop', local: localSettings({ nodeImage: image, ...given.local, ...local }) },
      { processes, clock: systemClock, paths },
      { find } as unknown as Toolchain,
      engine.engine,
    );
  const progress: Progress[] = [];
  const context = {
    signal: AbortSignal.timeout(20_000),
    progress: (one: Progress) => {
      progress.push(one);
    },
  };
  return {
    folder,
    state: join(folder, 'platform', 'shop'),
    api,
    engine,
    calls,
    /** What kind was given to make. */
    configurations,
    progress,
    context,
    /** The provider of the same environment, with other settings where a test says so. */
    provider,
    kindCalls: () => calls.filter(({ argv }) => argv[0] === '/tools/kind').map(({ argv }) => argv.slice(1).join(' ')),
    async end() {
      await api.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export type KindWorld = Awaited<ReturnType<typeof kindWorld>>;

function isNode({ labels }: { readonly labels: Readonly<Record<string, string>> }): boolean {
  return labels['io.x-k8s.kind.cluster'] === 'platform-shop';
}
