import type { Clock } from '../../clock.js';
import { PlatformError } from '../../errors.js';
import type { ClusterClient } from '../../kubernetes/client.js';
import type { Fault } from '../drill.js';
import { podPath, podSubject, type Pod } from '../workload/pod.js';
import { podsOf } from '../workload/pods.js';
import { readTarget } from '../workload/workload.js';
import { changedSince, compareAndSet, type WriteOptions } from './compare-and-set.js';
import { podChange } from './pod-change.js';
import type { FaultOptions, PlannedFault } from './planned-fault.js';

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
    async inject(injecting, onDone) {
      for (const pod of victims) {
        await kill(pod, client, { clock, signal: injecting });
        onDone?.(clock.now());
      }
      return { detail: `deleted ${victims.map(podSubject).join(', ')}` };
    },
  };
}

/** Deletes a pod that is still the one that was looked at. */
export async function kill(pod: Pod, client: ClusterClient, options: WriteOptions): Promise<void> {
  const { uid = '' } = pod.metadata;
  const { signal } = options;
  // Where another pod has its name by the time of the deletion, the next look tells.
  await compareAndSet(podSubject(pod), options, async (mayBeDone) => {
    const found = await client.get<Pod>(podPath(pod), signal);
    if (found?.metadata.uid === uid) await client.delete(podPath(pod), signal, { uid });
    else if (!mayBeDone) throw changedSince(podSubject(pod), 'it is gone');
  });
}
