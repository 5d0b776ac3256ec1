import type { Clock } from '../../clock.js';
import { ApiError } from '../../kubernetes/api-errors.js';
import type { ClusterClient } from '../../kubernetes/client.js';
import { patiently } from '../../kubernetes/patiently.js';
import type { DrainFault } from '../drill.js';
import type { OnDone } from './planned-fault.js';
import { controllerOf, podPath, podSubject, type Pod } from '../workload/pod.js';

/** How long a disruption budget may keep a pod before it stays for good, in milliseconds. */
const patienceMs = 60_000;
const retryMs = 2_000;

export interface Evictions {
  readonly evicted: number;
  /** Why others stayed. */
  readonly left: readonly string[];
}

interface EvictOptions {
  readonly client: ClusterClient;
  readonly clock: Clock;
  readonly onDone: OnDone | undefined;
}

/**
 * Evicts pods, those of one disruption budget one after the other as it allows. Where one fails none is evicted any more
 * by the time this rejects.
 */
export async function evict(
  pods: readonly Pod[],
  { client, clock, onDone }: EvictOptions,
  signal: AbortSignal,
): Promise<Evictions> {
  const until = clock.now() + patienceMs;
  const failing = new AbortController();
  const either = AbortSignal.any([signal, failing.signal]);
  const failures: unknown[] = [];
  let evicted = 0;
  const left: string[] = [];
  await Promise.all(
    pods.map(async (pod) => {
      try {
        const problem = await evictOne(pod, client, { clock, until }, either);
        if (problem !== undefined) left.push(`${podSubject(pod)} stays: ${problem}`);
        else {
          evicted += 1;
          onDone?.(clock.now());
        }
      } catch (error) {
        failures.push(error);
        failing.abort();
      }
    }),
  );
  if (failures.length > 0) throw failures[0];
  return { evicted, left };
}

/** Why it was not accepted. */
async function evictOne(
  pod: Pod,
  client: ClusterClient,
  { clock, until }: { readonly clock: Clock; readonly until: number },
  signal: AbortSignal,
): Promise<string | undefined> {
  const { name, namespace, uid } = pod.metadata;
  const eviction = {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name, namespace },
    deleteOptions: { preconditions: { uid } },
  };
  const patience = { clock, signal, withinMs: patienceMs };
  for (;;) {
    try {
      await patiently(() => client.create(`${podPath(pod)}/eviction`, eviction, signal), patience);
      return undefined;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // It is gone, or another pod has its name: it has left the node.
      if ([404, 409].includes(error.status)) return undefined;
      if (error.status !== 429) throw error;
      if (clock.now() >= until) return error.message;
      await clock.sleep(retryMs, signal);
    }
  }
}

/**
 * Why a pod must not be evicted: nobody would make a new one, or it would lose its data. What a pod of a Deployment or a
 * Job has in an emptyDir is scratch; a pod with an identity that has an emptyDir and no claim keeps its data there.
 */
export function evictionProblem(
  pod: Pod,
  { deleteEmptyDirData = false }: Pick<DrainFault, 'deleteEmptyDirData'>,
): string | undefined {
  const controller = controllerOf(pod);
  if (!controller) return 'has no controller that would make a new one';
  if (deleteEmptyDirData || ['ReplicaSet', 'Job'].includes(controller.kind)) return undefined;
  const { volumes = [] } = pod.spec;
  if (volumes.some(({ persistentVolumeClaim }) => persistentVolumeClaim)) return undefined;
  const scratch = volumes.find(({ emptyDir }) => emptyDir && emptyDir.medium !== 'Memory');
  return scratch && `keeps its data in the emptyDir ${scratch.name}, which would be lost`;
}
