import { formatDuration } from '../../clock.js';
import { isAbort, messageOf, PlatformError } from '../../errors.js';
import { budgetFor } from '../prediction/budget.js';
import { judgeChain } from '../chain/judge.js';
import { isComplete } from '../chain/progress.js';
import type { Drill } from '../drill.js';
import type { Injection, PlannedFault } from '../faults/planned-fault.js';
import { planFault } from '../faults/plan-fault.js';
import type { Narrator } from '../narrator.js';
import type { Ledger } from '../observe/ledger.js';
import { noObservations } from '../observe/no-observations.js';
import { startObserving, type Observer } from '../observe/observer.js';
import type { DrillJournal } from '../drill-journal.js';
import type { MarksSoFar } from '../chain/evidence.js';
import type { Link } from '../record.js';
import type { World } from '../world.js';
import { scalingWatcher } from './scaling-watcher.js';
import type { Look } from './look.js';
import { makeLoad, type LoadRoute } from './make-load.js';
import type { DrillRunResult } from './drill-run-result.js';
import { awaitScaledBack } from './scaled-back.js';
import { WayBack } from './way-back.js';

/** How long everything is watched before the fault, so that what is there already is known, in milliseconds. */
const baselineMs = 2_000;
/** How often the chain is judged although nothing new was seen: time alone breaks links. */
const judgeEveryMs = 500;

export interface DrillRunOptions {
  readonly drill: Drill;
  readonly world: World;
  readonly look: Look;
  readonly run: string;
  /** `user@host/pid`. */
  readonly owner: string;
  readonly narrator: Narrator;
  readonly journal: DrillJournal;
  readonly load: LoadRoute;
  /** Throws when this run does not own the environment any more. */
  readonly ensureOwned: (signal: AbortSignal) => Promise<void>;
  /** Ctrl-C: the fault is taken back at once. */
  readonly stopped: AbortSignal;
  /** A second Ctrl-C, or the end of the time that the first one gave: leave. */
  readonly quitting: AbortSignal;
}

/**
 * A drill from the way back to the proof that everything is as it was. Whatever happens in between, what was changed is
 * taken back before this ends; where even that cannot be, the record stays in the cluster for the reaper.
 */
export class DrillRun {
  private marks: { -readonly [K in keyof MarksSoFar]: MarksSoFar[K] };
  private observer: Observer | undefined;
  private ledger: Ledger | undefined;
  private injection: Injection | undefined;
  /** When what it waited for was given up, in milliseconds since the epoch. */
  private cutShortAt: number | undefined;
  private readonly wayBack: WayBack;
  /** Ends the watching: Ctrl-C, or somebody else has taken the fault back. */
  private readonly over = new AbortController();

  constructor(private readonly options: DrillRunOptions) {
    this.marks = { startedAt: options.world.clock.now() };
    this.wayBack = new WayBack(options, (message) => {
      this.end(message);
    });
  }

  async perform(): Promise<DrillRunResult> {
    let ending: unknown;
    try {
      const failure = await failureIn(async () => {
        const planned = await this.writeWayBack();
        await this.watch();
        await this.fault(planned);
      });
      const failureOfEnd = await failureIn(() => this.endFault());
      // What went wrong until now must not keep the fault from being taken back.
      await this.back();
      ending = failure ?? failureOfEnd;
      if (ending === undefined && this.wayBack.leadsBack()) ending = await failureIn(() => this.recover());
      if (ending !== undefined) this.cutShortAt = this.options.world.clock.now();
      await this.wayBack.prove(this.options.stopped.aborted);
    } finally {
      await this.observer?.stop();
    }
    return this.result(ending);
  }

  /** Nothing is changed before it is written down how it is taken back. */
  private async writeWayBack(): Promise<PlannedFault> {
    const { drill, world, run, narrator, ensureOwned, stopped } = this.options;
    narrator.start('intent', 'before anything is changed');
    const planned = await planFault(drill.fault, run, world, stopped);
    if (planned.changes.length === 0) {
      narrator.finish('intent', 'omitted', { detail: 'nothing in the cluster is changed' });
      return planned;
    }
    await ensureOwned(stopped);
    const name = await this.wayBack.write(planned, this.marks.startedAt);
    narrator.finish('intent', 'done', { detail: name });
    return planned;
  }

  /** Nothing that is seen from now on says anything. */
  private end(message: string): void {
    if (this.over.signal.aborted) return;
    this.ledger?.put('incidents', { at: this.options.world.clock.now(), message });
    this.over.abort(new PlatformError('inconclusive', message));
  }

  private async watch(): Promise<void> {
    const { drill, world, look, journal } = this.options;
    const { autoscaler } = drill.expect;
    const { bounds } = look;
    const { original } = this.wayBack;
    this.observer = startObserving(
      drill,
      world,
      {
        onFact: (fact) => {
          journal.record(fact);
        },
        faultAt: () => this.marks.faultAt,
        ...(original !== undefined && { original }),
        watchers: (ledger) => {
          this.ledger = ledger;
          const onDisturbed = (what: string) => {
            this.end(`${what} (${autoscaler?.name ?? ''})`);
          };
          return autoscaler && bounds ? [scalingWatcher(autoscaler, world, { ledger, bounds, onDisturbed })] : [];
        },
      },
      new AbortController().signal,
    );
    await world.clock.sleep(baselineMs, this.waiting());
  }

