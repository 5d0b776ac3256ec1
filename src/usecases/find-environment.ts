import { readFile } from 'node:fs/promises';
import { parseDocument } from 'yaml';
import { findEnvironmentFile } from '../environment/find-file.js';
import { listRecords, readRecord, type EnvironmentRecord } from '../environment/record.js';
import { environmentName } from '../environment/schema.js';
import { PlatformError } from '../errors.js';
import type { Ports } from '../ports.js';

export interface FoundEnvironment {
  readonly name: string;
  /** Absent when it was never begun on this machine. */
  readonly record: EnvironmentRecord | undefined;
}

/**
 * Which environment a command means that needs no file: the one named, else that of the nearest platform.yaml, else
 * the only one there is. A broken file must not keep anybody from destroying, so only its name is read.
 * @throws PlatformError `usage` when there are several or the name cannot be one, `conflict` when there is none
 */
export async function findEnvironment(
  named: string | undefined,
  cwd: string,
  { paths }: Pick<Ports, 'paths'>,
): Promise<FoundEnvironment> {
  const name = named ?? (await nameInFile(cwd));
  if (name !== undefined) {
    refuseUnlessName(name);
    return { name, record: await readRecord(paths, name) };
  }
  const records = await listRecords(paths);
  const [only] = records;
  if (!only) {
    throw new PlatformError('conflict', 'there is no environment on this machine', {
      suggestions: ['build one with `platform up --local`'],
    });
  }
  if (records.length === 1) return { name: only.name, record: only };
  throw new PlatformError(
    'usage',
    `there are several environments: ${records.map((record) => record.name).join(', ')}`,
    {
      suggestions: ['say which one with --environment NAME'],
    },
  );
}

// The name becomes part of a path, and what is at that path may be removed.
function refuseUnlessName(name: string): void {
  const problem = environmentName.safeParse(name).error?.issues[0]?.message;
  if (problem === undefined) return;
  throw new PlatformError('usage', `no environment can be called ${JSON.stringify(name)}: ${problem}`, {
    suggestions: ['say which one with --environment NAME'],
  });
}

async function nameInFile(cwd: string): Promise<string | undefined> {
  const file = await findEnvironmentFile(cwd);
  if (file === undefined) return undefined;
  try {
    const name: unknown = parseDocument(await readFile(file, 'utf8')).get('name');
    return typeof name === 'string' ? name : undefined;
  } catch {
    return undefined;
  }
}
