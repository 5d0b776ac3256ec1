import { stat } from 'node:fs/promises';
import { release } from 'node:os';
import { formatBytes, gibibyte } from '../bytes.js';
import { freeBytes } from '../disk-space.js';
import type { Examination } from './check.js';
import type { FindEngine } from './container-engine.js';

/** A node image is 1 GiB, each node unpacks the images of the releases for itself, and so does the registry. */
const needed = 10 * gibibyte;
/** Not enough for the node image and the control plane's own data. */
const least = 2 * gibibyte;

export interface EngineDiskOptions {
  readonly engine: FindEngine;
  readonly free?: (folder: string) => Promise<number>;
  /** Release of this machine's kernel. */
  readonly kernel?: string;
}

/** Whether there is room where the container engine keeps images, if that is on this machine. */
export function engineDisk({ engine, free = freeBytes, kernel = release() }: EngineDiskOptions): Examination {
  return {
    name: 'engine disk',
    async examine(signal) {
      const found = await engine(signal);
      if (found.status !== 'running') return { status: 'ok', detail: 'not looked at: no container engine answers' };
      const { name, root } = found;
      if (root === undefined || found.kernel !== kernel || !(await isHere(root))) {
        return {
          status: 'ok',
          detail: `${name} keeps its images on another machine; see there with: ${name} system df`,
        };
      }
      const bytes = await free(root);
      const detail = `${formatBytes(bytes)} free for images and volumes in ${root}`;
      if (bytes >= needed) return { status: 'ok', detail };
      return {
        status: bytes < least ? 'blocking' : 'warning',
        detail: `${detail}; a cluster with the default releases needs about ${formatBytes(needed)}`,
        fix: [`see what takes it: ${name} system df`, `remove what no container uses: ${name} system prune`],
      };
    },
  };
}

async function isHere(folder: string): Promise<boolean> {
  return stat(folder).then(
    () => true,
    () => false,
  );
}
