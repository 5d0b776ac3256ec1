import { systemClock } from '../../../src/clock.js';
import type { ClusterProvider } from '../../../src/clusters/cluster.js';
import { embeddedProvider } from '../../../src/clusters/embedded.js';
import { processesFrom, type HostProcess } from '../../../src/clusters/embedded/host-processes.js';
import { connect, type ClusterClient, type ConnectOptions } from '../../../src/kubernetes/client.js';
import { contextName } from '../../../src/kubernetes/kubeconfig.js';
import { environmentState } from '../../../src/paths.js';
import type { StepContext } from '../../../src/plan/step.js';
import { poll } from '../../../src/poll.js';
import { systemProcesses } from '../../../src/process.js';
import { createToolchain, type Toolchain } from '../../../src/toolchain/toolchain.js';
import { withoutFile } from '../../../src/usecases/environment-of-record.js';
import { join } from 'node:path';
import { createSandbox, type Sandbox } from '../sandbox.js';

/** A control plane of its own for one test file, made by the provider itself. */
export interface ControlPlane {
  readonly environment: string;
  readonly sandbox: Sandbox;
  /** With one worker. */
  readonly provider: ClusterProvider;
  providerWith(workers: number): ClusterProvider;
  readonly toolchain: Toolchain;
  /** Where kwokctl keeps it. */
  readonly folder: string;
  /** Its processes that run now. */
  running(): Promise<readonly HostProcess[]>;
  /** The process of a component, such as `kube-apiserver`; throws when there is none. */
  pidOf(component: string): Promise<number>;
  /** Ends a component as a crash would. */
  kill(component: string): Promise<void>;
  client(options?: ConnectOptions): Promise<ClusterClient>;
  /** Closes what is open, deletes the cluster and proves that nothing is left. */
  dispose(): Promise<void>;
}

/** Not made yet: that is what `provider.create` is for. */
export async function controlPlane(environment: string): Promise<ControlPlane> {
  const sandbox = await createSandbox();
  const { paths, variables } = sandbox;
  const ports = { processes: systemProcesses(), clock: systemClock, paths, variables };
  const toolchain = createToolchain(ports);
  const folder = join(environmentState(paths, environment), 'embedded', 'clusters', 'platform');
  const clients: ClusterClient[] = [];
  const providerWith = (workers: number) => {
    const { name, local } = withoutFile(environment);
    return embeddedProvider({ name, local: { ...local, workers } }, ports, toolchain);
  };
  const provider = providerWith(1);
  const running = () => processesFrom(folder, ports.processes);
  const pidOf = async (component: string) => {
    const found = (await running()).find(({ command }) => command.startsWith(join(folder, 'bin', component)));
    if (!found) throw new Error(`${component} does not run`);
    return found.pid;
  };
  return {
    environment,
    sandbox,
    provider,
    providerWith,
    toolchain,
    folder,
    running,
    pidOf,
    async kill(component) {
      const pid = await pidOf(component);
      process.kill(pid, 'SIGKILL');
      await eventually(async () => ((await running()).every((found) => found.pid !== pid) ? true : undefined));
    },
    async client(options) {
      const client = await connect(provider.kubeconfig, contextName(environment), options);
      clients.push(client);
      return client;
    },
    async dispose() {
      for (const client of clients) client.close();
      await sandbox.dispose();
    },
  };
}

/** What a step is given, and what it said. */
export function stepContext(
  signal = new AbortController().signal,
): StepContext & { readonly messages: readonly string[] } {
  const messages: string[] = [];
  return { signal, messages, progress: ({ message }) => messages.push(message) };
}

/** Asks until there is an answer. */
export function eventually<T>(ask: () => Promise<T | undefined>, withinMs = 60_000): Promise<T> {
  return poll(AbortSignal.timeout(withinMs), systemClock, 100, ask);
}
