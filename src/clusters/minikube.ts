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
import { minikubeProgram } from './minikube/minikube-program.js';
import { nodeContainer, nodeMachines, profileSelector, stateByContainer } from './minikube/node-container.js';
import { hasProfile } from './minikube/profile.js';
import { askedOf, differencesFrom, readRecord, type MinikubeRecord } from './minikube/record.js';
import { kubernetesVersion, restartArguments, startArguments } from './minikube/start-arguments.js';
import { unsupportedBy } from './minikube/unsupported.js';

/**
 * A real cluster of one node, a container of this machine's engine, made by minikube. Its pod network, unless it is
 * minikube's own, and the wait for the ready node are the work of other steps.
 */
export function minikubeProvider(
  environment: Pick<Environment, 'name' | 'local'>,
  ports: Pick<Ports, 'processes' | 'clock' | 'paths'>,
  toolchain: Pick<Toolchain, 'find'>,
  engineOfMachine: Engine,
): ClusterProvider {
  const { processes, clock, paths } = ports;
  const { local } = environment;
  const state = environmentState(paths, environment.name);
  // There from before the first container until after the last one.
  const home = join(state, 'minikube');
  const madeFile = join(home, 'made.json');
  const logFile = join(state, 'minikube.log');
  const kubeconfigOfMinikube = join(home, 'kubeconfig');
  const kubeconfig = join(state, 'kubeconfig');
  const profile = contextName(environment.name);
  const api = { kubeconfig, context: profile };
  const minikube = minikubeProgram({ toolchain, processes, kubeconfig: kubeconfigOfMinikube });

  return {
    name: 'minikube',
    simulation: undefined,
    tools: ['minikube'],
    machines: nodeMachines(engineOfMachine, profile),
    kubeconfig,
    unsupported: () => unsupportedBy(local),
    inspect,
    differences: (made) => differencesFrom(made, readRecord(madeFile), local),
    create,
    start,
    stop,
    delete: remove,
    remains,
    logs,
  };

  async function inspect(): Promise<ClusterState> {
    const record = readRecord(madeFile);
    const made = record && madeOf(record);
    let node: Container | undefined;
    try {
      node = await nodeContainer(await engineOfMachine(), profile);
    } catch (error) {
      // Nobody knows whether it is there, so this is not the same as absent.
      if (!made || !(error instanceof PlatformError)) throw error;
      return { status: 'unreachable', reason: error.message, fix: error.suggestions, made };
    }
    const told = stateByContainer(made, node, existsSync(home));
    if (told || !made) return told ?? { status: 'absent' };
    const nodes = await askNodes(api);
    if (!(nodes instanceof Error)) return { status: 'running', made, nodes };
    return {
      status: 'unreachable',
      reason: `its container runs, but the API server does not answer: ${nodes.message}`,
      // Whoever starts the container by hand gets another port for the API server; minikube finds it again.
      fix: ['run `platform stop` and then `platform start`', `or see what it says: minikube logs --profile=${profile}`],
      made,
    };
  }

  async function create(context: StepContext): Promise<string> {
    const kubernetes = kubernetesVersion(local.kubernetes);
    if (kubernetes === undefined)
      throw new PlatformError('usage', unsupportedBy(local) ?? 'unknown Kubernetes version');
    const engine = await engineOfMachine();
    await clear(await remains(), engine, context);
    const served = await choosePorts(local.ports, processes);
    await mkdir(home, { recursive: true });
    const args = startArguments({ profile, engine: engine.name, local, ports: served, kubernetes });
    try {
      await minikube.follow(args, 'make the cluster', context);
    } catch (error) {
      context.signal.throwIfAborted();
      throw await withLog(error, engine, context);
    }
    await takeAccess();
    const version = await waitForAnswer(() => askVersion(api), { clock, signal: context.signal });
    const at = new Date(clock.now()).toISOString();
    const record: MinikubeRecord = { kubernetes: version, at, ports: served, asked: askedOf(local) };
    await writeFileAtomically(madeFile, JSON.stringify(record));
    return `Kubernetes ${version}, 1 node, ports ${String(served.http)} and ${String(served.https)} of 127.0.0.1`;
  }

  /** Also after the engine itself was restarted, which gives the API server another port. */
  async function start(context: StepContext): Promise<string> {
    await minikube.follow(restartArguments(profile), 'start the cluster', context);
    await takeAccess();
    context.progress({ message: 'the API server', since: clock.now() });
    await waitForAnswer(() => askNodes(api), { clock, signal: context.signal });
    return '1 node';
  }

  async function stop(context: StepContext): Promise<string> {
    context.progress({ message: 'stopping the node, keeping its data' });
    const args = ['stop', `--profile=${profile}`, '--output=json', '--keep-context-active'];
    await minikube.follow(args, 'stop the cluster', context);
    return 'stopped; its data stays';
  }

  async function remove(context: StepContext): Promise<readonly string[]> {
    const before = await remains();
    await clear(before, await engineOfMachine(), context);
    await rm(kubeconfig, { force: true });
    return before;
  }

  /** Removes profile, container, volume, network and files, however far it got; the folder last: it says that it was begun. */
  async function clear(parts: readonly string[], engine: ContainerEngine, context: StepContext): Promise<void> {
    const { signal } = context;
    // A profile that is left would give the new cluster its old ports.
    if (parts.length > 0) {
      context.progress({ message: 'removing what there is of the profile' });
      try {
        const args = ['delete', `--profile=${profile}`, '--output=json'];
        if (await minikube.isInstalled()) await minikube.follow(args, 'remove the cluster', context);
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof PlatformError)) throw error;
      }
      // What minikube could not remove, or where there is no minikube any more.
      for (const { name } of await engine.containers(profileSelector(profile), { signal })) {
        await engine.remove(name, { signal });
      }
      for (const volume of await engine.volumes(profileSelector(profile), { signal })) {
        await engine.removeVolume(volume, { signal });
      }
      const network = await engine.network(profile, { signal });
      for (const container of network?.containers ?? []) await engine.disconnect(profile, container, { signal });
      if (network) await engine.removeNetwork(profile, { signal });
    }
    await rm(logFile, { force: true });
    await rm(home, { recursive: true, force: true });
  }

  async function remains(): Promise<readonly string[]> {
    const isKnown = (await minikube.isInstalled()) && (await hasProfile(minikube, profile));
    return [
      ...(await partsIn(await engineOfMachine())),
      ...(isKnown ? [`minikube profile ${profile}`] : []),
      ...[home, logFile]
        .filter((path) => existsSync(path))
        .map((path) => `${path === home ? 'folder' : 'file'} ${path}`),
    ];
  }

  async function partsIn(engine: ContainerEngine): Promise<string[]> {
    const [containers, volumes, network] = await Promise.all([
      engine.containers(profileSelector(profile)),
      engine.volumes(profileSelector(profile)),
      engine.network(profile),
    ]);
    return [
      ...containers.map(({ name }) => `container ${name}`),
      ...volumes.map((volume) => `volume ${volume}`),
      ...(network ? [`network ${network.name}`] : []),
    ];
  }

  /** That of a making that failed, else what minikube gathers of the running node. */
  async function logs(): Promise<readonly { readonly name: string; readonly file: string }[]> {
    if (!existsSync(home)) return [];
    if (existsSync(madeFile)) await gatherLog();
    return existsSync(logFile) ? [{ name: 'minikube', file: logFile }] : [];
  }

  async function gatherLog(signal?: AbortSignal): Promise<void> {
    await minikube.ask(['logs', `--profile=${profile}`, `--file=${logFile}`], signal);
  }

  /** Best effort: that there is no log must not hide why the cluster could not be made. */
  async function withLog(error: unknown, engine: ContainerEngine, context: StepContext): Promise<unknown> {
    const { signal } = context;
    if (!(error instanceof PlatformError)) return error;
    try {
      if (!(await nodeContainer(engine, profile, { signal }))) return error;
      context.progress({ message: 'keeping the log of the node' });
      await gatherLog(signal);
    } catch {
      signal.throwIfAborted();
      return error;
    }
    const { code, message, suggestions, output, command, facts } = error;
    return new PlatformError(code, message, {
      suggestions: [...suggestions, `the log of the node is kept in ${logFile}`],
      ...(output !== undefined && { output }),
      ...(command !== undefined && { command }),
      facts: { ...facts, log: logFile },
      cause: error.cause,
    });
  }

  async function takeAccess(): Promise<void> {
    const text = kubeconfigText(profile, await readAccess(kubeconfigOfMinikube));
    await writeFileAtomically(kubeconfig, text, { mode: 0o600 });
  }

  function madeOf({ kubernetes, at, ports: served }: MinikubeRecord): ClusterMade {
    return { kubernetes, nodes: 1, at, ports: served };
  }
}
