import { z } from 'zod';
import type { DrillRecord } from '../../../src/chaos/record.js';
import { systemClock } from '../../../src/clock.js';
import type { Failure } from '../../../src/errors.js';
import { poll } from '../../../src/poll.js';
import type { DrillResult } from '../../../src/usecases/chaos-run.js';
import type { Running, Sandbox } from '../sandbox.js';

/** A drill that goes on, known by its events. */
export interface FollowedDrill {
  readonly pid: number;
  /** Id of its run, once it has begun. */
  run(): string;
  /** Resolves when a stage or a link of its chain is done: `intent`, `link/fault`, `link/firing/StoreDown`. */
  reaches(step: string): Promise<void>;
  /** Resolves when it says this in passing. */
  says(message: RegExp): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  /** Its end; the document is absent of one that was killed. */
  finished(): Promise<FinishedDrill>;
}

export interface FinishedDrill {
  readonly exitCode: number;
  readonly result?: DrillResult;
  readonly error?: Failure;
}

/** The record of one that came to its end. */
export function endOf({ result, error }: FinishedDrill): DrillRecord {
  if (result?.kind === 'run') return result.record;
  throw new Error(`no run: ${JSON.stringify({ error, result })}`);
}

const documentSchema = z.object({ schemaVersion: z.literal(1), result: z.unknown(), error: z.unknown() }).partial();

/** Waits until a drill has nothing in its way: who looks in the first seconds finds that nothing is measured yet. */
export async function readyFor(drill: string, { platform }: Sandbox): Promise<void> {
  await poll(AbortSignal.timeout(120_000), systemClock, 500, async () => {
    const { exitCode } = await platform(['chaos', 'run', drill, '--dry-run']);
    return exitCode === 0 ? true : undefined;
  });
}

/** Starts a drill of an environment. */
export function follow(sandbox: Sandbox, drill: string, ...flags: readonly string[]): FollowedDrill {
  const running = sandbox.start(['chaos', 'run', drill, '--output', 'ndjson', ...flags]);
  return {
    pid: running.pid,
    run: () => runOf(running),
    reaches: (step) => running.shows(new RegExp(`"type":"step-finished","id":"${step}","outcome":"done"`)),
    says: (message) => running.shows(message),
    kill: (signal) => {
      running.kill(signal);
    },
    async finished() {
      const { exitCode, stdout } = await running.finished;
      const last = stdout.trimEnd().split('\n').at(-1) ?? '{}';
      const document = documentSchema.safeParse(parsed(last)).data;
      return { exitCode, ...(document?.schemaVersion && (document as Omit<FinishedDrill, 'exitCode'>)) };
    },
  };
}

/** Runs a drill whose program is killed when it has reached a step; the id of the run. */
export async function killedAt(step: string, sandbox: Sandbox, drill: string): Promise<string> {
  const followed = follow(sandbox, drill);
  await followed.reaches(step);
  followed.kill('SIGKILL');
  await followed.finished();
  return followed.run();
}

function runOf({ output }: Running): string {
  const [, run] = /"type":"run-started","run":"([^"]+)"/.exec(output.stdout) ?? [];
  if (run === undefined) throw new Error(`it has not begun\n${output.stdout}\n${output.stderr}`);
  return run;
}

// A process that is killed may leave half a line.
function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
