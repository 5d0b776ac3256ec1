import type { Intent, Restoration } from '../../../assets/apps/src/reaper/intent.js';
import { formatDuration } from '../../clock.js';
import { failureOf, isAbort, messageOf, PlatformError } from '../../errors.js';
import { ApiUnreachableError } from '../../kubernetes/api-errors.js';
import { patiently } from '../../kubernetes/patiently.js';
import { budgetFor } from '../prediction/budget.js';
import { judgeChain } from '../chain/judge.js';
import { isComplete } from '../chain/progress.js';
import type { Drill } from '../drill.js';
import { grantPaths } from '../faults/grants.js';
import type { Injection, PlannedFault } from '../faults/planned-fault.js';
import { planFault } from '../faults/plan-fault.js';
import { keepHeartbeat, type Heartbeat, type HeartbeatLoss } from '../intent/heartbeat.js';
import { closeIntent, openIntent } from '../intent/intents.js';
import { newIntent } from '../intent/new-intent.js';
import { openGrants } from '../intent/open-grants.js';
import type { ReadIntent } from '../intent/read-intent.js';
import { takeBack } from '../intent/take-back.js';
import { scalingSlackMs } from '../autoscaling/slack.js';
import { awaitAsBefore } from '../intent/verify.js';
import type { Narrator } from '../narrator.js';
import type { Ledger } from '../observe/ledger.js';
import { noObservations } from '../observe/no-observations.js';
import { startObserving, type Observer } from '../observe/observer.js';
import type { DrillJournal } from '../drill-journal.js';
import type { MarksSoFar } from '../chain/evidence.js';
import type { Link, Marks, Observations, PredictedScaling, RestoreResult } from '../record.js';
import type { World } from '../world.js';
import { scalingWatcher } from './scaling-watcher.js';
import type { Look } from './look.js';
import { makeLoad, type LoadRoute } from './make-load.js';

/** How long everything is watched before the fault, so that what is there already is known, in milliseconds. */
const baselineMs = 2_000;
/** How often the chain is judged although nothing new was seen: time alone breaks links. */
const judgeEveryMs = 500;
/** How much longer than predicted an autoscaler is waited for, as a share: its controller looks every 15 s only. */
const scalingPatience = 0.5;
/** On top, since it is sampled now and then only, in milliseconds. */
const lastSampleMs = 2_000;
/** How long the API server may be away when the record is removed, in milliseconds; without it the reaper sees to it. */
const awayMs = 30_000;
/** How long pods may take to be ready again, and an autoscaler to be active, in milliseconds. */
const asBeforeMs = 3 * 60_000;
/** The same for somebody who pressed Ctrl-C. */
const asBeforeInHasteMs = 10_000;

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

/** What a run has to tell when it is over. */
export interface DrillRunResult {
  readonly marks: Marks;
  readonly clockOffsetsMs: Readonly<Record<string, number>>;
  readonly observations: Observations;
  readonly links: readonly Link[];
  readonly restore?: RestoreResult;
  /** What ended it before its end. */
  readonly problem?: string;
  readonly isInterrupted: boolean;
  /** What somebody else did that ended it. */
  readonly endedBy?: string;
  /** The fault may still be there. */
  readonly leftBehind?: PlatformError;
}

/**
 * A drill from the way back to the proof that everything is as it was. Whatever happens in between, what was changed is
 * taken back before this ends; where even that cannot be, the record stays in the cluster for the reaper.
 */
export class DrillRun {
  private marks: { -readonly [K in keyof MarksSoFar]: MarksSoFar[K] };
  private observer: Observer | undefined;
  private ledger: Ledger | undefined;
  private heartbeat: Heartbeat | undefined;
  private injection: Injection | undefined;
  private opened: ReadIntent | undefined;
  private restoration: Restoration | undefined;
  private differences: readonly string[] = [];
  private leftBehind: PlatformError | undefined;
  /** Ends the watching: Ctrl-C, or somebody else has taken the fault back. */
  private readonly over = new AbortController();

  constructor(private readonly options: DrillRunOptions) {
    this.marks = { startedAt: options.world.clock.now() };
  }

  async perform(): Promise<DrillRunResult> {
    let ending: unknown;
    try {
      const planned = await this.writeWayBack();
      await this.watch();
      await this.fault(planned);
    } catch (error) {
      ending = error;
    }
    await this.back();
    if (ending === undefined && this.canRecover()) ending = await this.recover().catch((error: unknown) => error);
    await this.proveAsBefore(ending !== undefined);
    await this.observer?.stop();
    return this.result(ending);
  }

