import { systemClock } from '../../../src/clock.js';
import type { ClusterProvider } from '../../../src/clusters/cluster.js';
import { embeddedProvider } from '../../../src/clusters/embedded.js';
import { connect, type ClusterClient } from '../../../src/kubernetes/client.js';
import { contextName } from '../../../src/kubernetes/kubeconfig.js';
import type { StepContext } from '../../../src/plan/step.js';
import { poll } from '../../../src/poll.js';
import { systemProcesses } from '../../../src/process.js';
import { createToolchain, type Toolchain } from '../../../src/toolchain/toolchain.js';
import { createSandbox, type Sandbox } from '../sandbox.js';

/** A control plane of its own for one test file, made by the provider itself. */
export interface ControlPlane {
  readonly environment: string;
  readonly sandbox: Sandbox;
  readonly provider: ClusterProvider;
  readonly toolchain: Toolchain;
  client(): Promise<ClusterClient>;
  /** Closes what is open, deletes the cluster and proves that nothing is left. */
  dispose(): Promise<void>;
}

/** Not made yet: that is what `provider.create` is for. */
export async function controlPlane(environment: string, workers = 1): Promise<ControlPlane> {
  const sandbox = await createSandbox();
  const ports = {
    processes: systemProcesses(),
    clock: systemClock,
    paths: sandbox.paths,
    variables: sandbox.variables,
  };
  const toolchain = createToolchain(ports);
  const local = {
    provider: 'embedded',
    kubernetes: '',
    workers,
    ports: { http: 80, https: 443 },
    registry: { port: 5001 },
    cni: 'default',
    mirrors: [],
  } as const;
  const provider = embeddedProvider({ name: environment, local }, ports, toolchain);
  const clients: ClusterClient[] = [];
  return {
    environment,
    sandbox,
    provider,
    toolchain,
    async client() {
      const client = await connect(provider.kubeconfig, contextName(environment));
      clients.push(client);
      return client;
    },
    async dispose() {
      for (const client of clients) client.close();
      await sandbox.dispose();
    },
  };
}

/** What a step is given; nothing aborts it. */
export function stepContext(signal = new AbortController().signal): StepContext & { readonly messages: string[] } {
  const messages: string[] = [];
  return { signal, messages, progress: ({ message }) => messages.push(message) };
}

/** Asks until there is an answer, for two minutes. */
export function eventually<T>(ask: () => Promise<T | undefined>, withinMs = 120_000): Promise<T> {
  return poll(AbortSignal.timeout(withinMs), systemClock, 100, ask);
}