  private async fault(planned: PlannedFault): Promise<void> {
    const { drill, world, narrator, ensureOwned } = this.options;
    const { clock } = world;
    const waiting = this.waiting();
    await ensureOwned(waiting);
    await this.wayBack.confirm(waiting);
    waiting.throwIfAborted();
    narrator.breaks(drill.fault);
    this.injection = await planned.inject(waiting, (at) => {
      this.begin(at);
    });
    this.marks.fault = this.injection.detail;
    if (drill.fault.type === 'load') await this.load(drill.fault);
    else await this.until('fault');
    if (drill.holdMs === 0) return;
    narrator.hold(drill.holdMs);
    await clock.sleep(drill.holdMs, this.waiting());
  }

  /** Only the first of what a fault does begins it. */
  private begin(at: number): void {
    if (this.marks.faultAt !== undefined) return;
    this.marks.faultAt = at;
    this.options.journal.mark('fault', at);
  }

  private async load(fault: Extract<Drill['fault'], { readonly type: 'load' }>): Promise<void> {
    const { drill, world, narrator, look, load } = this.options;
    const goal = drill.expect.autoscaler?.reaches ?? look.bounds?.maximum;
    const { observer, ledger } = this;
    if (!observer || !ledger) return;
    narrator.start('load', `at most ${formatDuration(fault.atMostMs)}`);
    const following = new AbortController();
    const told = this.follow(AbortSignal.any([following.signal, this.waiting()]));
    try {
      const ended = await makeLoad(fault, { world, goal, load, ledger, narrator, signal: this.waiting() });
      narrator.finish('load', 'done', { detail: ended });
    } finally {
      following.abort();
      await told;
    }
  }

  /** Tells the chain while something else is waited for. */
  private async follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.tell();
      await this.options.world.clock.sleep(judgeEveryMs, signal).catch(() => undefined);
    }
  }

  private async endFault(): Promise<void> {
    const { world, journal, drill } = this.options;
    if (this.marks.faultAt !== undefined && drill.fault.type === 'load') {
      this.marks.loadEndedAt = world.clock.now();
      journal.mark('load-ended', this.marks.loadEndedAt);
    }
    await this.injection?.end?.();
  }

  /** Takes the fault back, whatever has become of the drill. */
  private async back(): Promise<void> {
    const { journal } = this.options;
    const restoredAt = await this.wayBack.take();
    if (restoredAt !== undefined) {
      this.marks.restoredAt = restoredAt;
      journal.mark('restored', restoredAt);
    }
    this.tell();
  }

  /** The chain in reverse, and the way of the autoscaler back. */
  private async recover(): Promise<void> {
    const { look, narrator, drill, world } = this.options;
    const { clock } = world;
    await this.until('recovery');
    const { scaling } = look.prediction;
    if (!drill.expect.autoscaler || !scaling) return;
    await awaitScaledBack(scaling, {
      ...{ clock, narrator, since: this.marks.loadEndedAt ?? clock.now() },
      lastSample: () => this.observer?.observations.autoscaler.at(-1),
      next: () => this.next(),
    });
  }

  private async until(phase: 'fault' | 'recovery'): Promise<void> {
    while (!isComplete(this.tell(), phase)) await this.next();
  }

  private async next(): Promise<void> {
    const { clock } = this.options.world;
    const signal = this.waiting();
    const settled = new AbortController();
    const either = AbortSignal.any([signal, settled.signal]);
    try {
      await Promise.race([clock.sleep(judgeEveryMs, either), this.observer?.changed(either)]);
    } finally {
      settled.abort();
    }
    signal.throwIfAborted();
  }

  private waiting(): AbortSignal {
    return AbortSignal.any([this.options.stopped, this.over.signal]);
  }

  private tell(): readonly Link[] {
    const links = this.judge();
    this.options.narrator.tell(links, this.options.look.prediction);
    return links;
  }

  private judge(): readonly Link[] {
    const { drill, world, look } = this.options;
    const { observer, marks } = this;
    if (!observer) return [];
    return judgeChain({
      ...{ drill, marks, prediction: look.prediction, observations: observer.observations },
      now: this.cutShortAt ?? world.clock.now(),
      ...(look.receivers && { receivers: look.receivers }),
      isWatched: world.monitoring !== undefined,
      budgetFor: (name, alert) => budgetFor({ name, ...(alert !== undefined && { alert }) }, look.prediction, drill),
      isRehearsed: world.provider.simulation !== undefined,
      isCutShort: this.options.stopped.aborted || this.over.signal.aborted || this.cutShortAt !== undefined,
    });
  }

  private result(ending: unknown): DrillRunResult {
    const { narrator, world, stopped } = this.options;
    const endedAt = world.clock.now();
    this.marks.endedAt = endedAt;
    const links = this.judge();
    narrator.conclude(links);
    const isInterrupted = stopped.aborted;
    const endedBy = this.over.signal.aborted ? messageOf(this.over.signal.reason) : undefined;
    const isToldOtherwise = isInterrupted || endedBy !== undefined || isAbort(ending);
    const problem = ending === undefined || isToldOtherwise ? undefined : messageOf(ending);
    const { restore, leftBehind } = this.wayBack;
    return {
      marks: { ...this.marks, endedAt },
      clockOffsetsMs: this.observer?.clockOffsetsMs ?? {},
      observations: this.observer?.observations ?? noObservations(),
      links,
      ...(restore && { restore }),
      ...(problem !== undefined && { problem }),
      isInterrupted,
      ...(endedBy !== undefined && { endedBy }),
      ...(leftBehind && { leftBehind }),
    };
  }
}

async function failureIn(work: () => Promise<void>): Promise<unknown> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return error;
  }
}