  /** Nothing is changed before it is written down how it is taken back. */
  private async writeWayBack(): Promise<PlannedFault> {
    const { drill, world, run, owner, narrator, ensureOwned, stopped } = this.options;
    const { client, clock } = world;
    narrator.start('intent', 'before anything is changed');
    const planned = await planFault(drill.fault, run, world, stopped);
    if (planned.changes.length === 0) {
      narrator.finish('intent', 'omitted', { detail: 'nothing in the cluster is changed' });
      return planned;
    }
    await ensureOwned(stopped);
    const grants = grantPaths(planned.grants);
    const environment = world.environment.name;
    const { changes } = planned;
    const intent: Intent = newIntent({
      ...{ run, drill: drill.name, environment, owner, startedAt: this.marks.startedAt, changes, grants },
    });
    this.opened = await this.writeDown(intent);
    await openGrants(planned.grants, client, stopped);
    this.heartbeat = keepHeartbeat({
      ...{ run, client, clock },
      onLost: (loss) => {
        this.lost(loss);
      },
    });
    narrator.finish('intent', 'done', { detail: this.opened.name });
    return planned;
  }

  // Ctrl-C does not end it: it would not be known whether there is a record that somebody has to remove.
  private async writeDown(intent: Intent): Promise<ReadIntent> {
    const { world, quitting } = this.options;
    const { client, clock } = world;
    try {
      return await openIntent(intent, client, quitting);
    } catch (error) {
      // Only its answer may have been lost, and nothing is changed yet that the record would be needed for.
      const close = () => closeIntent(intent.run, client, quitting);
      if (error instanceof ApiUnreachableError) {
        await patiently(close, { clock, signal: quitting, withinMs: awayMs }).catch(() => undefined);
      }
      throw error;
    }
  }

  private lost(loss: HeartbeatLoss): void {
    const message =
      loss.why === 'deleted'
        ? 'somebody removed the record of this drill from the cluster'
        : `the fault was taken back by ${loss.by}`;
    this.end(message);
  }

  /** Nothing that is seen from now on says anything. */
  private end(message: string): void {
    if (this.over.signal.aborted) return;
    this.ledger?.put('incidents', { at: this.options.world.clock.now(), message });
    this.over.abort(new PlatformError('inconclusive', message));
  }

  private async watch(): Promise<void> {
    const { drill, world, look, journal, stopped } = this.options;
    const { autoscaler } = drill.expect;
    const { bounds } = look;
    const original = this.opened?.intent.changes.find((change) => change.type === 'scale')?.from;
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
    await world.clock.sleep(baselineMs, stopped);
  }

