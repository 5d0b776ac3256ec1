import { describe, expect, it } from 'vitest';
import type { Outcome, RunSummary, StepResult } from '../../src/plan/events.js';
import { countOutcomes, failureOfRun } from '../../src/plan/run-summary.js';

function summaryOf(...outcomes: Outcome[]): RunSummary {
  const steps = outcomes.map((outcome, index): StepResult => {
    const id = `${outcome}-${String(index)}`;
    const failure = { code: 'tool' as const, exitCode: 4, message: `${id} broke` };
    return { id, title: id, outcome, durationMs: 0, ...(outcome === 'failed' && { failure }) };
  });
  return { run: 'r', durationMs: 0, counts: countOutcomes(steps), steps, criticalPath: [], journal: '' };
}

describe('the failure of a run', () => {
  it('is that of its first failed step', () => {
    expect(failureOfRun(summaryOf('done', 'failed', 'failed', 'interrupted'))?.message).toBe('failed-1 broke');
  });

  it('is the interruption where nothing failed, naming the steps it stopped', () => {
    expect(failureOfRun(summaryOf('done', 'interrupted', 'skipped'))).toMatchObject({
      code: 'interrupted',
      exitCode: 130,
      facts: { interrupted: ['interrupted-1'] },
    });
  });

  it('is none where every step is as wanted', () => {
    expect(failureOfRun(summaryOf('done', 'unchanged', 'unneeded', 'omitted'))).toBeUndefined();
  });
});
