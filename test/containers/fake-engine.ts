import { createHash } from 'node:crypto';
import type {
  Container,
  ContainerEngine,
  ContainerNetwork,
  ContainerSpec,
  Engine,
  EngineName,
  StoredImage,
} from '../../src/containers/engine.js';
import { PlatformError } from '../../src/errors.js';

/** What a program in a container answers: its output, or an error that is thrown. */
export type FakeAnswer = string | Error;

export interface FakeProgram {
  readonly container: string;
  readonly command: readonly string[];
  readonly stdin: string | undefined;
}

export interface FakeEngine extends ContainerEngine {
  /** For who needs a function that finds the engine. */
  readonly engine: Engine;
  /** Each call as a line, in order: `start web`, `execute web: cat /etc/hosts`, `connect kind web as a,b`. */
  readonly calls: string[];
  /** The programs that were run in containers, with what they read. */
  readonly programs: FakeProgram[];
  /** What the engine holds, by name; tests may put things in and take them out. */
  readonly held: {
    readonly containers: Map<string, Container>;
    readonly networks: Map<string, readonly string[]>;
    readonly volumes: Map<string, Readonly<Record<string, string>>>;
    readonly images: Map<string, StoredImage>;
    /** What can be pulled; everything while it is undefined. */
    pullable: Set<string> | undefined;
  };
  /** Lets calls whose line matches fail, the first `times` of them or all. */
  fail(call: RegExp, error: Error, times?: number): void;
  /** The engine does not answer any more, in Docker's words; `undefined` makes it answer again. */
  silence(reason?: string): void;
  /** What a program in a container answers; empty output where nobody says. */
  answer(program: (asked: FakeProgram) => FakeAnswer | undefined): void;
}

/** A container as tests need it: running, without anything but a name, where they do not say more. */
export function fakeContainer(name: string, more: Partial<Container> = {}): Container {
  return {
    name,
    id: `id-of-${name}`,
    image: 'example:1',
    status: 'running',
    labels: {},
    ports: [],
    networks: [],
    volumes: [],
    ...more,
  };
}

/** An image as it lies in the store, its id and digest made from its name. */
export function fakeImage(reference: string): StoredImage {
  return { id: `sha256:${hexOf(reference)}`, digests: [`${repositoryOf(reference)}@${digestOf(reference)}`], bytes: 1 };
}

