import type { Intent, Restoration } from '../../../assets/apps/src/reaper/intent.js';
import { failureOf, messageOf, PlatformError } from '../../errors.js';
import { ApiUnreachableError } from '../../kubernetes/api-errors.js';
import { patiently } from '../../kubernetes/patiently.js';
import type { Drill } from '../drill.js';
import { grantPaths } from '../faults/grants.js';
import type { PlannedFault } from '../faults/planned-fault.js';
import { keepHeartbeat, type Heartbeat, type HeartbeatLoss } from '../intent/heartbeat.js';
import { closeIntent, openIntent } from '../intent/intents.js';
import { newIntent } from '../intent/new-intent.js';
import { openGrants } from '../intent/open-grants.js';
import type { ReadIntent } from '../intent/read-intent.js';
import { takeBack } from '../intent/take-back.js';
import { awaitAsBefore } from '../intent/verify.js';
import type { Narrator } from '../narrator.js';
import type { RestoreResult } from '../record.js';
import type { World } from '../world.js';

/** How long the API server may be away before the fault, and when the record is removed, in milliseconds. */
const awayMs = 30_000;
/** How long pods may take to be ready again, and an autoscaler to be active, in milliseconds. */
const asBeforeMs = 3 * 60_000;
/** The same for somebody who pressed Ctrl-C. */
const asBeforeInHasteMs = 10_000;

interface WayBackOptions {
  readonly drill: Pick<Drill, 'name'>;
  readonly world: World;
  readonly run: string;
  readonly owner: string;
  readonly narrator: Narrator;
  readonly stopped: AbortSignal;
  readonly quitting: AbortSignal;
}

/**
 * How a drill is taken back: written into the cluster before anything is changed, kept alive by a heartbeat, taken, and
 * proven. Where it cannot be taken the record stays in the cluster, for the reaper.
 */
export class WayBack {
  private opened: ReadIntent | undefined;
  private heartbeat: Heartbeat | undefined;
  private restoration: Restoration | undefined;
  private differences: readonly string[] = [];
  /** What may still be as the fault left it. */
  leftBehind: PlatformError | undefined;

  /** `onLost` hears of somebody else who has taken the fault back, or removed the record. */
  constructor(
    private readonly options: WayBackOptions,
    private readonly onLost: (message: string) => void,
  ) {}

  /** Writes it, and resolves to the name of the record. */
  async write({ changes, grants }: PlannedFault, startedAt: number): Promise<string> {
    const { drill, world, run, owner, stopped } = this.options;
    const { client, clock } = world;
    const intent: Intent = newIntent({
      ...{ run, drill: drill.name, environment: world.environment.name, owner, startedAt, changes },
      grants: grantPaths(grants),
    });
    this.opened = await this.writeDown(intent);
    await openGrants(grants, client, stopped);
    this.heartbeat = keepHeartbeat({
      ...{ run, client, clock },
      onLost: (loss) => {
        this.onLost(lossWords(loss));
      },
    });
    return this.opened.name;
  }

  /** Replicas of what the fault scales, before it. */
  get original(): number | undefined {
    return this.opened?.intent.changes.find((change) => change.type === 'scale')?.from;
  }

  /**
   * Shows that the drill lives, right before its fault: nobody takes that back in the next minute. Whether somebody has
   * already done so is told before this resolves.
   */
  async confirm(signal: AbortSignal): Promise<void> {
    const { clock } = this.options.world;
    await patiently(() => this.heartbeat?.show(signal) ?? Promise.resolve(), { clock, signal, withinMs: awayMs });
  }

  /** Takes it, and resolves to when it was taken; to nothing where there is none, or it could not be taken. */
  async take(): Promise<number | undefined> {
    const { world, owner, narrator, quitting } = this.options;
    const { client, clock } = world;
    if (!this.opened) return undefined;
    // From now on it is we who write that it was taken back; should we not get there, the silence tells the reaper.
    await this.heartbeat?.stop();
    try {
      this.restoration = await takeBack(this.opened, owner, {
        ...{ client, clock, signal: quitting },
        onAway: () => {
          narrator.warn('the API server does not answer; waiting for it, to take the fault back');
        },
      });
      const { by, at } = this.restoration;
      // Somebody else's clock says nothing here.
      return by === owner ? Date.parse(at) : clock.now();
    } catch (error) {
      this.leftBehind = notTakenBack(this.opened.intent, error);
      return undefined;
    }
  }

  /** What is left as it is, or was deleted meanwhile, does not come back by itself. */
  leadsBack(): boolean {
    return !this.leftBehind && this.restoration?.results.some(({ outcome }) => outcome === 'gone') !== true;
  }

  /** Compares what was recorded with what is there, and removes the record. */
  async prove(isInHaste: boolean): Promise<void> {
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

  /** What came of it; `undefined` where nothing had to be taken back. */
  get restore(): RestoreResult | undefined {
    const { restoration, leftBehind, differences } = this;
    if (!restoration && !leftBehind) return undefined;
    return {
      by: restoration?.by ?? this.options.owner,
      results: restoration?.results ?? [],
      differences: leftBehind ? [leftBehind.message] : differences,
    };
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
}

function lossWords(loss: HeartbeatLoss): string {
  return loss.why === 'deleted'
    ? 'somebody removed the record of this drill from the cluster'
    : `the fault was taken back by ${loss.by}`;
}

function notTakenBack({ drill, run, restoreCommand }: Intent, error: unknown): PlatformError {
  if (error instanceof PlatformError && error.code === 'leftBehind') return error;
  return new PlatformError('leftBehind', `the drill ${drill} (run ${run}) was not taken back: ${messageOf(error)}`, {
    cause: error,
    suggestions: ['the reaper takes it back when it has seen no sign of life for a minute', restoreCommand],
  });
}
