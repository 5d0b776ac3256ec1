import { formatBytes, gibibyte } from '../bytes.js';
import type { Examination } from './check.js';
import type { ContainerNeed } from './container-need.js';

/** The embedded control plane takes 0.7 GB; a cluster in containers with the default releases about 4. */
const needed: Readonly<Record<ContainerNeed, number>> = { no: 1 * gibibyte, perhaps: 1 * gibibyte, yes: 4 * gibibyte };

export interface Memory {
  readonly bytes: number;
  readonly what: 'available' | 'in all';
}

/** Whether there is memory for a control plane; `memory` is what this machine has. */
export function memory(need: ContainerNeed, { bytes, what }: Memory): Examination {
  return {
    name: 'memory',
    examine() {
      const detail = `${formatBytes(bytes)} ${what}`;
      if (bytes >= needed[need]) return Promise.resolve({ status: 'ok', detail });
      return Promise.resolve({
        status: 'warning',
        detail: `${detail}; about ${formatBytes(needed[need])} is needed, and with less processes are ended at random`,
        fix: ['end other programs, or leave releases out with `--skip`'],
      });
    },
  };
}
