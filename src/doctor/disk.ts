import { stat } from 'node:fs/promises';
import type { Paths } from '../paths.js';
import { formatBytes, gibibyte } from '../bytes.js';
import { freeBytes, leastControlPlaneBytes } from '../disk-space.js';
import type { Examination } from './check.js';
import { existingFolder } from '../existing-folder.js';

/** etcd's data with its write-ahead log, the control plane's logs, claims of simulated pods, journals. */
const stateBytes = 1 * gibibyte;
/** The tools are 0.6 GB; unpacking needs some of that twice, and charts lie there too. */
const cacheBytes = 1.5 * gibibyte;
/** Whether there is room for what is kept: one check for each file system. */
export function disk(paths: Pick<Paths, 'state' | 'cache'>, free = freeBytes): Examination {
  return {
    name: 'disk',
    async examine() {
      const folders = [
        { path: paths.state, bytes: stateBytes },
        { path: paths.cache, bytes: cacheBytes },
      ];
      const bySystem = new Map<number, { readonly paths: string[]; readonly folder: string; bytes: number }>();
      for (const { path, bytes } of folders) {
        const folder = await existingFolder(path);
        const { dev } = await stat(folder);
        const known = bySystem.get(dev) ?? { paths: [], folder, bytes: 0 };
        known.paths.push(path);
        known.bytes += bytes;
        bySystem.set(dev, known);
      }
      const systems = await Promise.all(
        [...bySystem.values()].map(async (system) => ({ ...system, free: await free(system.folder) })),
      );
      const detail = systems
        .map((system) => `${formatBytes(system.free)} free for ${system.paths.join(' and ')}`)
        .join('; ');
      const short = systems.filter((system) => system.free < system.bytes);
      if (short.length === 0) return { status: 'ok', detail };
      const needed = short.map(({ bytes }) => formatBytes(bytes)).join(' and ');
      return {
        status: short.some((system) => system.free < leastControlPlaneBytes) ? 'blocking' : 'warning',
        detail: `${detail}; about ${needed} is needed at first`,
        fix: [
          'platform tools prune',
          'or move them with XDG_STATE_HOME and XDG_CACHE_HOME to where there is more room',
        ],
      };
    },
  };
}
