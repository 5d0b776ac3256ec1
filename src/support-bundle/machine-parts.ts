import { readFile } from 'node:fs/promises';
import { cpus, release, totalmem, type, version } from 'node:os';
import { basename } from 'node:path';
import { journals } from '../plan/journal.js';
import { productPackage } from '../product.js';
import { toolNames } from '../toolchain/pins.js';
import type { Toolchain } from '../toolchain/toolchain.js';
import type { Part } from './part.js';

const runsKept = 3;

/** What is on this machine: versions, and the journals of the last runs. */
export function machineParts(toolchain: Pick<Toolchain, 'find' | 'pins'>, stateFolder: string): Part[] {
  return [
    {
      name: 'versions',
      collect: async () => [{ path: 'versions.json', content: await versions(toolchain) }],
    },
    {
      name: 'journals',
      async collect() {
        const files = (await journals(stateFolder)).slice(0, runsKept);
        return Promise.all(
          files.map(async (file) => ({ path: `runs/${basename(file)}`, content: await readFile(file, 'utf8') })),
        );
      },
    },
  ];
}

async function versions(toolchain: Pick<Toolchain, 'find' | 'pins'>): Promise<object> {
  const pinned = toolNames.filter((name) => toolchain.pins.tools[name]);
  const tools = await Promise.all(
    pinned.map(async (name) => [name, (await toolchain.find(name)) ?? 'not here'] as const),
  );
  return {
    platform: (await productPackage()).version,
    node: process.version,
    system: { type: type(), release: release(), version: version(), architecture: process.arch },
    processors: cpus().length,
    memoryBytes: totalmem(),
    tools: Object.fromEntries(tools),
  };
}
