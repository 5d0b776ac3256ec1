import { formatDuration, type Clock } from '../clock.js';
import { failureOf, isAbort, PlatformError, type Failure } from '../errors.js';
import type { Events, Outcome, StepResult } from './events.js';
import type { Interruption } from './interruption.js';
import { checkStep, isDemanded, type CheckedPlan } from './plan.js';
import { remainingWork } from './remaining-work.js';
import type { Check, Lane, Step, StepContext } from './step.js';

export interface RunnerOptions {
  readonly events: Events;
  readonly clock: Clock;
  readonly interruption: Pick<Interruption, 'draining' | 'quitting'>;
  readonly lanes: Readonly<Record<Lane, number>>;
  /** Milliseconds that steps took in earlier runs, by id; orders the queues. */
  readonly history?: ReadonlyMap<string, number>;
}

/** When a step ran, in milliseconds since the epoch; `start` is `end` for a step that had nothing to do. */
export interface TimedResult extends StepResult {
  readonly start: number;
  readonly end: number;
}

const fulfilled: ReadonlySet<Outcome> = new Set(['done', 'unchanged', 'unneeded', 'omitted']);
/** What these lanes do must not be cut short: they go on through the grace period of an interruption. */
const patientLanes: ReadonlySet<Lane> = new Set(['helm', 'cluster', 'image', 'api']);

/**
 * Runs a checked plan: a step starts the moment all it needs is fulfilled and its lane has room. There are no layers
 * and no barriers; a failed step stops only what needs it. Never rejects: failures are results.
 */
export function runPlan(plan: CheckedPlan, options: RunnerOptions): Promise<TimedResult[]> {
  return new Runner(plan, options).run();
}

class Runner {
  private readonly results = new Map<string, TimedResult>();
  private readonly started = new Set<string>();
  private readonly demanded = new Set<string>();
  /** On-demand steps that nothing has asked for so far; they end when all that could ask have ended. */
  private readonly passedOver = new Set<string>();
  private readonly queues = new Map<Lane, Queued[]>();
  private readonly running = new Map<Lane, number>();
  /** What {@link spread} is at work on. */
  private readonly changed: string[] = [];
  private readonly priority: ReadonlyMap<string, number>;
  private finish: () => void = () => undefined;

  constructor(
    private readonly plan: CheckedPlan,
    private readonly options: RunnerOptions,
  ) {
    this.priority = remainingWork(plan, options.history ?? new Map());
    for (const id of plan.steps.keys()) if (isDemanded(plan, id)) this.demanded.add(id);
  }

  async run(): Promise<TimedResult[]> {
    const { draining } = this.options.interruption;
    await new Promise<void>((resolve) => {
      this.finish = resolve;
      draining.addEventListener('abort', this.drain, { once: true });
      for (const step of this.plan.steps.values()) this.consider(step);
      this.settle();
    });
    draining.removeEventListener('abort', this.drain);
    return [...this.plan.steps.keys()].flatMap((id) => this.results.get(id) ?? []);
  }

  /** Starts a step if all it needs is fulfilled. */
  private consider(step: Step): void {
    if (this.started.has(step.id) || this.results.has(step.id)) return;
    if (!step.needs.every((id) => this.isFulfilled(id) || this.passedOver.has(id))) return;
    this.started.add(step.id);
    void this.execute(
      step,
      step.needs.some((id) => this.outcomeOf(id) === 'done'),
    );
  }

