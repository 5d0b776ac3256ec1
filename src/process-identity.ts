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

// Field 22 of /proc/PID/stat; the command in field 2 may hold spaces and parentheses. State Z is dead already.
function startTicksFromProc(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch {
    return undefined;
  }
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
