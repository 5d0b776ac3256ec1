import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { systemCode } from '../errors.js';
import { readJsonFile, writeFileAtomically } from '../files.js';
import { environmentState, type Paths } from '../paths.js';

const providerName = z.enum(['kind', 'minikube', 'embedded', 'eks']);

const recordSchema = z.object({
  name: z.string(),
  target: z.enum(['local', 'aws']),
  provider: providerName,
  /** Providers that the environment was on before, while a cluster of theirs may still have to be removed. */
  previous: z.array(providerName).optional(),
  /** Absolute path of the environment file; absent when a blueprint was used as it is. */
  file: z.string().optional(),
  blueprint: z.string().optional(),
  /** Where its public charts came from, if the command line said so. */
  charts: z.string().optional(),
  /** Optional parts that the command line asked for beside the file's. */
  parts: z.array(z.string()).optional(),
  /** ISO 8601. */
  createdAt: z.string(),
});

/**
 * That an environment was begun on this machine and with what: written before anything is made, so that `destroy`
 * knows where to look. It says nothing about what there is; that is asked of the world.
 */
export type EnvironmentRecord = z.infer<typeof recordSchema>;

export async function readRecord(paths: Paths, name: string): Promise<EnvironmentRecord | undefined> {
  return readJsonFile(recordFile(paths, name), recordSchema);
}

export async function writeRecord(paths: Paths, record: EnvironmentRecord): Promise<void> {
  await writeFileAtomically(recordFile(paths, record.name), `${JSON.stringify(record, null, 2)}\n`);
}

/** All environments begun on this machine, by name. */
export async function listRecords(paths: Paths): Promise<EnvironmentRecord[]> {
  const names: string[] = [];
  try {
    const entries = await readdir(paths.state, { withFileTypes: true });
    names.push(...entries.filter((entry) => entry.isDirectory()).map(({ name }) => name));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
  const records = await Promise.all(names.sort().map((name) => readRecord(paths, name)));
  return records.filter((record) => record !== undefined);
}

function recordFile(paths: Paths, name: string): string {
  return join(environmentState(paths, name), 'environment.json');
}
