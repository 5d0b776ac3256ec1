import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { readJsonFile, writeFileAtomically } from '../files.js';
import type { Paths } from '../paths.js';
import { programAt } from './path-search.js';
import type { Platform, ToolName } from './pins.js';
import type { Tool } from './tool.js';

const recordSchema = z.object({
  version: z.string(),
  source: z.enum(['download', 'go']),
  /** Of the program itself. */
  sha256: z.string(),
  bytes: z.number(),
  changedAt: z.number(),
  /** Where it was downloaded from, or the Go package at its version. */
  from: z.string(),
  unofficial: z.string().optional(),
  at: z.string(),
});

/** What our cache holds: a tool counts only with its record, which is written last. */
export type ToolRecord = z.infer<typeof recordSchema>;

export type Origin = Pick<ToolRecord, 'source' | 'from' | 'unofficial' | 'at'>;

/** The folder of one version of a tool. */
export function toolFolder(paths: Paths, name: ToolName, version: string, platform: Platform): string {
  return join(paths.cache, 'tools', name, `${version}-${platform.replace('/', '-')}`);
}

/** The tool in a folder; `undefined` unless it is whole: recorded, and of the recorded size and time. */
export async function cachedTool(folder: string, name: ToolName): Promise<Tool | undefined> {
  const record = await readJsonFile(join(folder, 'record.json'), recordSchema);
  if (!record) return undefined;
  const program = await programAt(join(folder, name));
  if (program?.bytes !== record.bytes || program.changedAt !== record.changedAt) return undefined;
  const { version, source, unofficial } = record;
  return { name, version, path: program.path, source, ...(unofficial !== undefined && { unofficial }) };
}

/** Moves a finished program into its folder, and only then says that it is there. */
export async function keepTool(
  folder: string,
  name: ToolName,
  version: string,
  file: string,
  origin: Origin,
): Promise<Tool> {
  const path = join(folder, name);
  const record = join(folder, 'record.json');
  await mkdir(folder, { recursive: true });
  await rm(record, { force: true });
  await chmod(file, 0o755);
  await flush(file);
  const sha256 = await sha256Of(file);
  await rename(file, path);
  const { size, mtimeMs } = await stat(path);
  const facts: ToolRecord = { version, ...origin, sha256, bytes: size, changedAt: mtimeMs };
  await writeFileAtomically(record, `${JSON.stringify(facts, null, 2)}\n`);
  const { source, unofficial } = origin;
  return { name, version, path, source, ...(unofficial !== undefined && { unofficial }) };
}

// The record must not survive a power cut that the program's own bytes did not.
async function flush(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
