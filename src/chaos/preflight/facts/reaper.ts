import { intents } from '../../../../assets/apps/src/reaper/intent.js';
import type { Clock } from '../../../clock.js';
import type { ClusterClient } from '../../../kubernetes/client.js';
import { leasePath, type Lease } from '../../../ownership/lease-object.js';
import { poll } from '../../../poll.js';

export interface ReaperFacts {
  readonly isAlive: boolean;
  /** Milliseconds since the epoch, by the reaper's clock; absent where it never was there. */
  readonly renewedAt?: number;
}

const lookIntervalMs = 1_000;
/** Where its Lease does not say. */
const defaultDurationSeconds = 40;

/**
 * Whether the reaper renews its Lease. One that looks old may come from a clock that differs from ours: then it counts
 * whether it is renewed while we look on, for as long as two renewals may take.
 */
export async function readReaper(
  client: Pick<ClusterClient, 'get'>,
  clock: Clock,
  signal: AbortSignal,
): Promise<ReaperFacts> {
  const read = async () => {
    const lease = await client.get<Lease>(leasePath(intents.reaper), signal);
    const { renewTime, holderIdentity, leaseDurationSeconds = defaultDurationSeconds } = lease?.spec ?? {};
    // Given back by one that was stopped.
    if (renewTime === undefined || holderIdentity === '') return undefined;
    return { renewedAt: Date.parse(renewTime), durationMs: leaseDurationSeconds * 1000 };
  };
  const first = await read();
  if (!first) return { isAlive: false };
  const { renewedAt, durationMs } = first;
  const since = clock.now();
  if (Math.abs(since - renewedAt) <= durationMs) return { isAlive: true, renewedAt };
  return poll(signal, clock, lookIntervalMs, async () => {
    const now = await read();
    if (now && now.renewedAt !== renewedAt) return { isAlive: true, renewedAt: now.renewedAt };
    return clock.now() - since < durationMs / 2 ? undefined : { isAlive: false, renewedAt };
  });
}
