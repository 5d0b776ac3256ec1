import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import type { ClusterClient } from '../kubernetes/client.js';
import { takenOverBy } from '../ownership/conflicts.js';
import { createLease, type EnvironmentLease } from '../ownership/lease.js';
import { acquireOwnership, readOwner, type Ownership } from '../ownership/lock-file.js';
import { criticalPath } from '../plan/critical-path.js';
import type { EventHub } from '../plan/event-hub.js';
import type { RunSummary } from '../plan/events.js';
import { countOutcomes } from '../plan/run-summary.js';
import { journals, openJournal, readHistory, rotateJournals, type Journal, type RunHistory } from '../plan/journal.js';
import { buildPlan, checkPlan } from '../plan/plan.js';
import { runPlan, type TimedResult } from '../plan/runner.js';
import { laneLimits, type Step } from '../plan/step.js';
import { awaitSurvivors } from '../plan/survivors.js';
import type { Ports } from '../ports.js';

export interface RunOptions {
  /** What the user asked for: `up`, `destroy`. */
  readonly command: string;
  readonly environment: string;
  readonly stateFolder: string;
  /**
   * The cluster of the environment, `undefined` while there is none. With it the run also owns the environment in the
   * eyes of other machines, by a Lease that it takes before its first write; without it by the lock file alone.
   */
  readonly connection?: () => Promise<ClusterClient | undefined>;
}

/** What a run may know of itself while its steps are made. */
export interface RunIdentity {
  readonly run: string;
  /**
   * Called before each write to the cluster. The first call takes the Lease.
   * @throws PlatformError `conflict` when another process holds the environment, or has taken it over
   */
  readonly ensureOwned: (signal: AbortSignal) => Promise<void>;
  /** Whether a run was one of this machine's: then it is over, and so are the tools it started. */
  readonly isOver: (run: string) => Promise<boolean>;
  /** Steps that the newest `up` before did not bring to their end: what they were to prove is not proven. */
  readonly unfinished: ReadonlySet<string>;
}

/**
 * One run, from the lock to the summary: owns the environment, keeps the journal, waits for what a killed run left,
 * asks the world, runs what is needed.
 */
export async function runSteps(
  options: RunOptions,
  stepsFor: (identity: RunIdentity) => Promise<readonly Step[]>,
  ports: Ports,
): Promise<RunSummary> {
  const { stateFolder, command } = options;
  const run = newRunId(ports.clock.now());
  const ownership = await acquireOwnership(stateFolder, run, command);
  const lease = leaseOf(options, ownership, ports);
  try {
    const identity = {
      run,
      async ensureOwned(signal: AbortSignal) {
        await ensureLocked(stateFolder, ownership);
        await lease?.ensureHeld(signal);
      },
      isOver: async (other: string) =>
        (await journals(stateFolder)).some((file) => basename(file) === `${other}.jsonl`),
    };
    return await withJournal(stateFolder, run, ports.events, (journal) =>
      runOwned(options, journal, identity, stepsFor, ports),
    );
  } finally {
    await lease?.release();
    await ownership.release();
  }
}

function leaseOf(
  { environment, connection }: RunOptions,
  { owner, takenOverFrom }: Ownership,
  { clock, events, interruption }: Ports,
): EnvironmentLease | undefined {
  if (!connection) return undefined;
  const signal = interruption.draining;
  return createLease({ environment, owner, deadRun: takenOverFrom?.run, connection, clock, events, signal });
}

async function withJournal<T>(
  stateFolder: string,
  run: string,
  events: EventHub,
  work: (journal: Journal) => Promise<T>,
): Promise<T> {
  const journal = openJournal(stateFolder, run);
  const unsubscribe = events.subscribe((event) => {
    journal.record(event);
  });
  try {
    return await work(journal);
  } finally {
    unsubscribe();
    journal.close();
    await rotateJournals(stateFolder);
  }
}

async function runOwned(
  { stateFolder, command, environment }: RunOptions,
  journal: Journal,
  identity: Omit<RunIdentity, 'unfinished'>,
  stepsFor: (identity: RunIdentity) => Promise<readonly Step[]>,
  ports: Ports,
): Promise<RunSummary> {
  const { run } = identity;
  const { events, clock, interruption } = ports;
  const start = clock.now();
  await awaitSurvivors(stateFolder, run, ports, interruption.draining);
  const history = await readHistory(stateFolder);
  const plan = buildPlan(await stepsFor({ ...identity, unfinished: history.unfinished }));
  const steps = [...plan.steps.values()].map(({ id, title, needs, lane }) => ({ id, title, needs, lane }));
  events.emit({ type: 'run-started', run, command, environment, steps });
  const checked = await checkPlan(plan, interruption.draining);
  for (const [id, check] of checked.checks) events.emit({ type: 'step-checked', id, check });
  const looked = clock.now();
  const results = await runPlan(checked, {
    events,
    clock,
    interruption,
    lanes: laneLimits(availableParallelism()),
    history: history.durations,
  });
  const durationMs = clock.now() - start;
  const previousDurationMs = durationOfSameRun(history, command, results);
  const summary: RunSummary = {
    run,
    durationMs,
    counts: countOutcomes(results),
    steps: results,
    // Looking at the world is not waiting for a lane.
    criticalPath: criticalPath(checked, results, looked),
    ...(previousDurationMs !== undefined && { previousDurationMs }),
    journal: journal.file,
  };
  events.emit({ type: 'run-finished', summary });
  if (journal.problem) warnOfJournal(events, journal.problem);
  return summary;
}

async function ensureLocked(stateFolder: string, { owner }: Ownership): Promise<void> {
  const current = await readOwner(stateFolder);
  if (current?.run !== owner.run) throw takenOverBy(current);
}

// Sorts by time; the random part tells runs of the same second apart.
function newRunId(now: number): string {
  const time = new Date(now).toISOString().replace(/[-:]/g, '').replace(/\..*/, '').toLowerCase();
  return `${time}-${randomBytes(3).toString('hex')}`;
}

function durationOfSameRun(history: RunHistory, command: string, results: readonly TimedResult[]): number | undefined {
  const applied = results.filter(({ outcome }) => outcome === 'done').map(({ id }) => id);
  if (applied.length === 0) return undefined;
  const same = history.runs.find(
    (run) =>
      run.command === command && run.applied.size === applied.length && applied.every((id) => run.applied.has(id)),
  );
  return same?.durationMs;
}

function warnOfJournal(events: EventHub, problem: Error): void {
  events.emit({
    type: 'notice',
    level: 'warning',
    message: `the journal of this run is not complete: ${problem.message}`,
  });
}
