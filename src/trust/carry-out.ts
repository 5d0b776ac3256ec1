import { messageOf, PlatformError } from '../errors.js';
import type { Processes } from '../process.js';
import { couldNotAsk, runElevated, type Elevation } from './elevation.js';
import type { StoreName, TrustCommand } from './store.js';

/** What is to be done in one place. */
export interface TrustChange {
  readonly store: StoreName;
  readonly where: string;
  readonly readers: string;
  readonly isSystemWide: boolean;
  readonly commands: readonly TrustCommand[];
}

export interface CarriedOut {
  readonly done: readonly TrustChange[];
  readonly failures: readonly PlatformError[];
  /** What only an administrator can run, and why this run could not. */
  readonly left: { readonly commands: readonly TrustCommand[]; readonly reason: string } | undefined;
}

type Outcome =
  | { readonly status: 'done' }
  | { readonly status: 'failed'; readonly failure: PlatformError }
  | { readonly status: 'left'; readonly commands: readonly TrustCommand[]; readonly reason: string };

/** Changes one place after the other, what needs no administrator first; a failure in one does not keep the others. */
export async function carryOutChanges(
  changes: readonly TrustChange[],
  elevation: Elevation,
  processes: Processes,
  signal: AbortSignal,
): Promise<CarriedOut> {
  const done: TrustChange[] = [];
  const failures: PlatformError[] = [];
  const commands: TrustCommand[] = [];
  let system = elevation;
  for (const change of [...changes].sort((one, other) => Number(one.isSystemWide) - Number(other.isSystemWide))) {
    const outcome = await carryOut(change, change.isSystemWide ? system : { by: 'nothing' }, processes, signal);
    if (outcome.status === 'done') done.push(change);
    else if (outcome.status === 'failed') failures.push(outcome.failure);
    else {
      commands.push(...outcome.commands);
      system = { by: 'nobody', reason: outcome.reason };
    }
  }
  return { done, failures, left: system.by === 'nobody' ? { commands, reason: system.reason } : undefined };
}

async function carryOut(
  { where, commands }: TrustChange,
  elevation: Elevation,
  processes: Processes,
  signal: AbortSignal,
): Promise<Outcome> {
  if (elevation.by === 'nobody') return { status: 'left', commands, reason: elevation.reason };
  for (const [index, command] of commands.entries()) {
    try {
      await runElevated(command, elevation, processes, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      if (!couldNotAsk(error)) return { status: 'failed', failure: failureIn(where, error) };
      return { status: 'left', commands: commands.slice(index), reason: 'sudo could not ask for a password here' };
    }
  }
  return { status: 'done' };
}

function failureIn(where: string, error: unknown): PlatformError {
  const told = error instanceof PlatformError ? error : undefined;
  return new PlatformError(told?.code ?? 'tool', `${where} could not be changed: ${messageOf(error)}`, {
    ...(told?.output !== undefined && { output: told.output }),
    ...(told?.command !== undefined && { command: told.command }),
  });
}
