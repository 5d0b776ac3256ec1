import { exitCodes, type Failure } from '../errors.js';
import type { Outcome, RunSummary, StepResult } from './events.js';

/** The failure that decides on the exit code: the first of a step, or the interruption. */
export function failureOfRun(summary: RunSummary): Failure | undefined {
  const failed = summary.steps.find((step) => step.outcome === 'failed');
  if (failed?.failure) return failed.failure;
  if (summary.counts.interrupted === 0) return undefined;
  return {
    code: 'interrupted',
    exitCode: exitCodes.interrupted,
    message: 'interrupted; the same command goes on from here',
    facts: { interrupted: summary.steps.filter(({ outcome }) => outcome === 'interrupted').map(({ id }) => id) },
  };
}

/** How many steps ended in which way. */
export function countOutcomes(results: readonly StepResult[]): Record<Outcome, number> {
  const counts = { done: 0, unchanged: 0, unneeded: 0, omitted: 0, failed: 0, skipped: 0, interrupted: 0 };
  for (const { outcome } of results) counts[outcome] += 1;
  return counts;
}
