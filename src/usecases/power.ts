import { hostReaperSteps } from '../chaos/reaper/host-step.js';
import { clusterSteps } from '../clusters/steps.js';
import { PlatformError } from '../errors.js';
import { probeStepId } from '../local/registry/probe-step.js';
import { registrySteps } from '../local/registry/steps.js';
import { monitoringTools } from '../monitoring/host/programs.js';
import { hostMonitoringSteps, monitoringId } from '../monitoring/host/step.js';
import type { RunSummary } from '../plan/events.js';
import type { Step } from '../plan/step.js';
import type { Ports } from '../ports.js';
import { toolSteps } from '../toolchain/steps.js';
import type { Assembly } from './assemble.js';
import type { FoundEnvironment } from './find-environment.js';
import { open, type OpenEnvironment } from './open.js';
import { runSteps, type RunIdentity } from './run-steps.js';

export interface PowerResult {
  readonly environment: string;
  readonly provider: string;
  readonly summary: RunSummary;
}

/** Starts a stopped cluster with its data, also after a reboot. */
export function start(found: FoundEnvironment, ports: Ports): Promise<PowerResult> {
  return run('start', found, ports, ({ environment, assembly }, { ensureOwned }) => {
    const { provider, view, engine, toolchain } = assembly;
    const { clock, paths, processes, variables } = ports;
    const { name, local } = environment;
    const options = { environment: name, provider, view, clock };
    const beside = { provider, view, toolchain, clock, releases: environment.releases, others: [], isBegunOnly: true };
    return [
      ...clusterSteps({ ...options, recreate: false, kubeconfig: paths.kubeconfig }).map((step) =>
        step.id === 'cluster' ? onlyIfMade(step, assembly) : step,
      ),
      // The nodes' way to it may be lost with the engine's restart; what it is worth was proven by `up`.
      ...registrySteps({ ...options, settings: local, engine, processes, variables, ensureOwned }).filter(
        ({ id }) => id !== probeStepId,
      ),
      ...hostMonitoringSteps(beside),
      ...hostReaperSteps(beside),
    ];
  });
}

/** Stops the cluster and keeps its data. */
export function stop(found: FoundEnvironment, ports: Ports): Promise<PowerResult> {
  return run('stop', found, ports, ({ assembly: { provider, view } }) => [
    {
      id: 'cluster',
      title: `${provider.name} cluster`,
      needs: [],
      lane: 'cluster',
      budgetMs: 2 * 60_000,
      estimateMs: 1_000,
      async check() {
        const { status } = await provider.inspect();
        return status === 'running' || status === 'unreachable'
          ? { status: 'needed', reason: `it is ${status}` }
          : { status: 'satisfied', detail: status };
      },
      async apply(context) {
        const said = await provider.stop(context);
        view.forget();
        return said;
      },
    },
  ]);
}

// Making a cluster is the work of `up`.
function onlyIfMade(step: Step, { provider }: Assembly): Step {
  return {
    ...step,
    async check(context) {
      const { status } = await provider.inspect();
      return status === 'absent' || status === 'incomplete'
        ? { status: 'blocked', by: `the cluster is ${status}`, fix: ['build it with `platform up --local`'] }
        : step.check(context);
    },
  };
}

async function run(
  command: 'start' | 'stop',
  found: FoundEnvironment,
  ports: Ports,
  steps: (opened: OpenEnvironment, identity: RunIdentity) => Step[],
): Promise<PowerResult> {
  const { name } = found;
  const opened = await open(found, ports);
  const { assembly, problem } = opened;
  // Starting makes the nodes what the file wants, so it has to be known.
  if (problem !== undefined && command === 'start') throw new PlatformError('usage', problem);
  const { provider, toolchain, stateFolder, view } = assembly;
  const summary = await runSteps(
    { command, environment: name, stateFolder, ...(command === 'start' && { connection: () => view.connection() }) },
    (identity) => {
      const own = steps(opened, identity);
      const tools = own.some(({ id }) => id === monitoringId)
        ? [...provider.tools, ...monitoringTools]
        : provider.tools;
      return Promise.resolve([...toolSteps(toolchain, tools), ...own]);
    },
    ports,
  );
  return { environment: name, provider: provider.name, summary };
}
