import { PlatformError } from '../errors.js';
import { pasteable, type Processes, type RunOptions } from '../process.js';
import { programsOnPath } from '../toolchain/path-search.js';
import type { TrustCommand } from './store.js';

/**
 * How commands that only an administrator may run are run: as they are, through sudo without a question, through sudo
 * that asks for a password on the terminal, or not at all.
 */
export type Elevation =
  { readonly by: 'nothing' | 'sudo' | 'sudo-asking' } | { readonly by: 'nobody'; readonly reason: string };

export interface Elevating {
  readonly processes: Processes;
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Whether this process is an administrator's already. */
  readonly isRoot: boolean;
  /** Whether somebody is there to type a password. */
  readonly isInteractive: boolean;
}

export async function findElevation({ processes, variables, isRoot, isInteractive }: Elevating): Promise<Elevation> {
  if (isRoot) return { by: 'nothing' };
  if ((await programsOnPath('sudo', variables['PATH'])).length === 0) {
    return { by: 'nobody', reason: 'there is no sudo on PATH' };
  }
  const { exitCode } = await processes.run('sudo', ['-n', 'true'], { allowFailure: true });
  if (exitCode === 0) return { by: 'sudo' };
  return isInteractive
    ? { by: 'sudo-asking' }
    : { by: 'nobody', reason: 'sudo asks for a password, and this is not an interactive terminal' };
}

/** Runs one command as an administrator. */
export async function runElevated(
  { command, args }: TrustCommand,
  { by }: Exclude<Elevation, { readonly by: 'nobody' }>,
  processes: Processes,
  signal: AbortSignal,
): Promise<void> {
  if (by === 'nothing') {
    await processes.run(command, args, { signal });
    return;
  }
  // Only a process of the terminal's own session can be asked for a password.
  const options: RunOptions = { signal, foreground: by === 'sudo-asking' };
  await processes.run('sudo', [...(by === 'sudo' ? ['-n'] : []), command, ...args], options);
}

/** Whether sudo could not ask for the password that it wanted. */
export function couldNotAsk(error: unknown): boolean {
  const said = error instanceof PlatformError ? (error.output ?? '') : '';
  return /a terminal is required|no tty present|a password is required/.test(said);
}

/** What is left for an administrator to do, in commands that can be pasted. */
export function notElevated(commands: readonly TrustCommand[], reason: string): PlatformError {
  const lines = commands.map(({ command, args }) => pasteable(command, args));
  return new PlatformError('prerequisite', `only an administrator can change the rest: ${reason}`, {
    output: lines.join('\n'),
    suggestions: ['run these commands as an administrator, or this one again where sudo can ask for its password'],
    facts: { commands: lines },
  });
}
