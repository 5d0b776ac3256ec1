import { join } from 'node:path';
import type { Environment } from '../environment/environment.js';
import { PlatformError } from '../errors.js';
import { createNetwork } from '../network.js';
import type { Ports } from '../ports.js';
import { createCharts, type Charts } from '../releases/charts/charts.js';
import { helmCommand, type Helm } from '../releases/helm/helm.js';
import { lockedDigests } from '../releases/lock/lock-coverage.js';
import { readLockFor, type Lock } from '../releases/lock/lock-file.js';
import { createToolchain, type Toolchain } from '../toolchain/toolchain.js';

export interface PublishedCharts {
  readonly charts: Charts;
  readonly toolchain: Toolchain;
  /** For what needs no cluster. */
  readonly helm: Pick<Helm, 'pull' | 'template'>;
}

/**
 * Charts as their publishers have them, never stand-ins; needs no provider and no cluster.
 * @param locked Digests that a lock holds, by the words of `describeChart`
 * @param mirror Where they come from instead: `local.charts`
 */
export function publishedCharts(ports: Ports, locked?: ReadonlyMap<string, string>, mirror?: string): PublishedCharts {
  const network = createNetwork(ports);
  const toolchain = createToolchain(ports, { network });
  const binary = async () => {
    const tool = await toolchain.find('helm');
    if (!tool) throw new PlatformError('prerequisite', 'helm is not installed');
    return tool.path;
  };
  const helm = helmCommand(ports.processes, binary, '');
  const folder = join(ports.paths.cache, 'charts');
  const charts = createCharts({
    folder,
    helm,
    network,
    clock: ports.clock,
    standInsAllowed: false,
    mirror,
    ...(locked && { locked }),
  });
  return { charts, toolchain, helm };
}

/** {@link publishedCharts}, those of the environment's lock where it has one. */
export async function lockedCharts(
  environment: Pick<Environment, 'file' | 'releases' | 'local'>,
  ports: Ports,
): Promise<PublishedCharts & { readonly lock: Lock | undefined }> {
  const lock = await readLockFor(environment);
  return { ...publishedCharts(ports, lockedDigests(lock, environment), environment.local.charts), lock };
}