  private async execute(step: Step, worldChanged: boolean): Promise<void> {
    const planned = this.plan.checks.get(step.id) ?? { status: 'needed', reason: 'not looked at yet' };
    if (step.onDemand && !this.demanded.has(step.id)) {
      this.passOver(step);
      return;
    }
    // What was true at planning may not be, once something this step builds on has changed.
    const check = worldChanged || planned.status === 'unneeded' ? await this.recheck(step) : planned;
    switch (check.status) {
      case 'satisfied':
        this.end(step, 'unchanged', check.detail === undefined ? {} : { detail: check.detail });
        return;
      case 'omitted':
        this.end(step, 'omitted', { reason: check.reason });
        return;
      case 'unneeded':
        this.end(step, 'unneeded');
        return;
      case 'blocked': {
        const error = new PlatformError(check.code ?? 'conflict', check.by, { suggestions: check.fix });
        this.end(step, 'failed', { failure: failureOf(error) });
        return;
      }
      case 'needed':
        if (this.mustWaitAgain(step)) return;
        this.enqueue(step, check.reason);
    }
  }

  private async recheck(step: Step): Promise<Check> {
    try {
      return await checkStep(step, this.contextOf(step, this.options.interruption.draining));
    } catch {
      return { status: 'needed', reason: 'interrupted before it could be looked at' };
    }
  }

  private passOver(step: Step): void {
    this.passedOver.add(step.id);
    this.spread(step.id);
  }

  private endIfUnneeded(id: string): void {
    const step = this.plan.steps.get(id);
    if (!step || !this.passedOver.has(id)) return;
    if (!this.dependantsOf(id).every((dependant) => this.results.has(dependant))) return;
    this.passedOver.delete(id);
    this.end(step, 'unneeded');
  }

  /**
   * Whether a step that turned out to be needed cannot start yet: on-demand needs that were passed over run first after
   * all, for this step or, since it was looked at, for another one.
   */
  private mustWaitAgain(step: Step): boolean {
    const open = step.needs.filter((id) => !this.isFulfilled(id));
    if (open.length === 0) return false;
    this.started.delete(step.id);
    const failed = open.find((id) => this.results.has(id));
    if (failed !== undefined) {
      this.skip(step.id, this.causeOf(failed));
      return true;
    }
    const passedOver = open.filter((id) => this.passedOver.delete(id));
    for (const id of passedOver) {
      this.demanded.add(id);
      this.started.delete(id);
    }
    for (const id of passedOver) this.considerId(id);
    return true;
  }

  private enqueue(step: Step, reason: string): void {
    if (this.options.interruption.draining.aborted) {
      this.end(step, 'interrupted', { reason });
      return;
    }
    const queue = this.queues.get(step.lane) ?? [];
    queue.push({ step, reason });
    queue.sort((a, b) => this.priorityOf(b.step) - this.priorityOf(a.step));
    this.queues.set(step.lane, queue);
    // Not at once: steps that become ready in the same moment are first put in order.
    queueMicrotask(() => {
      this.advance(step.lane);
    });
  }

  private advance(lane: Lane): void {
    const queue = this.queues.get(lane) ?? [];
    while (queue.length > 0 && this.runningIn(lane) < this.options.lanes[lane]) {
      const next = queue.shift();
      if (next) void this.apply(next);
    }
  }

  private async apply({ step, reason }: Queued): Promise<void> {
    const { clock, events, interruption } = this.options;
    this.running.set(step.lane, this.runningIn(step.lane) + 1);
    const start = clock.now();
    events.emit({ type: 'step-started', id: step.id, reason });
    const budget = new AbortController();
    const timer = setTimeout(() => {
      budget.abort(outOfBudget(step));
    }, step.budgetMs);
    const stop = patientLanes.has(step.lane) ? interruption.quitting : interruption.draining;
    const signal = AbortSignal.any([stop, budget.signal]);
    let ended: () => void;
    try {
      const detail = await step.apply(this.contextOf(step, signal));
      ended = () => {
        this.end(step, 'done', { start, reason, ...(detail !== undefined && { detail }) });
      };
    } catch (error) {
      // Whatever aborted first is the reason of both.
      const late = budget.signal.aborted && signal.reason === budget.signal.reason;
      const interrupted = !late && (stop.aborted || isAbort(error));
      const failure = late && isAbort(error) ? inToolsWords(signal.reason, error) : failureOf(error);
      ended = () => {
        if (interrupted) this.end(step, 'interrupted', { start, reason });
        else this.end(step, 'failed', { start, reason, failure });
      };
    } finally {
      clearTimeout(timer);
    }
    this.running.set(step.lane, this.runningIn(step.lane) - 1);
    ended();
    this.advance(step.lane);
    this.settle();
  }