  private async fault(planned: PlannedFault): Promise<void> {
    const { drill, world, narrator, journal, ensureOwned, stopped } = this.options;
    const { clock } = world;
    await ensureOwned(stopped);
    this.injection = await planned.inject(stopped);
    this.marks.faultAt = this.injection.at;
    journal.mark('fault', this.injection.at);
    if (drill.fault.type === 'load') await this.load(drill.fault);
    else await this.until('fault');
    if (drill.holdMs === 0) return;
    narrator.hold(drill.holdMs);
    await clock.sleep(drill.holdMs, this.waiting());
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

  /** Takes the fault back, whatever has become of the drill. */
  private async back(): Promise<void> {
    const { world, owner, journal, narrator, quitting, drill } = this.options;
    const { client, clock } = world;
    await this.injection?.end?.();
    if (this.marks.faultAt !== undefined && drill.fault.type === 'load') {
      this.marks.loadEndedAt = clock.now();
      journal.mark('load-ended', this.marks.loadEndedAt);
    }
    if (!this.opened) return;
    // From now on it is we who write that it was taken back; should we not get there, the silence tells the reaper.
    await this.heartbeat?.stop();
    try {
      this.restoration = await takeBack(this.opened, owner, {
        ...{ client, clock, signal: quitting },
        onAway: () => {
          narrator.warn('the API server does not answer; waiting for it, to take the fault back');
        },
      });
      this.marks.restoredAt = clock.now();
      journal.mark('restored', this.marks.restoredAt);
    } catch (error) {
      this.leftBehind = notTakenBack(this.opened.intent, error);
    }
    this.tell();
  }

  /** What is left as it is, or was deleted meanwhile, does not come back by itself. */
  private canRecover(): boolean {
    return !this.leftBehind && this.restoration?.results.some(({ outcome }) => outcome === 'gone') !== true;
  }

  /** The chain in reverse, and the way of the autoscaler back. */
  private async recover(): Promise<undefined> {
    const { look, narrator, drill } = this.options;
    await this.until('recovery');
    const { scaling } = look.prediction;
    if (drill.expect.autoscaler && scaling) {
      narrator.start('scaled', `back to ${String(scaling.original)}: ${scaling.because}`);
      await this.untilScaledBack(scaling);
      narrator.finish('scaled', 'done', { detail: this.replicas() });
    }
    return undefined;
  }

  private async untilScaledBack({ original, down }: PredictedScaling): Promise<void> {
    const { clock } = this.options.world;
    const predictedMs = down.at(-1)?.afterMs ?? 0;
    // Not before it can be said that it is late.
    const patienceMs = Math.max(predictedMs * scalingPatience, scalingSlackMs) + lastSampleMs;
    const until = (this.marks.loadEndedAt ?? clock.now()) + predictedMs + patienceMs;
    while (clock.now() < until) {
      const last = this.observer?.observations.autoscaler.at(-1);
      if (last?.current === original && last.desired === original) return;
      const within = formatDuration(predictedMs);
      this.options.narrator.progress(
        'scaled',
        `${this.replicas()}; ${String(original)} are predicted within ${within}`,
      );
      await this.next();
    }
  }

  private replicas(): string {
    const last = this.observer?.observations.autoscaler.at(-1);
    return last ? `${String(last.current)} replicas, wants ${String(last.desired)}` : 'nothing was seen of it';
  }

  private async proveAsBefore(isInHaste: boolean): Promise<void> {
    const { world, narrator, quitting } = this.options;
    const { client, clock } = world;
    if (!this.opened || this.leftBehind) return;
    narrator.start('verify', 'what was recorded is compared with what is there');
    try {
      this.differences = await awaitAsBefore(this.opened.intent, {
        ...{ client, clock, signal: quitting },
        withinMs: isInHaste ? asBeforeInHasteMs : asBeforeMs,
        onWaiting: (what) => {
          narrator.progress('verify', what);
        },
      });
      const { run } = this.opened.intent;
      await patiently(() => closeIntent(run, client, quitting), { clock, signal: quitting, withinMs: awayMs });
      if (this.differences.length === 0) narrator.finish('verify', 'done');
      else {
        const message = this.differences.join('; ');
        narrator.finish('verify', 'failed', { failure: { code: 'leftBehind', exitCode: 8, message } });
      }
    } catch (error) {
      this.differences = [`it could not be compared: ${messageOf(error)}`];
      narrator.finish('verify', 'failed', { failure: failureOf(error) });
    }
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
      now: world.clock.now(),
      ...(look.receivers && { receivers: look.receivers }),
      isWatched: world.monitoring !== undefined,
      budgetFor: (name, alert) => budgetFor({ name, ...(alert !== undefined && { alert }) }, look.prediction, drill),
      isRehearsed: world.provider.simulation !== undefined,
      isCutShort: this.options.stopped.aborted || this.over.signal.aborted,
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
    const { restoration, differences, leftBehind } = this;
    const restore: RestoreResult | undefined =
      restoration || leftBehind
        ? {
            by: restoration?.by ?? this.options.owner,
            results: restoration?.results ?? [],
            differences: leftBehind ? [leftBehind.message] : differences,
          }
        : undefined;
    return {
      marks: { ...this.marks, endedAt },
      clockOffsetsMs: this.observer?.clockOffsetsMs ?? {},
      observations: this.observer?.observations ?? noObservations,
      links,
      ...(restore && { restore }),
      ...(problem !== undefined && { problem }),
      isInterrupted,
      ...(endedBy !== undefined && { endedBy }),
      ...(leftBehind && { leftBehind }),
    };
  }
}

function notTakenBack({ drill, run, restoreCommand }: Intent, error: unknown): PlatformError {
  if (error instanceof PlatformError && error.code === 'leftBehind') return error;
  return new PlatformError('leftBehind', `the drill ${drill} (run ${run}) was not taken back: ${messageOf(error)}`, {
    cause: error,
    suggestions: ['the reaper takes it back when it has seen no sign of life for a minute', restoreCommand],
  });
}
