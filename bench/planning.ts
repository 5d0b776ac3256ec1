import { buildPlan, checkPlan } from '../src/plan/plan.js';
import type { Step } from '../src/plan/step.js';
import type { Row } from './report.js';

const steps = 1000;
const runs = 21;

/** Building and checking a plan of 1,000 steps, each with up to three needs among the 50 before it. */
export async function planning(): Promise<Row[]> {
  const graph = Array.from({ length: steps }, (_, index) => stepAt(index));
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const start = performance.now();
    await checkPlan(buildPlan(graph), new AbortController().signal);
    times.push(performance.now() - start);
  }
  const first = times[0] ?? 0;
  times.sort((a, b) => a - b);
  const median = times[Math.floor(runs / 2)] ?? 0;
  return [
    {
      what: `plan of ${steps.toLocaleString('en')} steps`,
      value: `${median.toFixed(1)} ms`,
      bar: '< 100 ms',
      note: `the first, before the compiler is warm: ${first.toFixed(1)} ms`,
    },
  ];
}

function stepAt(index: number): Step {
  const needs = [1, 7, 31].filter((back) => index >= back).map((back) => `step/${String(index - back)}`);
  return {
    id: `step/${String(index)}`,
    title: `step ${String(index)}`,
    needs,
    lane: 'api',
    budgetMs: 1000,
    estimateMs: 10,
    check: () => Promise.resolve({ status: 'needed', reason: 'new' }),
    apply: () => Promise.resolve(undefined),
  };
}