  private contextOf(step: Step, signal: AbortSignal): StepContext {
    const { events } = this.options;
    return {
      signal,
      progress: (progress) => {
        events.emit({ type: 'step-progress', id: step.id, ...progress });
      },
    };
  }

  private end(step: Step, outcome: Outcome, more: Partial<TimedResult> = {}): void {
    const end = this.options.clock.now();
    const start = more.start ?? end;
    const { id, title } = step;
    this.results.set(id, { ...more, id, title, outcome, start, end, durationMs: end - start });
    const { detail, failure, because, reason } = more;
    this.options.events.emit({
      type: 'step-finished',
      id,
      outcome,
      durationMs: end - start,
      ...(outcome === 'omitted' && reason !== undefined ? { detail: reason } : detail !== undefined && { detail }),
      ...(failure && { failure }),
      ...(because !== undefined && { because }),
    });
    this.spread(id);
  }

  /**
   * Tells those around a step that it has ended or was passed over. One after the other, not one within the other: a
   * chain of thousands of steps must not overflow the call stack.
   */
  private spread(id: string): void {
    this.changed.push(id);
    if (this.changed.length > 1) return;
    for (const changed of this.changed) this.tellOthersOf(changed);
    this.changed.length = 0;
    this.settle();
  }

  private tellOthersOf(id: string): void {
    const isMet = this.passedOver.has(id) || this.isFulfilled(id);
    for (const dependant of this.dependantsOf(id)) {
      if (isMet) this.considerId(dependant);
      else this.skip(dependant, this.causeOf(id));
    }
    for (const other of [id, ...(this.plan.steps.get(id)?.needs ?? [])]) this.endIfUnneeded(other);
  }

  private considerId(id: string): void {
    const step = this.plan.steps.get(id);
    if (step) this.consider(step);
  }

  private skip(id: string, because: string): void {
    const step = this.plan.steps.get(id);
    if (step && !this.started.has(id) && !this.results.has(id)) {
      this.started.add(id);
      this.end(step, 'skipped', { because });
    }
  }

  private readonly drain = (): void => {
    for (const queue of this.queues.values()) {
      for (const { step, reason } of queue.splice(0)) this.end(step, 'interrupted', { reason });
    }
    this.settle();
  };

  private settle(): void {
    if (this.results.size === this.plan.steps.size) this.finish();
  }

  private outcomeOf(id: string): Outcome | undefined {
    return this.results.get(id)?.outcome;
  }

  private isFulfilled(id: string): boolean {
    const outcome = this.outcomeOf(id);
    return outcome !== undefined && fulfilled.has(outcome);
  }

  private causeOf(id: string): string {
    return this.results.get(id)?.because ?? id;
  }

  private dependantsOf(id: string): readonly string[] {
    return this.plan.dependants.get(id) ?? [];
  }

  private runningIn(lane: Lane): number {
    return this.running.get(lane) ?? 0;
  }

  private priorityOf(step: Step): number {
    return this.priority.get(step.id) ?? 0;
  }
}

interface Queued {
  readonly step: Step;
  readonly reason: string;
}

// A tool that was interrupted at the end of the budget may have said what it was waiting for.
function inToolsWords(late: unknown, error: unknown): Failure {
  const { output, command } = failureOf(error);
  return { ...failureOf(late), ...(output !== undefined && { output }), ...(command !== undefined && { command }) };
}

function outOfBudget(step: Step): PlatformError {
  return new PlatformError('timeout', `${step.title} took longer than its budget of ${formatDuration(step.budgetMs)}`);
}
