import { describe, expect, it } from 'vitest';
import { criticalPath } from '../../src/plan/critical-path.js';
import type { Outcome } from '../../src/plan/events.js';
import { buildPlan } from '../../src/plan/plan.js';
import { step } from './given.js';

interface Timed {
  readonly needs?: string[];
  readonly start: number;
  readonly end: number;
  readonly outcome?: Outcome;
}

const runStart = 1000;

/** The path of a run that began at second 0, in seconds: `cluster 0+6` waited none and took six. */
function pathOf(steps: Record<string, Timed>): string[] {
  const plan = buildPlan(Object.entries(steps).map(([id, { needs = [] }]) => step(id, { needs })));
  const results = Object.entries(steps).map(([id, { start, end, outcome = 'done' }]) => ({
    id,
    title: `the ${id}`,
    outcome,
    start: runStart + start * 1000,
    end: runStart + end * 1000,
    durationMs: (end - start) * 1000,
  }));
  return criticalPath(plan, results, runStart).map(
    ({ id, waitedMs, durationMs }) => `${id} ${String(waitedMs / 1000)}+${String(durationMs / 1000)}`,
  );
}

describe('the critical path', () => {
  it('is the chain of the needs that ended last, from the step that ended last', () => {
    const path = pathOf({
      cluster: { start: 0, end: 6 },
      helm: { start: 0, end: 9 },
      postgres: { needs: ['cluster', 'helm'], start: 9, end: 12 },
      traefik: { needs: ['cluster', 'helm'], start: 9, end: 11 },
      auth: { needs: ['postgres'], start: 12, end: 20 },
    });
    expect(path).toEqual(['helm 0+9', 'postgres 0+3', 'auth 0+8']);
  });

  it('says how long a step waited for its lane, also the first one', () => {
    const path = pathOf({
      a: { start: 2, end: 5 },
      b: { start: 0, end: 4 },
      c: { needs: ['b'], start: 5, end: 9 },
    });
    expect(path).toEqual(['b 0+4', 'c 1+4']);
    expect(pathOf({ a: { start: 2, end: 5 } })).toEqual(['a 2+3']);
  });

  it('adds up to the whole time of the run', () => {
    const path = pathOf({
      a: { start: 1, end: 4 },
      b: { needs: ['a'], start: 6, end: 7 },
      c: { needs: ['a', 'b'], start: 7, end: 13 },
    });
    expect(path).toEqual(['a 1+3', 'b 2+1', 'c 0+6']);
  });

  it('passes through steps that had nothing to do without naming them', () => {
    const path = pathOf({
      cluster: { start: 0, end: 6 },
      namespace: { needs: ['cluster'], start: 6, end: 6, outcome: 'unchanged' },
      release: { needs: ['namespace'], start: 6, end: 8 },
    });
    expect(path).toEqual(['cluster 0+6', 'release 0+2']);
  });

  it('ends with the step that failed last', () => {
    const path = pathOf({
      a: { start: 0, end: 2 },
      b: { needs: ['a'], start: 2, end: 9, outcome: 'failed' },
      c: { needs: ['b'], start: 9, end: 9, outcome: 'skipped' },
    });
    expect(path).toEqual(['a 0+2', 'b 0+7']);
  });

  it('is empty when nothing was done', () => {
    expect(pathOf({ a: { start: 1, end: 1, outcome: 'unchanged' } })).toEqual([]);
    expect(pathOf({})).toEqual([]);
  });
});
