import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * When a process was started, as an opaque text; together with the pid it names one process for good, since pids are
 * given out again. `undefined` when there is no such process.
 */
export function startTimeOf(pid: number): string | undefined {
  return process.platform === 'linux' ? startTicksFromProc(pid) : startTextFromPs(pid);
}

/** True while the very process that had this pid and start time still runs. */
export function isRunning(pid: number, startedAt: string): boolean {
  return startTimeOf(pid) === startedAt;
}

function startTicksFromProc(pid: number): string | undefined {
  try {
    return startTicksFrom(readFileSync(`/proc/${String(pid)}/stat`, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * The start time in the text of /proc/PID/stat, in clock ticks since boot (fields 3, 20 and 22 of proc(5)); `undefined`
 * when the process has ended. One in state Z has, unless other threads of it are still ending: they hold its sockets.
 */
export function startTicksFrom(stat: string): string | undefined {
  // The command in field 2 may hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, threads, startTicks] = [fields[0], Number(fields[17]), fields[19]];
  return state === 'X' || (state === 'Z' && threads <= 1) ? undefined : startTicks;
}

// Language and time zone are fixed: the process that compares may have others than the one that wrote it down.
function startTextFromPs(pid: number): string | undefined {
  const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
  try {
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8', env }).trim();
    return line.startsWith('Z') ? undefined : line.replace(/^\S+\s+/, '');
  } catch {
    return undefined;
  }
}
