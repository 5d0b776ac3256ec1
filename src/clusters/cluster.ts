import type { ProviderName } from '../environment/environment.js';
import type { CatalogueEntry } from '../releases/catalogue.js';
import type { HostPrograms } from './host-programs.js';
import type { ToolName } from '../toolchain/pins.js';
import type { StepContext } from '../plan/step.js';

/** What a provider finds when it looks for an environment's cluster. */
export type ClusterState =
  | { readonly status: 'absent' }
  /** Half made, as a killed run leaves it: to be removed and made again. */
  | { readonly status: 'incomplete'; readonly reason: string }
  | { readonly status: 'stopped'; readonly reason: string; readonly made: ClusterMade }
  /** There, but not answering: never the same as absent. */
  | {
      readonly status: 'unreachable';
      readonly reason: string;
      readonly fix: readonly string[];
      readonly made: ClusterMade;
    }
  | {
      readonly status: 'running';
      readonly made: ClusterMade;
      /** That they could be listed is the proof that the API server answers. */
      readonly nodes: readonly ClusterNode[];
      /** Why `update` should run: something changed that can change in place. */
      readonly outdated?: string;
    };

/** What a cluster was made with, by its own record. */
export interface ClusterMade {
  /** Full version, such as `1.36.3`. */
  readonly kubernetes: string;
  readonly nodes: number;
  /** ISO 8601. */
  readonly at: string;
  /** Ports on 127.0.0.1 that lead to the ingress; absent where nothing listens there. */
  readonly ports?: ServedPorts;
}

export interface ServedPorts {
  readonly http: number;
  readonly https: number;
}

/** Nodes that are containers of this machine's engine, which makes them open to us from outside the cluster. */
export interface NodeMachines {
  /** Name of the engine's network they are on. */
  readonly network: string;
  names(signal?: AbortSignal): Promise<readonly string[]>;
  /** Runs a program in a node to its end and answers its output; a non-zero exit status is an error. */
  run(
    node: string,
    command: readonly string[],
    options?: { readonly stdin?: string; readonly signal?: AbortSignal },
  ): Promise<string>;
}

export interface ClusterNode {
  readonly name: string;
  readonly ready: boolean;
}

/** Something a provider cannot change in place. */
export interface Difference {
  readonly what: string;
  readonly is: string;
  readonly wanted: string;
}

/** What makes and removes the cluster of one environment: kind, minikube, embedded, EKS. */
export interface ClusterProvider {
  readonly name: ProviderName;
  /** Where nothing is real but the control plane, said in every output. */
  readonly simulation: string | undefined;
  /** Tools that `create` and `start` run. */
  readonly tools: readonly ToolName[];
  /** The way into its nodes, where they are containers here. */
  readonly machines?: NodeMachines;
  /** Programs of this machine beside it, where pods are only simulated. */
  readonly host?: HostPrograms;
  /** A kubeconfig of its own, whose current context is this cluster; there while the cluster is. */
  readonly kubeconfig: string;
  /** Why this provider cannot make what the environment wants, with what it can make; `undefined` when it can. */
  unsupported(): string | undefined;
  inspect(): Promise<ClusterState>;
  /** How the wanted cluster differs from what was made, where only a new one helps. */
  differences(made: ClusterMade): readonly Difference[];
  create(context: StepContext): Promise<string>;
  start(context: StepContext): Promise<string>;
  /** Brings a running cluster to what the environment wants now, where that is possible in place. */
  update?(context: StepContext): Promise<string>;
  stop(context: StepContext): Promise<string>;
  /** Removes the cluster and all it left on this machine, half made ones included; returns what was removed. */
  delete(context: StepContext): Promise<readonly string[]>;
  /** What of it is still on this machine; empty is the proof that it is gone. */
  remains(): Promise<readonly string[]>;
  /** The log of a component or of the cluster's making, for people who look for a reason. */
  logs(): Promise<readonly { readonly name: string; readonly file: string }[]>;
}

/** Why a release is not installed on a provider, if so. */
export function exceptionOf(
  entry: CatalogueEntry | undefined,
  provider: ProviderName,
): { readonly run: 'host' | 'never'; readonly reason: string } | undefined {
  return entry?.providers[provider];
}
