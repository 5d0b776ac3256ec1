import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { PlatformError } from '../../errors.js';
import { describePortOwner, isPortFree, portOwner } from '../../local/ports.js';
import type { Processes } from '../../process.js';
import { processesFrom } from './host-processes.js';

const kwokSchema = z.object({
  components: z.array(z.object({ name: z.string(), ports: z.array(z.object({ port: z.int() })).default([]) })),
});

/**
 * A stopped control plane starts on the ports it was made with, and kwokctl would wait in vain for a component that
 * cannot have its own.
 * @throws PlatformError `conflict` that names the port and the process that has it
 */
export async function refuseTakenPorts(folder: string, processes: Processes): Promise<void> {
  // Its first document is the configuration of kwokctl, with the ports that were chosen.
  const [configuration] = parseAllDocuments(await readFile(join(folder, 'kwok.yaml'), 'utf8'));
  const { components } = kwokSchema.parse(configuration?.toJS());
  const own = new Set((await processesFrom(folder, processes)).map(({ pid }) => pid));
  const ports = components.flatMap(({ name, ports: listening }) => listening.map(({ port }) => ({ name, port })));
  await Promise.all(
    ports.map(async ({ name, port }) => {
      if (await isPortFree(port)) return;
      const owner = await portOwner(port, processes);
      if (owner?.pid !== undefined && own.has(owner.pid)) return;
      const who = owner ? describePortOwner(owner) : 'another process';
      throw new PlatformError('conflict', `port ${String(port)} of ${name} is taken by ${who}`, {
        suggestions: ['end that process and run the command again', 'or `platform destroy` and `platform up --local`'],
        facts: { port, component: name, owner },
      });
    }),
  );
}
