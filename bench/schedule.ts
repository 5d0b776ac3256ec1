import type { Clock } from '../src/clock.js';
import { createInterruption } from '../src/plan/interruption.js';
import type { RunEvent, StepSummary } from '../src/plan/events.js';
import { longestChain } from '../src/plan/longest-chain.js';
import { buildPlan, checkPlan } from '../src/plan/plan.js';
import { runPlan } from '../src/plan/runner.js';
import { laneLimits, type Step } from '../src/plan/step.js';
import { inLayers, inSequence } from './other-orders.js';
import { seededRandom } from './random.js';
import type { Row } from './report.js';
import { createVirtualClock } from './virtual-clock.js';

/** Steps of a run and the milliseconds each took; those that took none had nothing to do. */
export interface RecordedRun {
  readonly steps: readonly StepSummary[];
  readonly durations: ReadonlyMap<string, number>;
}

const sampleReleases = 200;
/** The lanes of machines of two and of eight processors. */
const processors = [2, 8];

/**
 * How good the scheduler is: the steps of a recorded run, each taking what it took, run by it on a clock that jumps.
 * Compared with the longest chain and with what the Helm lane has to do, which no order can beat, and with the same
 * steps in layers and one release after the other.
 */
export async function scheduleQuality(events: readonly RunEvent[]): Promise<Row[]> {
  const recorded = recordedRun(events);
  const rows: Row[] = [];
  for (const cores of processors) {
    rows.push(await quality('the recorded `up`', recorded, cores));
    rows.push(
      await quality(`${String(sampleReleases)} releases like its own`, sampleOf(recorded, sampleReleases), cores),
    );
  }
  return rows;
}

async function quality(what: string, run: RecordedRun, cores: number): Promise<Row> {
  const lanes = laneLimits(cores);
  const durationOf = (id: string) => run.durations.get(id) ?? 0;
  const inOrder = [...buildPlan(run.steps.map((step) => replayed(step, 0, undefined))).steps.values()];
  const path = longestChain(inOrder, durationOf).durationMs;
  const helm = run.steps.filter(({ lane }) => lane === 'helm').reduce((sum, { id }) => sum + durationOf(id), 0);
  const bound = Math.max(path, helm / lanes.helm);
  const ours = await makespan(run, cores);
  const layers = await makespan({ ...run, steps: inLayers(inOrder) }, cores);
  const sequence = await makespan({ ...run, steps: inSequence(inOrder) }, cores);
  return {
    what: `schedule of ${what}, ${String(lanes.helm)} × helm`,
    value: `${seconds(ours)}, ${(ours / bound).toFixed(2)} × the least possible`,
    bar: '≤ 1.15 ×',
    note: `critical path ${seconds(path)}, helm lane ${seconds(helm / lanes.helm)}; in layers ${seconds(layers)}, one after the other ${seconds(sequence)}`,
  };
}

/** Milliseconds from the start to the end of the last step. */
async function makespan({ steps, durations }: RecordedRun, cores: number): Promise<number> {
  const clock = createVirtualClock();
  const plan = buildPlan(steps.map((step) => replayed(step, durations.get(step.id) ?? 0, clock)));
  const results = await runPlan(await checkPlan(plan, new AbortController().signal), {
    events: { emit: () => undefined },
    clock,
    interruption: createInterruption(),
    lanes: laneLimits(cores),
    history: durations,
  });
  const failed = results.find(({ outcome }) => outcome !== 'done' && outcome !== 'unchanged');
  if (failed) throw new Error(`${failed.id} ended ${failed.outcome}: ${failed.failure?.message ?? ''}`);
  return Math.max(...results.map(({ end }) => end));
}

function replayed(
  { id, title, needs, lane }: StepSummary,
  durationMs: number,
  clock: Pick<Clock, 'sleep'> | undefined,
): Step {
  return {
    id,
    title,
    needs,
    lane,
    budgetMs: 60_000,
    estimateMs: durationMs,
    check: () => Promise.resolve(durationMs > 0 ? { status: 'needed', reason: 'recorded' } : { status: 'satisfied' }),
    async apply() {
      await clock?.sleep(durationMs);
      return undefined;
    },
  };
}

function recordedRun(events: readonly RunEvent[]): RecordedRun {
  const started = events.find((event) => event.type === 'run-started');
  const durations = events.flatMap((event): [string, number][] =>
    event.type === 'step-finished' && event.outcome === 'done' ? [[event.id, event.durationMs]] : [],
  );
  if (!started || durations.length === 0) throw new Error('the journal has no run that did anything');
  return { steps: started.steps, durations: new Map(durations) };
}

/** An environment of many releases, each with the recorded durations of one of those that were recorded. */
function sampleOf({ durations }: RecordedRun, count: number): RecordedRun {
  const installs = [...durations].filter(([id]) => id.startsWith('release/'));
  const gates = [...durations].filter(([id]) => /^gate\/[^/]+\/ready$/.test(id));
  const random = seededRandom(4);
  const pick = (from: readonly (readonly [string, number])[]) => from[Math.floor(random() * from.length)]?.[1] ?? 0;
  const steps: StepSummary[] = [];
  const sampled = new Map<string, number>();
  for (let index = 0; index < count; index += 1) {
    const name = `r${String(index)}`;
    // A few that many need, and some among those just before: what environments look like.
    const needs = [Math.floor(random() * 5), index - 1 - Math.floor(random() * 10)].filter(
      (other) => other >= 0 && other < index,
    );
    const gatesNeeded = [...new Set(needs)].map((other) => `gate/r${String(other)}/ready`);
    steps.push({ id: `release/${name}`, title: name, needs: gatesNeeded, lane: 'helm' });
    steps.push({ id: `gate/${name}/ready`, title: `${name} ready`, needs: [`release/${name}`], lane: 'wait' });
    sampled.set(`release/${name}`, pick(installs)).set(`gate/${name}/ready`, pick(gates));
  }
  return { steps, durations: sampled };
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
