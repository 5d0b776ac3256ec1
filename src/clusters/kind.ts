import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Container, ContainerEngine, Engine } from '../containers/engine.js';
import type { Environment } from '../environment/environment.js';
import { PlatformError } from '../errors.js';
import { writeFileAtomically } from '../files.js';
import { contextName, kubeconfigText, readAccess } from '../kubernetes/kubeconfig.js';
import { environmentState } from '../paths.js';
import type { Ports } from '../ports.js';
import type { StepContext } from '../plan/step.js';
import type { Toolchain } from '../toolchain/toolchain.js';
import type { ClusterMade, ClusterProvider, ClusterState } from './cluster.js';
import { askNodes, askVersion, waitForAnswer } from './kind/api-server.js';
import { choosePorts } from './kind/choose-ports.js';
import { hasCgroupV1 } from './kind/cgroup.js';
import { imagesOf, kindConfiguration } from './kind/configuration.js';
import { createCluster } from './kind/create-cluster.js';
import { kindProgram } from './kind/kind-program.js';
import { bundledLogs } from './kind/log-bundle.js';
import { removeUnusedNetwork } from './kind/network.js';
import { isNode, nodeContainers, nodeMachines, servedPorts } from './kind/node-containers.js';
import { copyNodeLogs } from './kind/node-logs.js';
import { provideImages } from './kind/provide-images.js';
import { askedOf, differencesFrom, readRecord, type KindRecord } from './kind/record.js';
import { stateByContainers } from './kind/state.js';
import { unsupportedBy } from './kind/unsupported.js';
import { readConfiguration } from './kind/user-configuration.js';

/**
 * A real cluster whose nodes are containers of this machine's engine, made by kind. Its pod network, unless it is
 * kind's own, and the wait for ready nodes are the work of other steps.
 */
