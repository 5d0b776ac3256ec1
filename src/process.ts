import { mkdir, open } from 'node:fs/promises';
import { constants } from 'node:os';
import { dirname } from 'node:path';
import { execa } from 'execa';
import { PlatformError } from './errors.js';
import { startTimeOf } from './process-identity.js';

export interface RunOptions {
  /** Given to the child on its standard input; without it the child reads end of file. */
  readonly stdin?: string;
  /** Added to this process's own environment variables; `undefined` removes one. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** Aborting sends the child `interruptWith` exactly once and waits for it to end; nothing is ever killed. */
  readonly signal?: AbortSignal;
  /** Default SIGINT: what a person's Ctrl-C would send. */
  readonly interruptWith?: 'SIGINT' | 'SIGTERM';
  /** Stays in the terminal's session and may ask the person there, as sudo does; their Ctrl-C reaches it, too. */
  readonly foreground?: boolean;
  /** Called with each whole line as it arrives. */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
  /** Resolve on a non-zero exit status instead of rejecting. */
  readonly allowFailure?: boolean;
}

export interface ProcessResult {
  readonly stdout: string;
  readonly stderr: string;
  /** 128 + n where a signal ended the child. */
  readonly exitCode: number;
}

/** The one way to run another program. */
export interface Processes {
  /**
   * Runs a program to its end, in a process group of its own.
   * @throws PlatformError `prerequisite` when it cannot be started, `tool` when it fails (pasteable command, exit
   * code and last lines of its output), `interrupted` when the signal aborted.
   */
  run(command: string, args: readonly string[], options?: RunOptions): Promise<ProcessResult>;
}

export interface BackgroundOptions {
  /** Added to this process's own environment variables; `undefined` removes one. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** File to which all it says is appended; missing folders are made. */
  readonly log: string;
}

/** The one way to start a program that goes on when this process has ended. */
export interface BackgroundProcesses {
  /**
   * Starts a program in a session of its own and does not wait for it; whether it stays is the caller's to see.
   * Resolves to its pid.
   * @throws PlatformError `prerequisite` when it cannot be started
   */
  start(command: string, args: readonly string[], options: BackgroundOptions): Promise<number>;
}

/** What somebody who records running children hears: their pid and start time identify them after we are gone. */
export interface ProcessListener {
  started?(child: { readonly pid: number; readonly startedAt: string; readonly command: string }): void;
  finished?(child: { readonly pid: number; readonly exitCode: number }): void;
}

const outputLinesKept = 20;
/** Far above what any tool prints here; protects the memory of this process. */
const maxOutputBytes = 64 * 1024 * 1024;

/** Real processes, by execa. */
export function systemProcesses(listener: ProcessListener = {}): Processes {
  return {
    async run(command, args, options = {}) {
      options.signal?.throwIfAborted();
      const child = execa(command, args, {
        ...(options.stdin === undefined ? { stdin: 'ignore' } : { input: options.stdin }),
        ...(options.env && { env: options.env }),
        ...(options.cwd && { cwd: options.cwd }),
        // A terminal's Ctrl-C must reach us only; we decide what our children hear.
        detached: options.foreground !== true,
        cleanup: false,
        reject: false,
        forceKillAfterDelay: false,
        maxBuffer: maxOutputBytes,
        stripFinalNewline: false,
      });
      const { onLine, signal } = options;
      if (onLine) followLines(child, onLine);
      const pid = child.pid;
      if (pid !== undefined) {
        listener.started?.({ pid, startedAt: startTimeOf(pid) ?? '', command: pasteable(command, args) });
      }
      const interrupt = () => child.kill(options.interruptWith ?? 'SIGINT');
      signal?.addEventListener('abort', interrupt, { once: true });
      const result = await child;
      signal?.removeEventListener('abort', interrupt);
      const exitCode = result.exitCode ?? (result.signal ? 128 + constants.signals[result.signal] : -1);
      if (pid !== undefined) listener.finished?.({ pid, exitCode });
      const { stdout, stderr } = result;
      if (signal?.aborted && exitCode !== 0) {
        throw new PlatformError('interrupted', `${nameOf(command)} was interrupted`, {
          command: pasteable(command, args),
          output: lastLines(stderr || stdout),
          cause: signal.reason,
        });
      }
      if (exitCode === 0 || (options.allowFailure && exitCode >= 0)) return { stdout, stderr, exitCode };
      if (exitCode < 0) {
        throw new PlatformError('prerequisite', `${nameOf(command)} could not be started`, {
          command: pasteable(command, args),
          cause: result.cause,
        });
      }
      throw toolFailure(command, args, { stdout, stderr, exitCode });
    },
  };
}

/** Real background processes. No listener hears of them: they are not to be ended with what started them. */
export const backgroundProcesses: BackgroundProcesses = {
  async start(command, args, { env, cwd, log }) {
    await mkdir(dirname(log), { recursive: true });
    const file = await open(log, 'a');
    // The file itself is handed over: what went through this process would be lost with it.
    const output = file.createWriteStream();
    try {
      const child = execa(command, args, {
        ...(env && { env }),
        cwd,
        stdin: 'ignore',
        stdout: output,
        stderr: output,
        detached: true,
        cleanup: false,
        reject: false,
      });
      child.unref();
      if (child.pid !== undefined) return child.pid;
      const { cause } = await child;
      throw new PlatformError('prerequisite', `${nameOf(command)} could not be started`, {
        command: pasteable(command, args),
        cause,
      });
    } finally {
      output.destroy();
    }
  },
};

/** The error for a tool that ended with a non-zero exit status, in the tool's own words. */
export function toolFailure(command: string, args: readonly string[], result: ProcessResult): PlatformError {
  return new PlatformError('tool', `${nameOf(command)} failed with exit code ${String(result.exitCode)}`, {
    command: pasteable(command, args),
    output: lastLines(result.stderr.trim() || result.stdout),
    facts: { exitCode: result.exitCode },
  });
}

/** A command line as one could paste it into a POSIX shell. */
export function pasteable(command: string, args: readonly string[]): string {
  return [command, ...args].map(quoted).join(' ');
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function nameOf(command: string): string {
  return command.split('/').at(-1) ?? command;
}

function lastLines(text: string): string {
  return text.trimEnd().split('\n').slice(-outputLinesKept).join('\n');
}

function followLines(
  child: { readonly stdout: NodeJS.ReadableStream | null; readonly stderr: NodeJS.ReadableStream | null },
  onLine: (line: string, stream: 'stdout' | 'stderr') => void,
): void {
  for (const stream of ['stdout', 'stderr'] as const) {
    let rest = '';
    child[stream]?.setEncoding('utf8');
    child[stream]?.on('data', (chunk: string) => {
      // A carriage return at the very end may be the first half of a line break.
      const lines = (rest + chunk).split(/\r?\n|\r(?!$)/);
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line, stream);
    });
    child[stream]?.on('end', () => {
      if (rest) onLine(rest.replace(/\r$/, ''), stream);
    });
  }
}
