import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createProvider } from '../clusters/provider.js';
import { withSharedInspection } from '../clusters/shared-inspection.js';
import type { ClusterProvider } from '../clusters/cluster.js';
import type { Environment, ProviderName } from '../environment/environment.js';
import { PlatformError } from '../errors.js';
import { connect, type ClusterClient } from '../kubernetes/client.js';
import { ClusterView } from '../kubernetes/cluster-view.js';
import { contextName } from '../kubernetes/kubeconfig.js';
import { createNetwork, type Network } from '../network.js';
import { environmentState } from '../paths.js';
import type { Ports } from '../ports.js';
import { createCharts, type Charts } from '../releases/charts.js';
import { helmCommand, type Helm } from '../releases/helm.js';
import { createToolchain, type Toolchain } from '../toolchain/toolchain.js';

/** All that works on one environment, put together for its provider. */
export interface Assembly {
  readonly provider: ClusterProvider;
  readonly view: ClusterView;
  readonly toolchain: Toolchain;
  readonly network: Network;
  readonly helm: Helm;
  readonly charts: Charts;
  /** The environment's folder under the state directory. */
  readonly stateFolder: string;
}

export function assemble(
  environment: Pick<Environment, 'name' | 'local'>,
  providerName: ProviderName,
  ports: Ports,
): Assembly {
  const network = createNetwork(ports);
  const toolchain = createToolchain(ports, { network });
  const provider = withSharedInspection(createProvider(providerName, environment, ports, toolchain));
  const view = new ClusterView(connectionTo(provider, environment.name), ports.clock);
  const helm = helmCommand(ports.processes, () => helmBinary(toolchain), provider.kubeconfig);
  const charts = createCharts({
    folder: join(ports.paths.cache, 'charts'),
    helm,
    network,
    clock: ports.clock,
    standInsAllowed: provider.simulation !== undefined,
  });
  const stateFolder = environmentState(ports.paths, environment.name);
  return { provider, view, toolchain, network, helm, charts, stateFolder };
}

// Made anew when the cluster was: its address and its certificates may have changed.
function connectionTo(provider: ClusterProvider, environment: string): () => Promise<ClusterClient | undefined> {
  let made: string | undefined;
  let client: Promise<ClusterClient> | undefined;
  return async () => {
    if (!existsSync(provider.kubeconfig)) return undefined;
    const state = await provider.inspect();
    if (state.status !== 'running') return undefined;
    if (made !== state.made.at) {
      made = state.made.at;
      client = connect(provider.kubeconfig, contextName(environment));
    }
    return client;
  };
}

async function helmBinary(toolchain: Toolchain): Promise<string> {
  const tool = await toolchain.find('helm');
  if (!tool) throw new PlatformError('prerequisite', 'helm is not installed');
  return tool.path;
}
