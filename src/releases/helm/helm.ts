import { z } from 'zod';
import type { Values } from '../../environment/environment.js';
import type { StepContext } from '../../plan/step.js';
import type { Processes } from '../../process.js';

/** Revisions Helm keeps of each release. */
const historyKept = 10;
/** For hooks only; gates wait for workloads, with reasons. */
const hookTimeout = '5m';

const renderedRelease = z.object({ manifest: z.string().default('') });

export interface HelmInstall {
  readonly name: string;
  readonly namespace: string;
  /** A chart archive or folder on disk. */
  readonly chart: string;
  readonly values: Values;
  readonly labels: Readonly<Record<string, string | null>>;
  /** Takes fields back that others changed since, instead of failing with a conflict; only where the user asked for it. */
  readonly forceConflicts?: boolean;
}

type Upgrade = Pick<HelmInstall, 'name' | 'namespace' | 'chart' | 'values'>;

/** What `helm template` is given. */
export interface HelmTemplate {
  readonly name: string;
  readonly namespace: string;
  readonly chart: string;
  readonly values: Values;
  /** Minor version such as `1.36`, for charts that ask. */
  readonly kubernetes: string;
  /** Served APIs beyond Kubernetes' own, as `group/version/Kind`, for charts that ask. */
  readonly apis: readonly string[];
}

/** The Helm operations this product uses; Helm 4.3 or later, which the toolchain sees to. */
export interface Helm {
  /** `helm upgrade --install`; never waits for workloads and never rolls back, so that evidence stays. */
  install(install: HelmInstall, context: StepContext): Promise<void>;
  /**
   * What `install` would apply, hooks not included; YAML documents. The cluster is asked but not changed, so that charts
   * that look things up render as they would. Secrets are in it: nothing of it may be shown as it is.
   */
  dryRun(install: Upgrade, signal: AbortSignal): Promise<string>;
  uninstall(release: { readonly name: string; readonly namespace: string }, context: StepContext): Promise<void>;
  /** Renders a chart without a cluster, CRDs of its `crds/` folders included; YAML documents. */
  template(template: HelmTemplate, signal: AbortSignal): Promise<string>;
  /** Downloads a chart archive into a folder. */
  pull(chart: readonly string[], folder: string, context: Pick<StepContext, 'signal'>): Promise<void>;
}

/** Helm by its command line; `binary` is asked for at the first use, when the tool step has been through. */
export function helmCommand(processes: Processes, binary: () => Promise<string>, kubeconfig: string): Helm {
  const run = async (args: readonly string[], signal: AbortSignal, stdin?: string) => {
    const { stdout } = await processes.run(await binary(), args, { signal, ...(stdin !== undefined && { stdin }) });
    return stdout;
  };
  const upgrade = ({ name, namespace, chart, values }: Upgrade, options: readonly string[], signal: AbortSignal) => {
    const args = ['upgrade', '--install', name, chart, '--namespace', namespace, '--kubeconfig', kubeconfig];
    // Definitions are steps of their own; Helm would never upgrade those of a chart's crds/.
    // Without --reset-values it would take the values of the last revision where there are none now.
    const always = ['--skip-crds', '--reset-values'];
    // Values travel on standard input: they may hold secrets, which have no place in a file or a process list.
    return run([...args, ...always, ...options, '--values', '-'], signal, JSON.stringify(values));
  };
  return {
    async install({ labels, forceConflicts, ...install }, { signal }) {
      const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value ?? 'null'}`);
      const options = ['--history-max', String(historyKept), '--timeout', hookTimeout, '--labels', pairs.join(',')];
      // A release that was once applied by the client would stay so, and there conflicts cannot be forced.
      const force = forceConflicts ? ['--server-side=true', '--force-conflicts'] : [];
      await upgrade(install, [...options, ...force], signal);
    },
    async dryRun(install, signal) {
      const stdout = await upgrade(install, ['--dry-run=server', '--output', 'json'], signal);
      return renderedRelease.parse(JSON.parse(stdout)).manifest;
    },
    async uninstall({ name, namespace }, { signal }) {
      await run(
        ['uninstall', name, '--namespace', namespace, '--kubeconfig', kubeconfig, '--ignore-not-found'],
        signal,
      );
    },
    template({ name, namespace, chart, values, kubernetes, apis }, signal) {
      const args = ['template', name, chart, '--namespace', namespace, '--include-crds', '--kube-version', kubernetes];
      const served = apis.flatMap((api) => ['--api-versions', api]);
      return run([...args, ...served, '--values', '-'], signal, JSON.stringify(values));
    },
    async pull(chart, folder, { signal }) {
      await run(['pull', ...chart, '--destination', folder], signal);
    },
  };
}