export function kindProvider(
  environment: Pick<Environment, 'name' | 'local'>,
  ports: Pick<Ports, 'processes' | 'clock' | 'paths'>,
  toolchain: Toolchain,
  engineOfMachine: Engine,
): ClusterProvider {
  const { processes, clock, paths } = ports;
  const { local } = environment;
  const state = environmentState(paths, environment.name);
  // There from before the first container until after the last one.
  const home = join(state, 'kind');
  const madeFile = join(home, 'made.json');
  const kubeconfigOfKind = join(home, 'kubeconfig');
  const kubeconfig = join(state, 'kubeconfig');
  const logFolder = join(state, 'kind-logs');
  const cluster = contextName(environment.name);
  const api = { kubeconfig, context: cluster };
  const kind = kindProgram(toolchain, processes);

  return {
    name: 'kind',
    simulation: undefined,
    tools: ['kind'],
    machines: nodeMachines(engineOfMachine, cluster),
    kubeconfig,
    unsupported: () => unsupportedBy(local),
    inspect,
    differences(made) {
      const own = local.kindConfig === undefined ? undefined : readConfiguration(local.kindConfig);
      const { nodes = [] } = kindConfiguration({ local, ports: wantedPorts(), hasCgroupV1: false });
      return differencesFrom(made, readRecord(madeFile), { local, own, nodes: nodes.length });
    },
    create,
    start,
    stop,
    delete: remove,
    remains,
    logs,
  };

  async function inspect(): Promise<ClusterState> {
    const record = readRecord(madeFile);
    let containers: readonly Container[];
    try {
      containers = await nodeContainers(await engineOfMachine(), cluster);
    } catch (error) {
      // Nobody knows whether there are any, so this is not the same as absent.
      if (!record || !(error instanceof PlatformError)) throw error;
      return { status: 'unreachable', reason: error.message, fix: error.suggestions, made: madeOf(record, []) };
    }
    const made = record && madeOf(record, containers);
    const told = stateByContainers({ made, containers, hasFolder: existsSync(home) });
    if (told || !made) return told ?? { status: 'absent' };
    const nodes = await askNodes(api);
    if (!(nodes instanceof Error)) return { status: 'running', made, nodes };
    return {
      status: 'unreachable',
      reason: `its containers run, but the API server does not answer: ${nodes.message}`,
      fix: [
        'see what it says: `platform logs --component kube-apiserver`',
        'run `platform stop` and then `platform start`',
      ],
      made,
    };
  }

  async function create(context: StepContext): Promise<string> {
    const engine = await engineOfMachine();
    await clear(engine, context);
    const served = await choosePorts(local.ports, processes);
    const configuration = kindConfiguration({
      local,
      ports: served,
      hasCgroupV1: await hasCgroupV1(processes, context.signal),
    });
    await provideImages(engine, imagesOf(configuration), context);
    await mkdir(home, { recursive: true });
    const files = { kubeconfig: kubeconfigOfKind, logs: logFolder };
    await createCluster({ cluster, configuration, files, engine, kind }, context);
    await writeFileAtomically(kubeconfig, kubeconfigText(cluster, await readAccess(kubeconfigOfKind)), { mode: 0o600 });
    const kubernetes = await waitForAnswer(() => askVersion(api), { clock, signal: context.signal });
    const own = local.kindConfig === undefined ? undefined : readConfiguration(local.kindConfig);
    const record: KindRecord = {
      kubernetes,
      nodes: configuration.nodes?.length ?? 1,
      at: new Date(clock.now()).toISOString(),
      ports: served,
      asked: askedOf(local, own),
    };
    await writeFileAtomically(madeFile, JSON.stringify(record));
    const nodes = `${String(record.nodes)} ${record.nodes === 1 ? 'node' : 'nodes'}`;
    return `Kubernetes ${kubernetes}, ${nodes}, ports ${String(served.http)} and ${String(served.https)} of 127.0.0.1`;
  }

  /** Also after the engine itself was restarted; the port of the API server stays what it was. */
  async function start(context: StepContext): Promise<string> {
    const engine = await engineOfMachine();
    const { signal } = context;
    for (const { name, status } of await nodeContainers(engine, cluster, { signal })) {
      if (status === 'running') continue;
      context.progress({ message: `starting ${name}` });
      await engine.start(name, { signal });
    }
    context.progress({ message: 'the API server', since: clock.now() });
    const nodes = await waitForAnswer(() => askNodes(api), { clock, signal, unless: refuseEnded });
    return `${String(nodes.length)} nodes`;

    async function refuseEnded(): Promise<void> {
      const ended = (await nodeContainers(engine, cluster, { signal })).find(({ status }) => status === 'exited');
      if (!ended) return;
      const status = ended.exitCode === undefined ? '' : ` with exit status ${String(ended.exitCode)}`;
      throw new PlatformError('tool', `the node ${ended.name} ended${status} soon after it was started`, {
        suggestions: [
          `see why: ${engine.name} logs ${ended.name}`,
          'or make the cluster anew: `platform destroy` and `platform up --local`',
        ],
      });
    }
  }

  async function stop(context: StepContext): Promise<string> {
    const engine = await engineOfMachine();
    const { signal } = context;
    context.progress({ message: 'stopping the nodes, keeping their data' });
    const running = (await nodeContainers(engine, cluster, { signal })).filter(({ status }) => status !== 'exited');
    await Promise.all(running.map(({ name }) => engine.stop(name, { signal })));
    return 'stopped; its data stays';
  }

  async function remove(context: StepContext): Promise<readonly string[]> {
    const engine = await engineOfMachine();
    const before = await remains();
    await clear(engine, context);
    await rm(kubeconfig, { force: true });
    const isNetworkGone = await removeUnusedNetwork(engine, processes, { signal: context.signal });
    return [...before, ...(isNetworkGone ? ['network kind'] : [])];
  }

  /** Removes containers, volumes and files, however far the cluster got; the folder last, which says that it was begun. */
  async function clear(engine: ContainerEngine, context: StepContext): Promise<void> {
    const { signal } = context;
    if ((await nodeContainers(engine, cluster, { signal })).length > 0) {
      context.progress({ message: 'removing the nodes' });
      const args = ['delete', 'cluster', '--name', cluster, '--kubeconfig', kubeconfigOfKind];
      try {
        await kind.run({ args, engine: engine.name, signal });
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof PlatformError)) throw error;
      }
      // What kind could not remove, or where there is no kind any more.
      const left = await nodeContainers(engine, cluster, { signal });
      await Promise.all(left.map(({ name }) => engine.remove(name, { signal })));
    }
    await rm(logFolder, { recursive: true, force: true });
    await rm(home, { recursive: true, force: true });
  }

  async function remains(): Promise<readonly string[]> {
    const containers = await nodeContainers(await engineOfMachine(), cluster);
    return [
      ...containers.map(({ name }) => `container ${name}`),
      ...[home, logFolder].filter((folder) => existsSync(folder)).map((folder) => `folder ${folder}`),
    ];
  }

  /** Those kept of a making that failed, else the newest lines of the running nodes. */
  async function logs(): Promise<readonly { readonly name: string; readonly file: string }[]> {
    const kept = await bundledLogs(logFolder, cluster);
    if (kept.length > 0 || !existsSync(home)) return kept;
    const engine = await engineOfMachine();
    return copyNodeLogs(engine, cluster, await nodeContainers(engine, cluster), join(home, 'logs'));
  }

  function madeOf(record: KindRecord, containers: readonly Container[]): ClusterMade {
    const { kubernetes, at } = record;
    const nodes = containers.filter(isNode).length || record.nodes;
    return { kubernetes, nodes, at, ports: servedPorts(containers) ?? record.ports };
  }

  function wantedPorts() {
    return { http: local.ports.http.number, https: local.ports.https.number };
  }
}
