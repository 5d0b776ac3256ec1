import { mkdir, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../clock.js';
import { systemCode } from '../../errors.js';
import { poll } from '../../poll.js';
import { startTimeOf } from '../../process-identity.js';
import { backgroundProcesses, type BackgroundProcesses, type Processes } from '../../process.js';
import type { HostProgram, HostPrograms, RunningProgram } from '../host-programs.js';
import { lastWords } from './component-logs.js';
import { processesFrom } from './host-processes.js';

/** How long a program may take to end by itself before it is killed, in milliseconds. */
const patienceMs = 5_000;

/**
 * Programs beside the control plane of a folder. They are linked into it and have pid files, as kwokctl's components:
 * so whatever ends, counts or logs those, has these as well.
 */
export function programsBeside(
  folder: string,
  { processes, clock }: { readonly processes: Processes; readonly clock: Clock },
  background: BackgroundProcesses = backgroundProcesses,
): HostPrograms {
  const linkOf = (name: string) => join(folder, 'bin', name);
  const own = join(folder, 'monitoring');

  return {
    folder: own,
    async running() {
      const found = await processesFrom(folder, processes);
      return new Map(
        found.map(({ pid, command, component }): [string, RunningProgram] => [
          component,
          {
            pid,
            async isStartedAs({ name, path, args }) {
              return command.endsWith(` ${args.join(' ')}`) && (await linked(linkOf(name))) === path;
            },
          },
        ]),
      );
    },
    async start({ name, path, args, env }: HostProgram) {
      const link = linkOf(name);
      await Promise.all(
        [join(folder, 'bin'), join(folder, 'pids'), own].map((made) => mkdir(made, { recursive: true })),
      );
      await rm(link, { force: true });
      await symlink(path, link);
      const log = join(folder, 'logs', `${name}.log`);
      const pid = await background.start(link, args, { cwd: own, log, ...(env && { env }) });
      await writeFile(join(folder, 'pids', `${name}.pid`), String(pid));
      return pid;
    },
    async end(name, signal) {
      const found = await processesFrom(folder, processes);
      const pids = found.filter(({ component }) => component === name).map(({ pid }) => pid);
      const since = clock.now();
      for (const pid of pids) signalQuietly(pid, 'SIGTERM');
      await poll(signal, clock, 20, () => {
        const alive = pids.filter((pid) => startTimeOf(pid) !== undefined);
        if (clock.now() - since > patienceMs) for (const pid of alive) signalQuietly(pid, 'SIGKILL');
        return Promise.resolve(alive.length === 0 ? true : undefined);
      });
    },
    lastWords: (name) => lastWords(folder, name),
  };
}

async function linked(link: string): Promise<string | undefined> {
  try {
    return await readlink(link);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function signalQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (systemCode(error) !== 'ESRCH') throw error;
  }
}
