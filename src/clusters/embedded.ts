import { mkdir, readFile, rm, symlink } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';
import type { Environment } from '../environment/environment.js';
import { PlatformError, systemCode } from '../errors.js';
import { writeFileAtomically } from '../files.js';
import { connect, type ClusterClient } from '../kubernetes/client.js';
import { contextName, kubeconfigText, readAccess } from '../kubernetes/kubeconfig.js';
import { listNodes } from '../kubernetes/nodes.js';
import { environmentState } from '../paths.js';
import type { Ports } from '../ports.js';
import type { StepContext } from '../plan/step.js';
import { bundledPins, pinOf } from '../toolchain/pins.js';
import type { Toolchain } from '../toolchain/toolchain.js';
import type { ClusterMade, ClusterNode, ClusterProvider, ClusterState, Difference } from './cluster.js';
import { components, kwokctlConfiguration, portOptions, type Component } from './embedded/configuration.js';
import { freePorts } from './embedded/free-ports.js';
import { componentLogs } from './embedded/component-logs.js';
import { endProcessesFrom, processesFrom, removeStalePidFiles } from './embedded/host-processes.js';
import { writeKubectl } from './embedded/kubectl.js';
import { programsBeside } from './embedded/programs-beside.js';
import { runKwokctl } from './embedded/kwokctl.js';
import { refuseTakenPorts } from './embedded/listening-ports.js';
import { refuseFullDisk } from './embedded/room.js';
import { simulationOf } from './embedded/simulation.js';
import { removeVolumeFolders, volumeFolders } from './embedded/volumes.js';

/** kwokctl's own name for the one cluster of its folder. */
const clusterName = 'platform';
const readyWait = '90s';
/** How long an API server on this machine may take to answer. */
const answerMs = 3_000;

const madeSchema = z.object({
  kubernetes: z.string(),
  nodes: z.number(),
  at: z.string(),
  simulation: z.string(),
});

/**
 * A real control plane (etcd, kube-apiserver, controller-manager, scheduler) on this machine, driven by kwokctl, with
 * simulated nodes and pods. Needs neither containers nor root.
 */
