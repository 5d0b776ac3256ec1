import { totalmem } from 'node:os';
import { loadTools } from '../chaos/drill.js';
import type { ClusterProvider } from '../clusters/cluster.js';
import { findEngine, type EngineState } from '../containers/find-engine.js';
import { cgroup } from '../doctor/cgroup.js';
import { examineAll, type DoctorCheck, type Examination } from '../doctor/check.js';
import { containerEngine } from '../doctor/container-engine.js';
import { containerNeed, type ContainerNeed } from '../doctor/container-need.js';
import { disk } from '../doctor/disk.js';
import { dockerHub } from '../doctor/docker-hub.js';
import { engineDisk } from '../doctor/engine-disk.js';
import { goToolchain } from '../doctor/go-toolchain.js';
import { hostNames } from '../doctor/host-names.js';
import { inotify } from '../doctor/inotify.js';
import { kernelModules } from '../doctor/kernel-modules.js';
import { kubeconfig } from '../doctor/kubeconfig.js';
import { listeningPorts } from '../doctor/listening-ports.js';
import { localhost } from '../doctor/localhost.js';
import { memory, type Memory } from '../doctor/memory.js';
import { nodeVersion } from '../doctor/node-version.js';
import { chartDownloads, officialDownloads } from '../doctor/official-hosts.js';
import { proxy } from '../doctor/proxy.js';
import { planTool, type ToolPlan } from '../doctor/tool-plan.js';
import { tools } from '../doctor/tools.js';
import { writableFolders } from '../doctor/writable-folders.js';
import type { Environment } from '../environment/environment.js';
import { loadEnvironment, type LoadOptions } from '../environment/load.js';
import { PlatformError } from '../errors.js';
import { hostsOf } from '../local/names/served-names.js';
import { monitoringTools } from '../monitoring/host/programs.js';
import { monitoringRelease } from '../monitoring/monitoring.js';
import { createNetwork, type Network } from '../network.js';
import type { Ports } from '../ports.js';
import { productPackage } from '../product.js';
import { findGo, type Go } from '../toolchain/go.js';
import { currentPlatform, toolNames, type Platform, type ToolName } from '../toolchain/pins.js';
import { createToolchain, type Toolchain } from '../toolchain/toolchain.js';
import { assemble } from './assemble.js';
import { chosenProvider } from './chosen-provider.js';

export interface DoctorOptions {
  /** Without it, only what every environment needs is looked at. */
  readonly environment?: Environment | undefined;
  /** The provider chosen for the environment. */
  readonly provider?: Pick<ClusterProvider, 'name' | 'tools' | 'inspect' | 'host'> | undefined;
  /** Whether it needs a container engine; the provider's own need without it. */
  readonly need?: ContainerNeed;
  readonly toolchain: Pick<Toolchain, 'find' | 'pins'>;
  readonly network: Network;
  readonly ports: Pick<Ports, 'processes' | 'clock' | 'paths' | 'variables'>;
  readonly platform?: Platform;
  readonly signal?: AbortSignal | undefined;
  /** What a check may take; a silent host is given 5 s. */
  readonly budgetMs?: number;
}

export interface DoctorResult {
  readonly checks: readonly DoctorCheck[];
  /** False when something blocks. */
  readonly ok: boolean;
}

/** {@link doctor} for the environment that a person here would build; a broken file is one more finding. */
export async function examineMachine(wanted: Omit<LoadOptions, 'target'>, ports: Ports): Promise<DoctorResult> {
  const { interruption } = ports;
  try {
    const environment = await loadEnvironment({ ...wanted, target: 'local' });
    const { choice, begun } = await chosenProvider(environment, ports);
    const assembly = assemble(environment, choice.name, ports);
    // Where nobody chose the embedded provider, a missing engine is worth a word.
    const isForced = environment.local.provider !== 'auto' || begun !== undefined;
    const need = choice.name === 'embedded' && !isForced ? 'perhaps' : containerNeed(choice.name);
    return await doctor({ ...assembly, environment, need, ports, signal: interruption.draining });
  } catch (error) {
    if (!(error instanceof PlatformError && error.code === 'usage')) throw error;
    const network = createNetwork(ports);
    const toolchain = createToolchain(ports, { network });
    const { checks } = await doctor({ toolchain, network, ports, signal: interruption.draining });
    const broken = { name: 'environment', status: 'blocking', detail: error.message, fix: error.suggestions } as const;
    return { checks: [broken, ...checks], ok: false };
  }
}

