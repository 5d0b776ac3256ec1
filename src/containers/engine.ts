import type { ProcessResult } from '../process.js';

/** The programs that can be a container engine here; both have the same command line. */
export type EngineName = 'docker' | 'podman';

/** A container, running or not. */
export interface Container {
  readonly name: string;
  readonly id: string;
  /** As it was asked for: `registry:3`. */
  readonly image: string;
  readonly status: 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';
  /** Of the last run, where it has ended. */
  readonly exitCode?: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: readonly PortBinding[];
  readonly networks: readonly {
    readonly name: string;
    readonly address: string;
    readonly aliases: readonly string[];
  }[];
  /** Names of volumes, without folders of this machine. */
  readonly volumes: readonly string[];
}

export interface PortBinding {
  /** `127.0.0.1`. */
  readonly host: string;
  readonly hostPort: number;
  readonly containerPort: number;
}

/** What a container is made from; it is started at once, and again with the engine. */
export interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: readonly PortBinding[];
  readonly network: string;
  readonly env: Readonly<Record<string, string>>;
  /** Name of a volume for each absolute folder in the container; made where it is not there yet, with the labels. */
  readonly volumes: Readonly<Record<string, string>>;
}

export interface ContainerNetwork {
  readonly name: string;
  /** In CIDR notation, IPv4 first. */
  readonly subnets: readonly string[];
  /** Names of the containers on it. */
  readonly containers: readonly string[];
}

/** An image in the engine's own store. */
export interface StoredImage {
  readonly id: string;
  /** `localhost:5001/auth@sha256:…`, for each registry it came from or went to. */
  readonly digests: readonly string[];
  readonly bytes: number;
}

export interface BuildSpec {
  /** Absolute folder. */
  readonly context: string;
  /** Absolute file. */
  readonly dockerfile: string;
  readonly tag: string;
  readonly target?: string;
  readonly args: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** Such as `linux/arm64`; the engine's own without it. */
  readonly platform?: string;
}

export interface EngineCall {
  readonly signal?: AbortSignal | undefined;
  /** Each line of output as it comes. */
  readonly onLine?: (line: string) => void;
}

/**
 * A container engine on this machine, through its command line.
 * Every call throws a PlatformError in the engine's own words: `prerequisite` when the engine does not answer,
 * `conflict` for a taken port or name, `tool` otherwise.
 */
export interface ContainerEngine {
  readonly name: EngineName;
  /** `undefined` when there is none of that name. */
  container(name: string, call?: EngineCall): Promise<Container | undefined>;
  /** All that carry a label (`key` or `key=value`), stopped ones included, by name. */
  containers(label: string, call?: EngineCall): Promise<readonly Container[]>;
  run(spec: ContainerSpec, call?: EngineCall): Promise<void>;
  start(name: string, call?: EngineCall): Promise<void>;
  stop(name: string, call?: EngineCall): Promise<void>;
  /** With its anonymous volumes, running or not; absent is fine. */
  remove(name: string, call?: EngineCall): Promise<void>;
  /** Runs a program inside a running container to its end; a non-zero exit status is an error. */
  execute(
    name: string,
    command: readonly string[],
    options?: EngineCall & { readonly stdin?: string },
  ): Promise<ProcessResult>;
  network(name: string, call?: EngineCall): Promise<ContainerNetwork | undefined>;
  connect(network: string, container: string, aliases: readonly string[], call?: EngineCall): Promise<void>;
  disconnect(network: string, container: string, call?: EngineCall): Promise<void>;
  removeNetwork(name: string, call?: EngineCall): Promise<void>;
  volumes(label: string, call?: EngineCall): Promise<readonly string[]>;
  removeVolume(name: string, call?: EngineCall): Promise<void>;
  image(reference: string, call?: EngineCall): Promise<StoredImage | undefined>;
  pull(reference: string, options?: EngineCall & { readonly platform?: string }): Promise<void>;
  tag(from: string, to: string, call?: EngineCall): Promise<void>;
  /** Answers the digest that the registry gave it: `sha256:…`. */
  push(reference: string, call?: EngineCall): Promise<string>;
  removeImage(reference: string, call?: EngineCall): Promise<void>;
  build(spec: BuildSpec, call?: EngineCall): Promise<void>;
}

/** The engine of this machine, found when it is first needed; rejects with `prerequisite` where there is none. */
export type Engine = () => Promise<ContainerEngine>;
