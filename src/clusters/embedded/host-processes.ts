import { readdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Clock } from '../../clock.js';
import { systemCode } from '../../errors.js';
import { poll } from '../../poll.js';
import { startTimeOf } from '../../process-identity.js';
import type { Processes } from '../../process.js';

export interface HostProcess {
  readonly pid: number;
  readonly command: string;
  /** The name it was started under, such as `kube-apiserver`. */
  readonly component: string;
}

/**
 * Processes of the control plane in a folder: those whose program lies there (kwokctl links them into it), and those
 * that a pid file names and whose arguments name the folder, since a tool on PATH may be a script that became another
 * program.
 */
export async function processesFrom(folder: string, processes: Processes): Promise<HostProcess[]> {
  const [{ stdout }, recorded] = await Promise.all([processes.run('ps', ['-ww', '-eo', 'pid=,args=']), pidsIn(folder)]);
  const named = new Map(recorded.map(({ pid, file }) => [pid, basename(file, '.pid')]));
  return stdout.split('\n').flatMap((line) => {
    const [, pid, command] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? [];
    if (!pid || !command) return [];
    const recordedAs = command.includes(`${folder}/`) ? named.get(Number(pid)) : undefined;
    const [program] = command.startsWith(`${folder}/`) ? command.slice(folder.length).split(' ') : [];
    const component = recordedAs ?? (program === undefined ? undefined : basename(program));
    return component === undefined ? [] : [{ pid: Number(pid), command, component }];
  });
}

/**
 * Ends all of them at once, as kwokctl does: etcd is made for sudden ends, and an API server without its etcd takes
 * long over a polite one. Resolves when they are really gone and their ports are free.
 */
export async function endProcessesFrom(
  folder: string,
  processes: Processes,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const alive = await processesFrom(folder, processes);
    if (alive.length === 0) return;
    for (const { pid } of alive) killQuietly(pid);
    // A process that is ending loses its command line before its sockets.
    await poll(signal, clock, 20, () =>
      Promise.resolve(alive.every(({ pid }) => startTimeOf(pid) === undefined) ? true : undefined),
    );
  }
}

/**
 * Removes pid files that do not name a process of this control plane. kwokctl believes any living pid, and after a
 * reboot that may be somebody else's process, which it would take for its own and kill.
 */
export async function removeStalePidFiles(folder: string, processes: Processes): Promise<void> {
  const alive = new Set((await processesFrom(folder, processes)).map(({ pid }) => pid));
  const stale = (await pidsIn(folder)).filter(({ pid }) => !alive.has(pid));
  await Promise.all(stale.map(({ file }) => rm(file, { force: true })));
}

/** Components that were started and have ended, by their pid files. */
export async function endedComponents(folder: string): Promise<string[]> {
  const recorded = await pidsIn(folder);
  return recorded.filter(({ pid }) => startTimeOf(pid) === undefined).map(({ file }) => basename(file, '.pid'));
}

async function pidsIn(folder: string): Promise<{ readonly file: string; readonly pid: number }[]> {
  const pids = join(folder, 'pids');
  try {
    const files = (await readdir(pids)).map((name) => join(pids, name));
    return await Promise.all(files.map(async (file) => ({ file, pid: Number(await readFile(file, 'utf8')) })));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (systemCode(error) !== 'ESRCH') throw error;
  }
}