/** Looks at all that `up` will rely on, and changes nothing. */
export async function doctor(options: DoctorOptions): Promise<DoctorResult> {
  const { ports, signal, budgetMs = 6000 } = options;
  const checks = await examineAll(await examinations(options), { clock: ports.clock, budgetMs, signal });
  return { checks, ok: checks.every(({ status }) => status !== 'blocking') };
}

async function examinations(options: DoctorOptions): Promise<Examination[]> {
  const { environment, provider, toolchain, network, ports, platform = currentPlatform() } = options;
  const { processes, paths } = ports;
  const { pins } = toolchain;
  const local = environment?.local;
  const providerName = provider?.name ?? environment?.local.provider ?? 'auto';
  const need = options.need ?? containerNeed(providerName);
  const names = toolNames.filter((name) => pins.tools[name]);
  const needed = neededTools(options);
  const { engine, plan, plans, go } = findings(
    options,
    platform,
    names.filter((name) => needed.has(name)),
  );
  const { engines } = await productPackage();
  return [
    nodeVersion(process.versions.node, engines.node),
    ...tools(names, { pins, platform, needed, plan }),
    goToolchain(pins.go, go, plans),
    officialDownloads(pins, platform, network, plans),
    ...(environment ? [chartDownloads(environment.releases, providerName, network)] : []),
    containerEngine(need, engine),
    ...(need === 'no' ? [] : [engineDisk({ engine })]),
    cgroup({ need, provider: providerName, local, engine }),
    ...(process.platform === 'linux' ? [inotify(need)] : []),
    ...(process.platform === 'linux' && need !== 'no' ? [kernelModules({ local, engine })] : []),
    ...(need === 'no' ? [] : [dockerHub({ network, local })]),
    proxy({ variables: ports.variables, local, domain: environment?.domain }),
    ...(environment?.target === 'local'
      ? [
          ...listeningPorts({ local: environment.local, need, processes, engine, provider }),
          localhost(),
          hostNames(hostsOf(environment)),
        ]
      : []),
    disk(paths),
    memory(need, machineMemory()),
    kubeconfig(paths.kubeconfig),
    ...writableFolders(paths),
  ];
}

/** What several checks want to know, found out once and only when the first of them asks. */
function findings({ toolchain, network, ports }: DoctorOptions, platform: Platform, needed: readonly ToolName[]) {
  let engine: Promise<EngineState> | undefined;
  let go: Promise<Go> | undefined;
  const known = new Map<ToolName, Promise<ToolPlan>>();
  const goOnce = (signal: AbortSignal) => (go ??= handled(findGo(ports, network, toolchain.pins.go, signal)));
  const plan = (name: ToolName, signal: AbortSignal) => {
    const planned =
      known.get(name) ?? handled(planTool(name, { toolchain, network, platform, go: goOnce(signal) }, signal));
    known.set(name, planned);
    return planned;
  };
  return {
    engine: (signal: AbortSignal) => (engine ??= handled(findEngine(ports.processes, signal))),
    plan,
    plans: (signal: AbortSignal) => Promise.all(needed.map((name) => plan(name, signal))),
    go: goOnce,
  };
}

// Whoever asks gets the failure; that nobody may have asked yet is no fault.
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

/** Tools that no step of `up` runs. */
const without: readonly ToolName[] = ['kubectl', 'promtool', 'amtool', ...loadTools];

// Without a provider anything may be needed, except what only people and drills use.
function neededTools({ provider, environment }: DoctorOptions): ReadonlySet<ToolName> {
  if (!provider) return new Set(toolNames.filter((name) => !without.includes(name)));
  const isMonitoredHere = provider.host && environment?.releases.some(({ name }) => name === monitoringRelease);
  return new Set([...provider.tools, 'helm', ...(isMonitoredHere ? monitoringTools : [])]);
}

// macOS counts only wholly unused memory as free, which is close to none on a healthy machine.
function machineMemory(): Memory {
  return process.platform === 'darwin'
    ? { bytes: totalmem(), what: 'in all' }
    : { bytes: process.availableMemory(), what: 'available' };
}