export function embeddedProvider(
  environment: Pick<Environment, 'name' | 'local'>,
  ports: Pick<Ports, 'processes' | 'clock' | 'paths'>,
  toolchain: Toolchain,
): ClusterProvider {
  const { processes, clock, paths } = ports;
  const state = environmentState(paths, environment.name);
  const home = join(state, 'embedded');
  const folder = join(home, 'clusters', clusterName);
  const madeFile = join(home, 'made.json');
  const kubeconfig = join(state, 'kubeconfig');

  return {
    name: 'embedded',
    simulation: 'a real control plane with simulated nodes: no container runs, and no webhook is called',
    tools: ['kwokctl', 'etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kwok', 'metrics-server'],
    kubeconfig,
    host: programsBeside(folder, ports),
    unsupported() {
      const [pinned] = versionDifference(kubernetesVersion(), environment.local.kubernetes);
      return pinned && `embedded runs Kubernetes ${pinned.is}, not ${pinned.wanted} (local.kubernetes)`;
    },
    inspect,
    differences: ({ kubernetes }) => versionDifference(kubernetes, environment.local.kubernetes),
    create,
    start,
    update: simulate,
    stop,
    delete: remove,
    remains,
    logs: () => componentLogs(folder),
  };

  async function inspect(): Promise<ClusterState> {
    const record = await readMade();
    if (!record) {
      return existsSync(home) ? { status: 'incomplete', reason: 'its making was cut short' } : { status: 'absent' };
    }
    const { simulation, ...made } = record;
    const nodes = await askForNodes();
    if (nodes instanceof Error) return silent(nodes, made);
    const wanted = await simulationOf(environment.name, environment.local.workers);
    const outdated = simulation === wanted.digest ? undefined : 'its nodes or their simulation changed';
    return { status: 'running', made, nodes, ...(outdated && { outdated }) };
  }

  /** Tells a stopped control plane from one that runs but does not answer. */
  async function silent(error: Error, made: ClusterMade): Promise<ClusterState> {
    const alive = await processesFrom(folder, processes);
    const server = alive.find(({ command }) => command.startsWith(join(folder, 'bin', 'kube-apiserver')));
    if (!server) {
      const reason = alive.length > 0 ? 'kube-apiserver has ended' : 'its processes are not running';
      return { status: 'stopped', reason, made };
    }
    return {
      status: 'unreachable',
      reason: `kube-apiserver (pid ${String(server.pid)}) runs but does not answer: ${error.message}`,
      fix: [`see ${join(folder, 'logs', 'kube-apiserver.log')}`, 'run `platform stop` and then `platform start`'],
      made,
    };
  }

  async function create(context: StepContext): Promise<string> {
    await clear(context);
    await refuseFullDisk(home);
    context.progress({ message: 'making certificates and starting the control plane' });
    await mkdir(home, { recursive: true });
    const binaries = await findBinaries();
    const configuration = join(home, 'kwokctl.yaml');
    await writeFileAtomically(
      configuration,
      stringify(kwokctlConfiguration(binaries, await freePorts(portOptions.length))),
    );
    await kwokctl(['create', 'cluster', '--config', configuration, '--wait', readyWait], context);
    const access = await readAccess(join(home, 'kubeconfig'));
    await writeFileAtomically(kubeconfig, kubeconfigText(contextName(environment.name), access), { mode: 0o600 });
    return simulate(context);
  }

  /** Makes nodes, stages and storage what they should be; then the cluster counts as made. */
  async function simulate(context: StepContext): Promise<string> {
    const simulation = await simulationOf(environment.name, environment.local.workers);
    const client = await connect(kubeconfig, contextName(environment.name));
    try {
      context.progress({ message: `simulating ${String(simulation.nodes.length)} nodes` });
      await Promise.all(simulation.objects.map((object) => client.apply(object, context.signal)));
      await removeOtherNodes(client, simulation.nodes, context.signal);
    } finally {
      client.close();
    }
    const previous = await readMade();
    await writeFileAtomically(
      madeFile,
      JSON.stringify({
        kubernetes: previous?.kubernetes ?? kubernetesVersion(),
        nodes: simulation.nodes.length,
        at: previous?.at ?? new Date(clock.now()).toISOString(),
        simulation: simulation.digest,
      } satisfies z.infer<typeof madeSchema>),
    );
    return `Kubernetes ${kubernetesVersion()}, ${String(simulation.nodes.length)} simulated nodes`;
  }

  async function start(context: StepContext): Promise<string> {
    context.progress({ message: 'starting the control plane with its data' });
    await removeStalePidFiles(folder, processes);
    await refuseFullDisk(home);
    await refuseTakenPorts(folder, processes);
    await relink(await findBinaries());
    await kwokctl(['start', 'cluster', '--wait', readyWait], context);
    return simulate(context);
  }

  async function stop(context: StepContext): Promise<string> {
    context.progress({ message: 'stopping the control plane, keeping its data' });
    await endProcesses(context);
    return 'stopped; its data stays';
  }

  async function remove(context: StepContext): Promise<readonly string[]> {
    const before = await remains();
    await clear(context);
    await rm(kubeconfig, { force: true });
    return before;
  }

  /** Ends every process and removes every file of the control plane, however far it got. */
  async function clear(context: StepContext): Promise<void> {
    await endProcesses(context);
    // Only now nobody makes another one.
    await removeVolumeFolders(await volumeFolders(join(folder, 'etcd')));
    await rm(home, { recursive: true, force: true });
  }

  async function remains(): Promise<readonly string[]> {
    const alive = await processesFrom(folder, processes);
    const volumes = await volumeFolders(join(folder, 'etcd'));
    return [
      ...alive.map(({ pid, component }) => `process ${String(pid)} ${component}`),
      ...volumes.map((volume) => `volume ${volume}`),
      ...(existsSync(home) ? [`folder ${home}`] : []),
    ];
  }

  async function endProcesses({ signal }: StepContext): Promise<void> {
    await endProcessesFrom(folder, processes, clock, signal);
    await removeStalePidFiles(folder, processes);
  }

  async function kwokctl(args: readonly string[], { signal }: StepContext): Promise<void> {
    const PATH = await writeKubectl(join(home, 'bin'));
    const env = { KWOK_WORKDIR: home, KUBECONFIG: join(home, 'kubeconfig'), PATH };
    const binary = await findTool('kwokctl');
    await runKwokctl({ binary, args: [...args, '--name', clusterName], env, folder, signal }, ports);
  }

  async function findBinaries(): Promise<Record<Component, string>> {
    const paths = await Promise.all(
      Object.entries(components).map(async ([component, tool]) => [component, await findTool(tool)] as const),
    );
    return Object.fromEntries(paths) as Record<Component, string>;
  }

  async function findTool(name: Parameters<Toolchain['find']>[0]): Promise<string> {
    const tool = await toolchain.find(name);
    if (!tool) {
      throw new PlatformError('prerequisite', `${name} is not installed`, {
        suggestions: [`run \`platform tools install ${name}\``],
      });
    }
    return tool.path;
  }

  // The cache may have been pruned or moved since the cluster was made.
  async function relink(binaries: Readonly<Record<Component, string>>): Promise<void> {
    await Promise.all(
      Object.entries(binaries).map(async ([component, binary]) => {
        const link = join(folder, 'bin', component);
        await rm(link, { force: true });
        await symlink(binary, link);
      }),
    );
  }

  async function readMade(): Promise<z.infer<typeof madeSchema> | undefined> {
    try {
      return madeSchema.parse(JSON.parse(await readFile(madeFile, 'utf8')));
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** The nodes, or why the API server did not answer. */
  async function askForNodes(): Promise<readonly ClusterNode[] | Error> {
    let client: ClusterClient | undefined;
    try {
      client = await connect(kubeconfig, contextName(environment.name));
      return await listNodes(client, AbortSignal.timeout(answerMs));
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    } finally {
      client?.close();
    }
  }
}

async function removeOtherNodes(client: ClusterClient, wanted: readonly string[], signal: AbortSignal): Promise<void> {
  const nodes = await client.list('/api/v1/nodes', { metadataOnly: true }, signal);
  const surplus = nodes.filter(({ metadata }) => !wanted.includes(metadata.name));
  await Promise.all(surplus.map(({ metadata }) => client.delete(`/api/v1/nodes/${metadata.name}`, signal)));
}

function versionDifference(made: string, wanted: string): Difference[] {
  const minor = made.split('.').slice(0, 2).join('.');
  return minor === wanted || wanted === '' ? [] : [{ what: 'Kubernetes', is: minor, wanted }];
}

function kubernetesVersion(): string {
  return pinOf(bundledPins(), 'kube-apiserver').version;
}
