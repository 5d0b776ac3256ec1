import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../errors.js';
import type { Paths } from '../paths.js';
import { isRunning, startTimeOf } from '../process-identity.js';

/**
 * Does some work in a folder of its own beside the finished tools, so that a result can be moved there in one step.
 * The folder is removed afterwards; folders of dead processes are removed first.
 */
export async function inWorkFolder<T>(paths: Paths, work: (folder: string) => Promise<T>): Promise<T> {
  await removeAbandonedWork(paths);
  const started = Buffer.from(startTimeOf(process.pid) ?? '').toString('hex');
  const folder = join(root(paths), `${String(process.pid)}.${started}.${randomBytes(4).toString('hex')}`);
  await mkdir(folder, { recursive: true });
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Removes what killed processes left; resolves to the removed folders. */
export async function removeAbandonedWork(paths: Paths): Promise<string[]> {
  const abandoned = (await namesIn(root(paths))).filter((name) => {
    const [pid, started] = name.split('.');
    return !isRunning(Number(pid), Buffer.from(started ?? '', 'hex').toString());
  });
  const folders = abandoned.map((name) => join(root(paths), name));
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
  return folders;
}

function root(paths: Paths): string {
  return join(paths.cache, 'tools', '.work');
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}
