import type { Clock } from '../clock.js';
import { ApiError } from '../kubernetes/api-errors.js';
import type { ClusterClient } from '../kubernetes/client.js';
import { labels, systemNamespace } from '../kubernetes/objects.js';
import type { Events } from '../plan/events.js';
import { poll } from '../poll.js';
import { heldBy } from './conflicts.js';
import {
  claimed,
  holderIdentity,
  holderOf,
  leaseDurationSeconds,
  leasePath,
  leasesPath,
  type Claim,
  type Lease,
  type LeaseHolder,
} from './lease-object.js';
import { isAlive } from './lock-file.js';

/** How often a Lease is looked at whose holder may be dead, in milliseconds. */
const lookIntervalMs = 2_000;

export interface TakeOptions extends Claim {
  /** Run of the dead owner that the lock file was taken over from. */
  readonly deadRun: string | undefined;
  readonly clock: Clock;
  readonly events: Events;
}

/**
 * Takes the Lease of an environment. A holder that is dead for certain is replaced at once; any other is watched for
 * the duration of its Lease, by our own clock, since that of another machine may be wrong: a renewal in that time shows
 * that it lives, no renewal that it does not.
 * @throws PlatformError `conflict` that names the living holder
 */
export function takeLease(client: ClusterClient, options: TakeOptions, signal: AbortSignal): Promise<Lease> {
  let watched: { readonly renewal: string; readonly since: number } | undefined;
  return poll(signal, options.clock, lookIntervalMs, async () => {
    const lease = await client.get<Lease>(leasePath(options.environment), signal);
    if (!lease) return create(client, options, signal);
    const holder = holderOf(lease);
    if (!holder || lease.spec?.holderIdentity === holderIdentity(options.owner))
      return claim(client, lease, options, signal);
    if (isDead(holder, options)) {
      say(options, `${nameOf(holder)} ended without giving this environment up; it is taken over`);
      return claim(client, lease, options, signal);
    }
    if (isNeighbour(holder, options)) throw heldBy(holder.owner, holder.since);
    const renewal = `${lease.spec?.holderIdentity ?? ''} ${lease.spec?.renewTime ?? ''}`;
    const seconds = lease.spec?.leaseDurationSeconds ?? leaseDurationSeconds;
    if (!watched) {
      watched = { renewal, since: options.clock.now() };
      say(
        options,
        `${nameOf(holder)} holds this environment; watching for ${String(seconds)} s whether it is still there`,
      );
      return undefined;
    }
    if (watched.renewal !== renewal) throw heldBy(holder.owner, holder.since);
    if (options.clock.now() - watched.since < seconds * 1000) return undefined;
    say(options, `${nameOf(holder)} has not been heard of for ${String(seconds)} s; the environment is taken over`);
    return claim(client, lease, options, signal);
  });
}

function isDead({ owner, pidSpace }: LeaseHolder, options: TakeOptions): boolean {
  if (owner.run !== '' && owner.run === options.deadRun) return true;
  return isNeighbour({ owner, pidSpace }, options) && !isAlive(owner);
}

/** Whether the holder's pid can be looked up here. */
function isNeighbour({ owner, pidSpace }: Pick<LeaseHolder, 'owner' | 'pidSpace'>, own: TakeOptions): boolean {
  return owner.host === own.owner.host && pidSpace !== undefined && pidSpace === own.pidSpace;
}

// Somebody who was faster is looked at next time.
async function claim(
  client: ClusterClient,
  lease: Lease,
  options: TakeOptions,
  signal: AbortSignal,
): Promise<Lease | undefined> {
  const { environment, clock } = options;
  return unlessRefused(
    [404, 409],
    client.replace(leasePath(environment), claimed(options, clock.now(), lease), signal),
  );
}

async function create(client: ClusterClient, options: TakeOptions, signal: AbortSignal): Promise<Lease | undefined> {
  const lease = () =>
    unlessRefused([409], client.create<Lease>(leasesPath, claimed(options, options.clock.now()), signal));
  try {
    return await lease();
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error;
  }
  const namespace = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: systemNamespace, labels: { [labels.environment]: options.environment } },
  };
  await unlessRefused([409], client.create('/api/v1/namespaces', namespace, signal));
  return lease();
}

async function unlessRefused<T>(statuses: readonly number[], writing: Promise<T>): Promise<T | undefined> {
  try {
    return await writing;
  } catch (error) {
    if (error instanceof ApiError && statuses.includes(error.status)) return undefined;
    throw error;
  }
}

function nameOf({ owner, since }: LeaseHolder): string {
  return `${owner.user}@${owner.host} (pid ${String(owner.pid)}, ${owner.command}${since ? `, since ${since}` : ''})`;
}

function say({ events }: TakeOptions, message: string): void {
  events.emit({ type: 'notice', level: 'warning', message });
}
