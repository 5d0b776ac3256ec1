import { join } from 'node:path';
import type { Environment } from '../environment/environment.js';
import { createNetwork } from '../network.js';
import type { Ports } from '../ports.js';
import { dockerCredentials } from '../registry/docker-credentials.js';
import { createRegistries, type Registries } from '../registry/registry.js';
import { apisOf } from '../releases/graph/brought-apis.js';
import type { Charts } from '../releases/charts/charts.js';
import { createRenderings, type Renderings } from '../releases/contents/rendering.js';
import type { Toolchain } from '../toolchain/toolchain.js';
import { publishedCharts } from './published-charts.js';

/** What a lock is made with; needs no provider and no cluster. */
export interface LockParts {
  readonly toolchain: Toolchain;
  readonly registries: Registries;
  /** Charts as their publishers have them, never stand-ins; those with a locked digest exactly so. */
  charts(locked: ReadonlyMap<string, string>): Charts;
  renderings(environment: Environment, charts: Charts): Pick<Renderings, 'known' | 'contents'>;
}

export async function lockParts(ports: Ports): Promise<LockParts> {
  const { toolchain, helm } = publishedCharts(ports);
  const credentials = await dockerCredentials(ports.variables);
  return {
    toolchain,
    registries: createRegistries({ network: createNetwork(ports), credentials }),
    charts: (locked) => publishedCharts(ports, locked).charts,
    renderings: ({ target, local, aws, releases }, charts) =>
      createRenderings({
        folder: join(ports.paths.cache, 'charts', 'rendered'),
        helm,
        charts,
        kubernetes: (target === 'aws' ? aws?.kubernetes : undefined) ?? local.kubernetes,
        apis: releases.flatMap(apisOf),
      }),
  };
}
