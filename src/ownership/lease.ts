import type { Clock } from '../clock.js';
import { messageOf, PlatformError } from '../errors.js';
import { ApiError } from '../kubernetes/api-errors.js';
import type { ClusterClient } from '../kubernetes/client.js';
import type { Events } from '../plan/events.js';
import { unlessAborted } from '../unless-aborted.js';
import { takenOverBy } from './conflicts.js';
import {
  holderIdentity,
  holderOf,
  leaseDurationSeconds,
  leasePath,
  released,
  renewed,
  renewEveryMs,
  type Lease,
} from './lease-object.js';
import type { Owner } from './lock-file.js';
import { pidSpace } from './pid-space.js';
import { takeLease } from './take-lease.js';

/** How soon a renewal that failed is tried again, in milliseconds. */
const retryEveryMs = 2_000;

export interface LeaseOptions {
  readonly environment: string;
  readonly owner: Owner;
  /** Run of the dead owner that the lock file was taken over from. */
  readonly deadRun: string | undefined;
  /** The cluster; `undefined` while there is none, which nobody can hold either. */
  readonly connection: () => Promise<ClusterClient | undefined>;
  readonly clock: Clock;
  readonly events: Events;
  /** Ends the wait for a holder that may be dead. */
  readonly signal: AbortSignal;
}

/** The ownership of an environment that other machines can see: the Lease `platform-system/<environment>`. */
export interface EnvironmentLease {
  /**
   * Takes the Lease at the first call and keeps it alive from then on; later calls cost nothing while the last renewal
   * is younger than the Lease's duration, and renew it where it is not.
   * @throws PlatformError `conflict` that names who holds it, or has taken it over
   */
  ensureHeld(signal: AbortSignal): Promise<void>;
  /** Gives it back, if it is ours; an API server that does not answer leaves it to expire. */
  release(): Promise<void>;
}

export function createLease(options: LeaseOptions): EnvironmentLease {
  return new HeldLease(options);
}

class HeldLease implements EnvironmentLease {
  private lease: Lease | undefined;
  /** When the renewal that succeeded last was asked for. */
  private renewedAt = 0;
  private lostTo: PlatformError | undefined;
  /** Taking or renewing that is under way: one at a time, for all who ask. */
  private atWork: Promise<void> | undefined;
  private heartbeat: Promise<void> | undefined;
  private readonly ending = new AbortController();

  constructor(private readonly options: LeaseOptions) {}

  async ensureHeld(signal: AbortSignal): Promise<void> {
    if (this.isFresh()) return;
    // A renewal under way may end it all; what comes of it is seen below.
    if (this.atWork)
      await unlessAborted(
        this.atWork.catch(() => undefined),
        signal,
      );
    if (!this.isFresh())
      await unlessAborted(
        this.once(() => this.verify()),
        signal,
      );
    if (this.lostTo) throw this.lostTo;
  }

  async release(): Promise<void> {
    this.ending.abort();
    await this.heartbeat;
    await this.atWork?.catch(() => undefined);
    if (!this.lease || this.lostTo) return;
    try {
      const client = await this.options.connection();
      await client?.replace(this.path(), released(this.lease, this.options.clock.now()));
    } catch {
      // Whoever comes next sees that this process is dead, or that nothing renews the Lease.
    }
    this.lease = undefined;
  }

  private isFresh(): boolean {
    const age = this.options.clock.now() - this.renewedAt;
    // A clock that was set back says nothing.
    return this.lostTo === undefined && this.lease !== undefined && age >= 0 && age < leaseDurationSeconds * 1000;
  }

  private once(work: () => Promise<void>): Promise<void> {
    this.atWork ??= work().finally(() => {
      this.atWork = undefined;
    });
    return this.atWork;
  }

  private async verify(): Promise<void> {
    if (this.lease) await this.renew();
    // It was never taken, was deleted, or its cluster was made anew.
    if (!this.lease && !this.lostTo) await this.take();
  }

  private async take(): Promise<void> {
    const client = await this.options.connection();
    if (!client) return;
    const { signal, ...options } = this.options;
    const lease = await takeLease(client, { ...options, pidSpace: pidSpace() }, signal);
    this.hold(lease, Date.parse(lease.spec?.renewTime ?? ''));
    this.heartbeat ??= this.beat();
  }

  private hold(lease: Lease, at: number): void {
    this.lease = lease;
    this.renewedAt = at;
  }

  // A renewal may have arrived though its answer did not, so a conflict is no loss before somebody else's name is seen.
  private async renew(): Promise<void> {
    if (!this.lease) return;
    const { connection, clock, environment } = this.options;
    const client = await connection();
    if (!client) throw new PlatformError('conflict', `the cluster of ${environment} is not running`);
    while (this.lease) {
      const at = clock.now();
      try {
        this.hold(await client.replace<Lease>(this.path(), renewed(this.lease, at)), at);
        return;
      } catch (error) {
        if (!(error instanceof ApiError && [404, 409].includes(error.status))) throw error;
        this.lease = await this.stillOurs(client);
      }
    }
  }

  private async stillOurs(client: ClusterClient): Promise<Lease | undefined> {
    const { owner, events } = this.options;
    const lease = await client.get<Lease>(this.path());
    if (lease?.spec?.holderIdentity === holderIdentity(owner)) return lease;
    const holder = lease && holderOf(lease);
    if (holder) {
      this.lostTo = takenOverBy(holder.owner);
      events.emit({ type: 'notice', level: 'warning', message: messageOf(this.lostTo) });
    }
    return undefined;
  }

  /** Renews until the end; what fails is tried again soon, and is nobody's failure before {@link ensureHeld} asks. */
  private async beat(): Promise<void> {
    const { clock } = this.options;
    const { signal } = this.ending;
    let pauseMs = renewEveryMs;
    while (!this.lostTo) {
      try {
        await clock.sleep(pauseMs, signal);
      } catch {
        return;
      }
      pauseMs = await this.once(() => this.renew()).then(
        () => renewEveryMs,
        () => retryEveryMs,
      );
    }
  }

  private path(): string {
    return leasePath(this.options.environment);
  }
}
