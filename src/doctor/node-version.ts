import { satisfies } from 'semver';
import type { Examination } from './check.js';

/** Whether this Node is one the product runs on; `range` is the `engines.node` of its package. */
export function nodeVersion(version: string, range: string): Examination {
  return {
    name: 'node',
    examine: () =>
      Promise.resolve(
        satisfies(version, range)
          ? { status: 'ok', detail: `${version} (${range} is needed)` }
          : {
              status: 'blocking',
              detail: `${version} cannot run this program: ${range} is needed`,
              fix: [`install Node ${range} (https://nodejs.org) and put it first on PATH`],
            },
      ),
  };
}
