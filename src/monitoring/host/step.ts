import type { Clock } from '../../clock.js';
import { builtApp, refuseUnbuilt } from '../../clusters/host-programs/built-app.js';
import { differenceOfPrograms, startPrograms } from '../../clusters/host-programs/start.js';
import type { HostProgram, HostPrograms } from '../../clusters/host-programs.js';
import type { ClusterProvider } from '../../clusters/cluster.js';
import type { Release } from '../../environment/environment.js';
import { PlatformError } from '../../errors.js';
import type { ClusterClient } from '../../kubernetes/client.js';
import type { ClusterView } from '../../kubernetes/cluster-view.js';
import type { Check, Step, StepContext } from '../../plan/step.js';
import { releaseId } from '../../releases/release-step.js';
import { mergeValues } from '../../releases/values/values.js';
import type { Toolchain } from '../../toolchain/toolchain.js';
import { monitoringRelease } from '../monitoring.js';
import { loadedOf, reload } from './loaded.js';
import { chooseHostPorts, hostUrls, readHostPorts, type HostPorts } from './ports.js';
import { monitoringPrograms, monitoringTools } from './programs.js';
import { prometheusRules, type PrometheusRule } from './rule-files.js';
import { outdatedFiles, wantedFiles, writeWantedFiles, type WantedFiles } from './wanted-files.js';

export const monitoringId = 'monitoring';

export interface HostMonitoringOptions {
  readonly provider: Pick<ClusterProvider, 'host' | 'kubeconfig'>;
  readonly view: ClusterView;
  readonly toolchain: Pick<Toolchain, 'find'>;
  readonly clock: Clock;
  /** The environment's releases, with their contents where they are known. */
  readonly releases: readonly Release[];
  /** Ids of the other steps of the run: those that bring rules, or Secrets that Alertmanager reads, come first. */
  readonly others: readonly string[];
  /** Leaves out what no `up` has begun yet. */
  readonly isBegunOnly?: boolean;
  /** The inbox's program; the product's own without it. */
  readonly inbox?: string;
}

const builtInbox = builtApp('inbox');
/** Starting Prometheus reads the data of the last day. */
const budgetMs = 2 * 60_000;

/**
 * Where pods are only simulated: the environment's rules and routes in a real Prometheus and Alertmanager on this
 * machine, beside the control plane; none where the environment has no monitoring.
 */
export function hostMonitoringSteps(options: HostMonitoringOptions): Step[] {
  const { releases, provider, others } = options;
  const release = releases.find(({ name }) => name === monitoringRelease);
  const { host } = provider;
  if (!host || !release) return [];
  const look = (ports: HostPorts, client: ClusterClient, signal: AbortSignal) =>
    lookAt({ ...options, host, values: mergeValues(release.values), ports, client }, signal);
  return [
    {
      id: monitoringId,
      title: 'monitoring on this machine',
      needs: [
        'cluster',
        ...monitoringTools.map((tool) => `tool/${tool}`),
        ...others.filter((id) => id === 'record' || id.startsWith('secret/') || bringsRules(id, releases)),
      ],
      lane: 'api',
      budgetMs,
      estimateMs: 2_500,
      async check({ signal }): Promise<Check> {
        const ports = await readHostPorts(host);
        if (!ports && options.isBegunOnly) return { status: 'omitted', reason: 'no `up` has begun it yet' };
        const client = await options.view.connection();
        if (!client || !ports) return { status: 'needed', reason: 'new' };
        const { programs, wanted } = await look(ports, client, signal);
        const reason = await differenceOf(programs, wanted, host, ports);
        return reason === undefined ? { status: 'satisfied', detail: detailOf(ports) } : { status: 'needed', reason };
      },
      async apply(context) {
        refuseUnbuilt('inbox', options.inbox ?? builtInbox);
        const client = await options.view.connection();
        if (!client) throw new PlatformError('conflict', 'the cluster is not running');
        const ports = await chooseHostPorts(host, new Set((await host.running()).keys()));
        const { programs, wanted } = await look(ports, client, context.signal);
        await writeWantedFiles(host.folder, wanted);
        await startPrograms(programs, host, options.clock, context);
        await reloadAll(ports, wanted, context);
        const missing = wanted.missingSecrets.map((key) => `; Secret monitoring/${key} is missing`);
        return `${detailOf(ports)}${missing.join('')}`;
      },
    },
  ];
}

function bringsRules(step: string, releases: readonly Release[]): boolean {
  const release = releases.find(({ name }) => releaseId(name) === step);
  // The rules of the public chart itself are left out.
  if (!release || release.name === monitoringRelease) return false;
  return release.contents === undefined || release.contents.uses.some(({ kind }) => kind === 'PrometheusRule');
}

interface Look extends HostMonitoringOptions {
  readonly host: HostPrograms;
  readonly values: Parameters<typeof wantedFiles>[0]['values'];
  readonly ports: HostPorts;
  readonly client: ClusterClient;
}

async function lookAt(
  { host, provider, view, toolchain, values, ports, client, inbox = builtInbox }: Look,
  signal: AbortSignal,
) {
  const { folder } = host;
  const rules = await view.list<PrometheusRule>(prometheusRules);
  const wanted = await wantedFiles({ folder, kubeconfig: provider.kubeconfig, ports, rules, values, client }, signal);
  const paths = await Promise.all(
    monitoringTools.map(async (name) => {
      const tool = await toolchain.find(name);
      if (tool) return [name, tool.path] as const;
      throw new PlatformError('prerequisite', `${name} is not installed`, {
        suggestions: [`run \`platform tools install ${name}\``],
      });
    }),
  );
  const tools = Object.fromEntries(paths) as Record<(typeof monitoringTools)[number], string>;
  return { wanted, programs: await monitoringPrograms({ folder, ports, tools, inbox, features: wanted.features }) };
}

/** Why something is to be done; `undefined` when all run and have loaded what is wanted. */
async function differenceOf(
  programs: readonly HostProgram[],
  wanted: WantedFiles,
  host: HostPrograms,
  ports: HostPorts,
): Promise<string | undefined> {
  const stopped = await differenceOfPrograms(programs, host);
  if (stopped !== undefined) return stopped;
  const [outdated] = await outdatedFiles(wanted);
  const loaded = await loadedOf(hostUrls(ports));
  if (typeof loaded === 'string') return loaded;
  if (!loaded.prometheus.includes(wanted.prometheus)) return 'rules or what is scraped changed';
  if (!loaded.alertmanager.includes(wanted.alertmanager)) return "Alertmanager's routes changed";
  return outdated === undefined ? undefined : `${outdated} changed`;
}

/** What was started just now has read its files already. */
async function reloadAll(ports: HostPorts, wanted: WantedFiles, context: StepContext): Promise<void> {
  const { signal } = context;
  const urls = hostUrls(ports);
  const loaded = await loadedOf(urls, signal);
  if (typeof loaded === 'string') throw new PlatformError('tool', loaded);
  if (!loaded.prometheus.includes(wanted.prometheus)) {
    context.progress({ message: 'reloading rules' });
    await reload('Prometheus', urls.prometheus, signal);
  }
  if (!loaded.alertmanager.includes(wanted.alertmanager)) {
    context.progress({ message: 'reloading routes' });
    await reload('Alertmanager', urls.alertmanager, signal);
  }
}

function detailOf(ports: HostPorts): string {
  const { prometheus, alertmanager, inbox } = hostUrls(ports);
  return `Prometheus ${prometheus}, Alertmanager ${alertmanager}, inbox ${inbox}`;
}
