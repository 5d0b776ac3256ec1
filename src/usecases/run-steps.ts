import { availableParallelism } from 'node:os';
import { criticalPath } from '../plan/critical-path.js';
import type { RunSummary } from '../plan/events.js';
import { readHistory, type RunHistory } from '../plan/journal.js';
import { buildPlan, checkPlan } from '../plan/plan.js';
import { countOutcomes } from '../plan/run-summary.js';
import { runPlan, type TimedResult } from '../plan/runner.js';
import { laneLimits, type Step } from '../plan/step.js';
import type { Ports } from '../ports.js';
import { ownedRun, type OwnedRun, type RunOptions } from './owned-run.js';

/** What a run may know of itself while its steps are made. */
export interface RunIdentity extends Pick<OwnedRun, 'run' | 'ensureOwned' | 'isOver'> {
  /** Steps that the newest `up` before did not bring to their end: what they were to prove is not proven. */
  readonly unfinished: ReadonlySet<string>;
}

/**
 * One run, from the lock to the summary: owns the environment, keeps the journal, waits for what a killed run left,
 * asks the world, runs what is needed.
 */
export function runSteps(
  options: RunOptions,
  stepsFor: (identity: RunIdentity) => Promise<readonly Step[]>,
  ports: Ports,
): Promise<RunSummary> {
  return ownedRun(options, (owned) => runOwned(options, owned, stepsFor, ports), ports);
}

async function runOwned(
  { stateFolder, command, environment }: RunOptions,
  { journal, ...identity }: OwnedRun,
  stepsFor: (identity: RunIdentity) => Promise<readonly Step[]>,
  ports: Ports,
): Promise<RunSummary> {
  const { run } = identity;
  const { events, clock, interruption } = ports;
  const start = clock.now();
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
  return summary;
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
