import type { Values } from '../environment/environment.js';
import type { StepContext } from '../plan/step.js';
import type { Processes } from '../process.js';

/** Revisions Helm keeps of each release. */
const historyKept = 10;
/** For hooks only; gates wait for workloads, with reasons. */
const hookTimeout = '5m';

export interface HelmInstall {
  readonly name: string;
  readonly namespace: string;
  /** A chart archive or folder on disk. */
  readonly chart: string;
  readonly values: Values;
  readonly labels: Readonly<Record<string, string | null>>;
}

/** The Helm operations this product uses; Helm 4.3 or later, which the toolchain sees to. */
export interface Helm {
  /** `helm upgrade --install`; never waits for workloads and never rolls back, so that evidence stays. */
  install(install: HelmInstall, context: StepContext): Promise<void>;
  uninstall(release: { readonly name: string; readonly namespace: string }, context: StepContext): Promise<void>;
  /** Downloads a chart archive into a folder. */
  pull(chart: readonly string[], folder: string, context: Pick<StepContext, 'signal'>): Promise<void>;
}

/** Helm by its command line; `binary` is asked for at the first use, when the tool step has been through. */
export function helmCommand(processes: Processes, binary: () => Promise<string>, kubeconfig: string): Helm {
  const run = async (args: readonly string[], signal: AbortSignal, stdin?: string) => {
    await processes.run(await binary(), args, { signal, ...(stdin !== undefined && { stdin }) });
  };
  return {
    install({ name, namespace, chart, values, labels }, { signal }) {
      const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value ?? 'null'}`);
      const args = ['upgrade', '--install', name, chart, '--namespace', namespace, '--kubeconfig', kubeconfig];
      const options = ['--history-max', String(historyKept), '--timeout', hookTimeout, '--labels', pairs.join(',')];
      // Values travel on standard input: they may hold secrets, which have no place in a file or a process list.
      return run([...args, ...options, '--values', '-'], signal, JSON.stringify(values));
    },
    uninstall: ({ name, namespace }, { signal }) =>
      run(['uninstall', name, '--namespace', namespace, '--kubeconfig', kubeconfig, '--ignore-not-found'], signal),
    pull: (chart, folder, { signal }) => run(['pull', ...chart, '--destination', folder], signal),
  };
}
