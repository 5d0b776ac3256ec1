import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';

export interface Measured {
  readonly wallMs: number;
  /** Largest resident set in MiB; 0 where there is no /proc to tell. */
  readonly peakMiB: number;
  readonly stdout: string;
}

const sampleMs = 5;

/** Runs a program to its end and measures the whole process from outside; its exit status must be 0. */
export async function measure(
  command: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Measured> {
  const [program = '', ...args] = command;
  const start = performance.now();
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  let peakKiB = 0;
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const sampler = setInterval(() => {
    void highWaterMark(child.pid).then((kib) => (peakKiB = Math.max(peakKiB, kib)));
  }, sampleMs);
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const wallMs = performance.now() - start;
  clearInterval(sampler);
  if (exitCode !== 0) throw new Error(`${command.join(' ')} ended with ${String(exitCode)}\n${stdout}\n${stderr}`);
  return { wallMs, peakMiB: peakKiB / 1024, stdout };
}

/** The middle one of several runs after one that does not count, and the range of all. */
export async function repeated(
  runs: number,
  command: readonly string[],
  options?: Parameters<typeof measure>[1],
): Promise<{ readonly median: number; readonly range: string; readonly peakMiB: number; readonly last: Measured }> {
  let last = await measure(command, options);
  const times: number[] = [];
  let peakMiB = 0;
  for (let run = 0; run < runs; run += 1) {
    last = await measure(command, options);
    times.push(last.wallMs);
    peakMiB = Math.max(peakMiB, last.peakMiB);
  }
  times.sort((a, b) => a - b);
  const median = times[Math.floor(times.length / 2)] ?? 0;
  const range = `${(times[0] ?? 0).toFixed(0)}–${(times.at(-1) ?? 0).toFixed(0)}`;
  return { median, range, peakMiB, last };
}

async function highWaterMark(pid: number | undefined): Promise<number> {
  try {
    const status = await readFile(`/proc/${String(pid)}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
  } catch {
    return 0;
  }
}