/** A container engine in memory that behaves as Docker does: conflicts, missing things, volumes that stay. */
export function fakeEngine(
  containers: readonly Container[] = [],
  options: { readonly name?: EngineName; readonly networks?: Readonly<Record<string, readonly string[]>> } = {},
): FakeEngine {
  const { name = 'docker', networks = { bridge: ['172.17.0.0/16'] } } = options;
  const calls: string[] = [];
  const programs: FakeProgram[] = [];
  const failures: { call: RegExp; error: Error; times: number }[] = [];
  const answers: ((asked: FakeProgram) => FakeAnswer | undefined)[] = [];
  let silent: string | undefined;
  const held: FakeEngine['held'] = {
    containers: new Map(containers.map((container) => [container.name, container])),
    networks: new Map(Object.entries(networks)),
    volumes: new Map(),
    images: new Map(),
    pullable: undefined,
  };

  /** Records the call, and does it unless it is to fail. */
  async function call<T>(line: string, work: () => T | Promise<T>, signal?: AbortSignal): Promise<T> {
    calls.push(line);
    signal?.throwIfAborted();
    if (silent !== undefined) throw new PlatformError('prerequisite', `${name} does not answer`, { output: silent });
    const failure = failures.find((one) => one.times > 0 && one.call.test(line));
    if (failure) {
      failure.times -= 1;
      throw failure.error;
    }
    return work();
  }

  function known(container: string): Container {
    const found = held.containers.get(container);
    if (!found) throw new PlatformError('tool', `${name} failed: No such container: ${container}`);
    return found;
  }

  function change(container: string, changes: Partial<Container>): void {
    held.containers.set(container, { ...known(container), ...changes });
  }

  function knownNetwork(network: string): readonly string[] {
    const subnets = held.networks.get(network);
    if (!subnets) throw new PlatformError('tool', `${name} failed: network ${network} not found`);
    return subnets;
  }

  function runningOn(network: string): string[] {
    return [...held.containers.values()]
      .filter((one) => one.status === 'running' && one.networks.some((on) => on.name === network))
      .map((one) => one.name);
  }

  function refuseTakenPorts({ name: own, ports }: Pick<Container, 'name' | 'ports'>): void {
    for (const other of held.containers.values()) {
      if (other.name === own || other.status !== 'running') continue;
      const taken = ports.find(({ hostPort }) => other.ports.some((port) => port.hostPort === hostPort));
      if (taken) {
        const where = `${taken.host}:${String(taken.hostPort)}`;
        throw new PlatformError('conflict', `Bind for ${where} failed: port is already allocated`);
      }
    }
  }

  function run(spec: ContainerSpec): void {
    if (held.containers.has(spec.name)) {
      throw new PlatformError('conflict', `the container name ${spec.name} is already in use`);
    }
    knownNetwork(spec.network);
    refuseTakenPorts(spec);
    for (const volume of Object.values(spec.volumes)) {
      if (!held.volumes.has(volume)) held.volumes.set(volume, spec.labels);
    }
    const { labels, ports, image } = spec;
    const networks = [{ name: spec.network, address: '172.17.0.2', aliases: [] }];
    const volumes = Object.values(spec.volumes);
    held.containers.set(spec.name, fakeContainer(spec.name, { labels, ports, image, networks, volumes }));
  }

  const fake: FakeEngine = {
    name,
    engine: () => Promise.resolve(fake),
    calls,
    programs,
    held,
    fail(pattern, error, times = Number.POSITIVE_INFINITY) {
      failures.push({ call: pattern, error, times });
    },
    silence(reason) {
      silent = reason;
    },
    answer(program) {
      answers.push(program);
    },

    container: (container, { signal } = {}) =>
      call(`container ${container}`, () => held.containers.get(container), signal),
    containers: (label, { signal } = {}) =>
      call(
        `containers ${label}`,
        () =>
          [...held.containers.values()]
            .filter(({ labels }) => hasLabel(labels, label))
            .sort((a, b) => a.name.localeCompare(b.name)),
        signal,
      ),
    run: (spec, { signal } = {}) =>
      call(
        `run ${spec.name}`,
        () => {
          run(spec);
        },
        signal,
      ),
    start: (container, { signal } = {}) =>
      call(
        `start ${container}`,
        () => {
          refuseTakenPorts(known(container));
          change(container, { status: 'running' });
        },
        signal,
      ),
    stop: (container, { signal } = {}) =>
      call(
        `stop ${container}`,
        () => {
          change(container, { status: 'exited', exitCode: 137 });
        },
        signal,
      ),
    remove: (container, { signal } = {}) =>
      call(`remove ${container}`, () => void held.containers.delete(container), signal),
    execute: (container, command, { signal, stdin } = {}) =>
      call(
        `execute ${container}: ${command.join(' ')}`,
        () => {
          const asked: FakeProgram = { container, command, stdin };
          programs.push(asked);
          if (known(container).status !== 'running') {
            throw new PlatformError('tool', `${name} failed: container ${container} is not running`);
          }
          const answer = answers.map((one) => one(asked)).find((one) => one !== undefined) ?? '';
          if (answer instanceof Error) throw answer;
          return { stdout: answer, stderr: '', exitCode: 0 };
        },
        signal,
      ),
    network: (network, { signal } = {}) =>
      call(
        `network ${network}`,
        (): ContainerNetwork | undefined => {
          const subnets = held.networks.get(network);
          return subnets && { name: network, subnets, containers: runningOn(network) };
        },
        signal,
      ),
    connect: (network, container, aliases, { signal } = {}) =>
      call(
        `connect ${network} ${container}${aliases.length > 0 ? ` as ${aliases.join(',')}` : ''}`,
        () => {
          knownNetwork(network);
          const { networks: on } = known(container);
          if (on.some((one) => one.name === network)) {
            throw new PlatformError('conflict', `${container} is already on the network ${network}`);
          }
          change(container, { networks: [...on, { name: network, address: '172.18.0.9', aliases }] });
        },
        signal,
      ),
    disconnect: (network, container, { signal } = {}) =>
      call(
        `disconnect ${network} ${container}`,
        () => {
          change(container, { networks: known(container).networks.filter((one) => one.name !== network) });
        },
        signal,
      ),
    removeNetwork: (network, { signal } = {}) =>
      call(
        `removeNetwork ${network}`,
        () => {
          const [user] = runningOn(network);
          if (user !== undefined) throw new PlatformError('conflict', `network ${network} has active endpoints`);
          held.networks.delete(network);
        },
        signal,
      ),
    volumes: (label, { signal } = {}) =>
      call(
        `volumes ${label}`,
        () => [...held.volumes].filter(([, labels]) => hasLabel(labels, label)).map(([volume]) => volume),
        signal,
      ),
    removeVolume: (volume, { signal } = {}) =>
      call(
        `removeVolume ${volume}`,
        () => {
          const user = [...held.containers.values()].find(({ volumes }) => volumes.includes(volume));
          if (user) throw new PlatformError('conflict', `volume ${volume} is in use by ${user.name}`);
          held.volumes.delete(volume);
        },
        signal,
      ),
    image: (reference, { signal } = {}) => call(`image ${reference}`, () => held.images.get(reference), signal),
    pull: (reference, { signal, platform } = {}) =>
      call(
        `pull ${reference}${platform === undefined ? '' : ` for ${platform}`}`,
        () => {
          if (held.pullable && !held.pullable.has(reference)) {
            throw new PlatformError('tool', `${name} failed: manifest for ${reference} not found`);
          }
          held.images.set(reference, fakeImage(reference));
        },
        signal,
      ),
    tag: (from, to, { signal } = {}) =>
      call(
        `tag ${from} ${to}`,
        () => {
          held.images.set(to, knownImage(from));
        },
        signal,
      ),
    push: (reference, { signal } = {}) =>
      call(
        `push ${reference}`,
        () => {
          const image = knownImage(reference);
          const digest = digestOf(image.id);
          const digests = [...new Set([...image.digests, `${repositoryOf(reference)}@${digest}`])];
          held.images.set(reference, { ...image, digests });
          return digest;
        },
        signal,
      ),
    removeImage: (reference, { signal } = {}) =>
      call(`removeImage ${reference}`, () => void held.images.delete(reference), signal),
    build: (spec, { signal } = {}) =>
      call(
        `build ${spec.tag}`,
        () => {
          held.images.set(spec.tag, { ...fakeImage(`${spec.tag} from ${spec.context}`), digests: [] });
        },
        signal,
      ),
  };
  return fake;

  function knownImage(reference: string): StoredImage {
    const image = held.images.get(reference);
    if (!image) throw new PlatformError('tool', `${name} failed: No such image: ${reference}`);
    return image;
  }
}

function hasLabel(labels: Readonly<Record<string, string>>, label: string): boolean {
  const [key = '', value] = label.split(/=(.*)/s);
  return value === undefined ? key in labels : labels[key] === value;
}

// `localhost:5001/auth:1` without its tag; the port of a registry is not one.
function repositoryOf(reference: string): string {
  return reference.replace(/@.*$/, '').replace(/:[^:/]+$/, '');
}

function digestOf(text: string): string {
  return `sha256:${hexOf(text)}`;
}

function hexOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
