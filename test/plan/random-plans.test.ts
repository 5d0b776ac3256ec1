import { describe, expect, it } from 'vitest';
import { PlatformError } from '../../src/errors.js';
import { createInterruption } from '../../src/plan/interruption.js';
import type { Check, Lane, Step } from '../../src/plan/step.js';
import { lanesOf, startRun } from './given.js';

const seeds = Array.from({ length: 40 }, (_, seed) => seed);
const stepsInAPlan = 200;
const limit = 3;
const lanes: readonly Lane[] = ['tool', 'cluster', 'chart', 'api', 'helm', 'image', 'aws', 'wait'];

/** Mulberry32: the same seed gives the same plan, so that a failure can be looked at. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A world in which steps do, fail, change their mind and take their time as chance has it. */
function randomWorld(seed: number) {
  const random = randomFrom(seed);
  const chance = (probability: number) => random() < probability;
  const applied: string[] = [];
  const running = new Map<Lane, number>();
  const most = new Map<Lane, number>();
  const interruption = createInterruption();
  // One look or piece of work is an action: about a third of the runs are interrupted, some of them twice.
  let actions = 0;
  const interruptedAt = chance(0.4)
    ? [stepsInAPlan, 600].map((most) => Math.floor(random() * most) + stepsInAPlan)
    : [];

  const pause = async () => {
    if (interruptedAt.includes(++actions)) interruption.request();
    if (chance(0.3)) await new Promise((resolve) => setImmediate(resolve));
    else if (chance(0.5)) await Promise.resolve();
  };
  const look = async (): Promise<Check> => {
    await pause();
    if (chance(0.03)) throw new Error('cannot be told');
    if (chance(0.03)) return { status: 'blocked', by: 'something', fix: [] };
    if (chance(0.05)) return { status: 'omitted', reason: 'not here' };
    return chance(0.5) ? { status: 'satisfied' } : { status: 'needed', reason: 'missing' };
  };
  const stepAt = (n: number): Step => {
    const lane = lanes[Math.floor(random() * lanes.length)] ?? 'api';
    const near = () => Math.floor(n - random() * Math.min(n, 20));
    const needs =
      n === 0 ? [] : Array.from({ length: Math.floor(random() * 4) }, () => String(Math.min(near(), n - 1)));
    return {
      id: String(n),
      title: `step ${String(n)}`,
      needs: [...new Set(needs)],
      lane,
      budgetMs: 60_000,
      estimateMs: Math.floor(random() * 1000),
      onDemand: chance(0.3),
      check: look,
      async apply({ signal }) {
        applied.push(String(n));
        running.set(lane, (running.get(lane) ?? 0) + 1);
        most.set(lane, Math.max(most.get(lane) ?? 0, running.get(lane) ?? 0));
        try {
          for (let round = 0; round < 5; round++) {
            await pause();
            signal.throwIfAborted();
          }
          if (chance(0.04)) throw new PlatformError('tool', 'it failed');
          return undefined;
        } finally {
          running.set(lane, (running.get(lane) ?? 0) - 1);
        }
      },
    };
  };
  const steps = Array.from({ length: stepsInAPlan }, (_, n) => stepAt(n));
  return { steps, applied, most, interruption };
}

async function runWith(seed: number) {
  const world = randomWorld(seed);
  const run = await startRun(world.steps, { lanes: lanesOf(limit), interruption: world.interruption });
  return { ...world, ...run, results: await run.ended };
}

describe('any plan', () => {
  it.each(seeds)('comes to an end in which every step has ended once (seed %i)', async (seed) => {
    const run = await runWith(seed);
    const { steps, results, applied } = run;
    const ids = steps.map(({ id }) => id).sort();
    expect(results.map(({ id }) => id).sort()).toEqual(ids);
    expect(
      run
        .finished()
        .map((text) => text.split(':')[0])
        .sort(),
    ).toEqual(ids);
    expect(applied.sort()).toEqual(run.started().sort());
    expect(new Set(applied).size).toBe(applied.length);
  });

  it.each(seeds)('starts no step before all it needs has ended well (seed %i)', async (seed) => {
    const { steps, events } = await runWith(seed);
    const needsOf = new Map(steps.map(({ id, needs }) => [id, needs]));
    const outcomes = new Map<string, string>();
    for (const event of events) {
      if (event.type === 'step-finished') outcomes.set(event.id, event.outcome);
      if (event.type !== 'step-started') continue;
      for (const need of needsOf.get(event.id) ?? []) {
        expect(['done', 'unchanged', 'omitted'], `${event.id} needs ${need}`).toContain(outcomes.get(need));
      }
    }
  });

  it.each(seeds)('skips steps only because of one that failed or was interrupted (seed %i)', async (seed) => {
    const { results } = await runWith(seed);
    const outcomes = new Map(results.map(({ id, outcome }) => [id, outcome]));
    for (const { id, outcome, because } of results) {
      if (outcome === 'skipped') expect(['failed', 'interrupted'], id).toContain(outcomes.get(because ?? ''));
      else expect(because).toBeUndefined();
    }
  });

  it.each(seeds)('keeps the limits of its lanes (seed %i)', async (seed) => {
    const { most } = await runWith(seed);
    for (const [lane, count] of most) if (lane !== 'wait') expect(count, lane).toBeLessThanOrEqual(limit);
  });

  it('has had every outcome in these runs', async () => {
    const outcomes = new Set<string>();
    for (const seed of seeds) for (const { outcome } of (await runWith(seed)).results) outcomes.add(outcome);
    expect([...outcomes].sort()).toEqual([
      'done',
      'failed',
      'interrupted',
      'omitted',
      'skipped',
      'unchanged',
      'unneeded',
    ]);
  });
});
