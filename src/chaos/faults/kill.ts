import type { Clock } from '../../clock.js';
import { PlatformError } from '../../errors.js';
import { ApiError } from '../../kubernetes/api-errors.js';
import type { ClusterClient } from '../../kubernetes/client.js';
import type { Fault } from '../drill.js';
import { changedSince } from './compare-and-set.js';
import { podChange } from './pod-change.js';
import type { FaultOptions, PlannedFault } from './planned-fault.js';
import { podPath, podsOf, podSubject, type Pod } from './pods.js';
import { readTarget } from './workload.js';

/** Deletes pods of a workload, the oldest first; they get the time to end that they ask for. */
export async function planKill(
  { target, count }: Extract<Fault, { type: 'kill' }>,
  { signal }: FaultOptions,
  { client, clock }: { readonly client: ClusterClient; readonly clock: Clock },
): Promise<PlannedFault> {
  const workload = await readTarget(target, client, signal);
  const pods = await podsOf(workload, client, signal);
  const wanted = count === 'all' ? Math.max(pods.length, 1) : count;
  if (pods.length < wanted) {
    throw new PlatformError(
      'conflict',
      `${workload.subject} has ${String(pods.length)} pods at work, and ${String(wanted)} were to be killed`,
      { suggestions: ['see with `platform status` what it waits for, or kill fewer'] },
    );
  }
  const victims = pods.slice(0, wanted);
  return {
    changes: victims.map(podChange),
    // Their owner makes new ones: nobody has to take anything back.
    grants: [],
    async inject(injecting) {
      for (const pod of victims) await kill(pod, client, injecting);
      return { at: clock.now(), detail: `deleted ${victims.map(podSubject).join(', ')}` };
    },
  };
}

async function kill(pod: Pod, client: ClusterClient, signal: AbortSignal): Promise<void> {
  const { uid = '' } = pod.metadata;
  const found = await client.get<Pod>(podPath(pod), signal);
  if (found?.metadata.uid !== uid) throw changedSince(podSubject(pod), 'it is gone');
  try {
    await client.delete(podPath(pod), signal, { uid });
  } catch (error) {
    if (error instanceof ApiError && error.status === 409) throw changedSince(podSubject(pod), 'it is gone');
    throw error;
  }
}
