import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../../errors.js';
import type { Processes } from '../../process.js';

export interface HostProcess {
  readonly pid: number;
  readonly command: string;
}

/** Processes of this machine whose program lies in a folder; all of the control plane is started from there. */
export async function processesFrom(folder: string, processes: Processes): Promise<HostProcess[]> {
  const { stdout } = await processes.run('ps', ['-ww', '-eo', 'pid=,args=']);
  return stdout.split('\n').flatMap((line) => {
    const [, pid, command] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? [];
    return pid && command?.startsWith(`${folder}/`) ? [{ pid: Number(pid), command }] : [];
  });
}

/**
 * Removes pid files that do not name a process of this control plane. kwokctl believes any living pid, and after a
 * reboot that may be somebody else's process, which it would take for its own and kill.
 */
export async function removeStalePidFiles(folder: string, alive: readonly HostProcess[]): Promise<void> {
  const pids = join(folder, 'pids');
  let names: string[];
  try {
    names = await readdir(pids);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return;
    throw error;
  }
  await Promise.all(
    names.map(async (name) => {
      const pid = Number(await readFile(join(pids, name), 'utf8'));
      if (!alive.some((process) => process.pid === pid)) await rm(join(pids, name), { force: true });
    }),
  );
}
