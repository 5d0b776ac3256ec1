import { join } from 'node:path';
import { intents } from '../../../assets/apps/src/reaper/intent.js';
import type { Clock } from '../../clock.js';
import type { ClusterProvider } from '../../clusters/cluster.js';
import { appProgram, builtApp, refuseUnbuilt } from '../../clusters/host-programs/built-app.js';
import { keptPorts, urlOf, type KeptPorts } from '../../clusters/host-programs/ports.js';
import { answers, differenceOfPrograms, startPrograms } from '../../clusters/host-programs/start.js';
import type { AnsweringProgram } from '../../clusters/host-programs/start.js';
import type { HostPrograms } from '../../clusters/host-programs.js';
import type { Release } from '../../environment/environment.js';
import type { Step } from '../../plan/step.js';

/** The step, the program and the release have the same name. */
const name = intents.reaper;

export interface HostReaperOptions {
  readonly provider: Pick<ClusterProvider, 'host' | 'kubeconfig'>;
  readonly clock: Clock;
  /** The environment's releases. */
  readonly releases: readonly Release[];
  /** Ids of the other steps of the run. */
  readonly others: readonly string[];
  /** Leaves out what no `up` has begun yet. */
  readonly isBegunOnly?: boolean;
  /** The reaper's program; the product's own without it. */
  readonly program?: string;
}

const portNames = { port: name, metricsPort: name } as const;
type PortName = keyof typeof portNames;

/**
 * Where pods are only simulated: the reaper as a program on this machine, beside the control plane; none where the
 * environment has no release of that name.
 */
export function hostReaperSteps({ provider, clock, releases, others, ...options }: HostReaperOptions): Step[] {
  const { host, kubeconfig } = provider;
  if (!host || !releases.some((release) => release.name === name)) return [];
  const path = options.program ?? builtApp(name);
  const programWith = (ports: Readonly<Record<PortName, number>>) => reaperProgram(path, kubeconfig, ports);
  return [
    {
      id: name,
      title: 'reaper on this machine',
      // Its sign of life is in the namespace that the record brings.
      needs: ['cluster', ...others.filter((id) => id === 'record')],
      lane: 'api',
      budgetMs: 60_000,
      estimateMs: 500,
      async check() {
        const ports = await portsOf(host).read();
        if (!ports) {
          return options.isBegunOnly
            ? { status: 'omitted', reason: 'no `up` has begun it yet' }
            : { status: 'needed', reason: 'new' };
        }
        const program = await programWith(ports);
        const reason = await differenceOfPrograms([program], host);
        if (reason !== undefined) return { status: 'needed', reason };
        if (!(await answers(program.aliveAt))) return { status: 'needed', reason: 'it does not answer' };
        return { status: 'satisfied', detail: urlOf(ports.port) };
      },
      async apply(context) {
        refuseUnbuilt(name, path);
        const running = await host.running();
        const ports = await portsOf(host).choose(new Set(running.keys()));
        const program = await programWith(ports);
        if (running.has(name) && !(await answers(program.aliveAt))) await host.end(name, context.signal);
        await startPrograms([program], host, clock, context);
        return urlOf(ports.port);
      },
    },
  ];
}

async function reaperProgram(
  path: string,
  kubeconfig: string,
  { port, metricsPort }: Readonly<Record<PortName, number>>,
): Promise<AnsweringProgram & { readonly aliveAt: string }> {
  const program = await appProgram(name, path, {
    HOST: '127.0.0.1',
    PORT: String(port),
    METRICS_PORT: String(metricsPort),
    // Nobody sends it requests that would have to be answered to the end.
    DRAIN_MS: '0',
    KUBECONFIG: kubeconfig,
  });
  return {
    ...program,
    readyAt: `${urlOf(port)}health/ready`,
    aliveAt: `${urlOf(port)}health/live`,
  };
}

function portsOf({ folder }: Pick<HostPrograms, 'folder'>): KeptPorts<PortName> {
  return keptPorts(join(folder, 'reaper-ports.json'), portNames);
}
