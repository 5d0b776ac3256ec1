import { createEventHub } from '../../src/plan/event-hub.js';
import type { RunEvent } from '../../src/plan/events.js';
import { createInterruption, type Interruption } from '../../src/plan/interruption.js';
import { buildPlan, checkPlan } from '../../src/plan/plan.js';
import { runPlan, type RunnerOptions, type TimedResult } from '../../src/plan/runner.js';
import { laneLimits, type Check, type Lane, type Step } from '../../src/plan/step.js';
import { systemClock } from '../../src/clock.js';

export interface StepOptions extends Partial<Omit<Step, 'id' | 'check'>> {
  /** What each look at the world answers; the last one again and again. */
  readonly checks?: readonly Check[];
}

export const satisfied: Check = { status: 'satisfied' };
export const needed: Check = { status: 'needed', reason: 'missing' };

/** A step that is needed and whose work is done at once, unless told otherwise. */
export function step(id: string, { checks = [needed], ...more }: StepOptions = {}): Step {
  const answers = checks.values();
  let answer = checks[0] ?? needed;
  return {
    id,
    title: `the ${id}`,
    needs: [],
    lane: 'api',
    budgetMs: 60_000,
    estimateMs: 1000,
    check() {
      answer = answers.next().value ?? answer;
      return Promise.resolve(answer);
    },
    apply: () => Promise.resolve(undefined),
    ...more,
  };
}

/** A step whose work goes on until the test ends it, or until its signal aborts. */
export function openStep(id: string, options: StepOptions = {}) {
  let end: (detail?: string) => void = () => undefined;
  let fail: (error: unknown) => void = () => undefined;
  const work = new Promise<string | undefined>((resolve, reject) => {
    end = resolve;
    fail = reject;
  });
  return {
    ...step(id, {
      ...options,
      apply: ({ signal }) => {
        signal.addEventListener('abort', () => {
          fail(signal.reason);
        });
        return work;
      },
    }),
    end: (detail?: string) => {
      end(detail);
    },
    fail: (error: unknown) => {
      fail(error);
    },
  };
}

export interface Run {
  readonly ended: Promise<TimedResult[]>;
  readonly events: readonly RunEvent[];
  readonly interruption: Interruption;
  /** Ids in the order in which the steps were started. */
  started(): string[];
  /** `a: done`, in the order in which the steps ended. */
  finished(): string[];
}

/** Builds, checks and starts a plan; ends only when the caller's steps do. */
export async function startRun(
  steps: readonly Step[],
  options: Partial<Pick<RunnerOptions, 'history' | 'lanes' | 'clock' | 'interruption'>> = {},
): Promise<Run> {
  const events: RunEvent[] = [];
  const clock = options.clock ?? systemClock;
  const hub = createEventHub(clock);
  hub.subscribe((event) => events.push(event));
  const interruption = createInterruption();
  const plan = await checkPlan(buildPlan(steps), new AbortController().signal);
  const ended = runPlan(plan, { events: hub, clock, interruption, lanes: laneLimits(4), ...options });
  await settled();
  return {
    ended,
    events,
    interruption,
    started: () => events.flatMap((event) => (event.type === 'step-started' ? [event.id] : [])),
    finished: () =>
      events.flatMap((event) => (event.type === 'step-finished' ? [`${event.id}: ${event.outcome}`] : [])),
  };
}

/** The results of a plan whose steps end by themselves. */
export async function resultsOf(...parameters: Parameters<typeof startRun>): Promise<Record<string, TimedResult>> {
  const { ended } = await startRun(...parameters);
  return Object.fromEntries((await ended).map((result) => [result.id, result]));
}

/** After all that can happen without the world's doing has happened. */
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 5);
  });
}

/** Lanes with room for this many steps each. */
export function lanesOf(limit: number): Record<Lane, number> {
  return {
    ...laneLimits(1),
    tool: limit,
    cluster: limit,
    chart: limit,
    api: limit,
    helm: limit,
    image: limit,
    aws: limit,
  };
}
