import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { formatDuration } from '../clock.js';
import { createProvider } from '../clusters/provider.js';
import { withSharedInspection } from '../clusters/shared-inspection.js';
import type { ClusterProvider } from '../clusters/cluster.js';
import type { Engine } from '../containers/engine.js';
import { engineOf } from '../containers/find-engine.js';
import type { Environment, ProviderName } from '../environment/environment.js';
import { PlatformError } from '../errors.js';
import { connect, type ClusterClient } from '../kubernetes/client.js';
import { ClusterView } from '../kubernetes/cluster-view.js';
import { patienceMs, patientClient } from '../kubernetes/patient-client.js';
import { contextName } from '../kubernetes/kubeconfig.js';
import { createNetwork, type Network } from '../network.js';
import { environmentState } from '../paths.js';
import type { Ports } from '../ports.js';
import { apisOf } from '../releases/graph/brought-apis.js';
import { createCharts, type Charts } from '../releases/charts/charts.js';
import { helmCommand, type Helm } from '../releases/helm/helm.js';
import { createRenderings, type Renderings } from '../releases/contents/rendering.js';
import { createToolchain, type Toolchain } from '../toolchain/toolchain.js';

/** All that works on one environment, put together for its provider. */
export interface Assembly {
  readonly provider: ClusterProvider;
  /** Of this machine. */
  readonly engine: Engine;
  readonly view: ClusterView;
  readonly toolchain: Toolchain;
  readonly network: Network;
  readonly helm: Helm;
  readonly charts: Charts;
  readonly renderings: Renderings;
  /** The environment's folder under the state directory. */
  readonly stateFolder: string;
}

export interface AssembleOptions {
  /** Waits where the API server goes away in the middle; for what only looks, that it is away is the answer. */
  readonly isPatient?: boolean;
  /** Digests that charts must have, by the words of `describeChart`. */
  readonly locked?: ReadonlyMap<string, string>;
}

export function assemble(
  environment: Pick<Environment, 'name' | 'local' | 'releases'>,
  providerName: ProviderName,
  ports: Ports,
  options: AssembleOptions = {},
): Assembly {
  const network = createNetwork(ports);
  const toolchain = createToolchain(ports, { network });
  const engine = engineOf(ports.processes);
  const alone = createProvider(providerName, environment, ports, { toolchain, engine });
  const provider = withSharedInspection(alone);
  const connected = (client: ClusterClient) => (options.isPatient ? patient(client, alone, ports) : client);
  const view = new ClusterView(connectionTo(provider, environment.name, connected), ports.clock);
  const helm = helmCommand(ports.processes, () => helmBinary(toolchain), provider.kubeconfig);
  const charts = createCharts({
    folder: join(ports.paths.cache, 'charts'),
    helm,
    network,
    clock: ports.clock,
    standInsAllowed: provider.simulation !== undefined,
    mirror: environment.local.charts,
    ...(options.locked && { locked: options.locked }),
  });
  const renderings = createRenderings({
    folder: join(ports.paths.cache, 'charts', 'rendered'),
    helm,
    charts,
    kubernetes: environment.local.kubernetes,
    apis: environment.releases.flatMap(apisOf),
  });
  const stateFolder = environmentState(ports.paths, environment.name);
  return { provider, engine, view, toolchain, network, helm, charts, renderings, stateFolder };
}

function patient(client: ClusterClient, provider: ClusterProvider, ports: Ports): ClusterClient {
  const { clock, events, interruption } = ports;
  return patientClient(client, {
    clock,
    // Not the shared look at the cluster: that is from before.
    async mayComeBack() {
      if (interruption.draining.aborted) return false;
      const { status } = await provider.inspect();
      return status === 'running' || status === 'unreachable';
    },
    onAway() {
      const message = `the API server does not answer; waiting up to ${formatDuration(patienceMs)} for it`;
      events.emit({ type: 'notice', level: 'warning', message });
    },
  });
}

// Made anew when the cluster was: its address and its certificates may have changed.
function connectionTo(
  provider: ClusterProvider,
  environment: string,
  connected: (client: ClusterClient) => ClusterClient,
): () => Promise<ClusterClient | undefined> {
  let made: string | undefined;
  let client: Promise<ClusterClient> | undefined;
  return async () => {
    if (!existsSync(provider.kubeconfig)) return undefined;
    const state = await provider.inspect();
    if (state.status !== 'running') return undefined;
    if (made !== state.made.at) {
      made = state.made.at;
      client = connect(provider.kubeconfig, contextName(environment)).then(connected);
    }
    return client;
  };
}

async function helmBinary(toolchain: Toolchain): Promise<string> {
  const tool = await toolchain.find('helm');
  if (!tool) throw new PlatformError('prerequisite', 'helm is not installed');
  return tool.path;
}
