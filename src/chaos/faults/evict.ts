import type { Clock } from '../../clock.js';
import { ApiError } from '../../kubernetes/api-errors.js';
import type { ClusterClient } from '../../kubernetes/client.js';
import { patiently } from '../../kubernetes/patiently.js';
import type { DrainFault } from '../drill.js';
import { controllerOf, podPath, podSubject, type Pod } from '../workload/pod.js';

/** How long a disruption budget may keep a pod before it stays for good, in milliseconds. */
const patienceMs = 60_000;
const retryMs = 2_000;

export interface Evictions {
  /** When the first one was accepted; absent where none was. */
  readonly firstAt?: number;
  readonly evicted: number;
  /** Why others stayed. */
  readonly left: readonly string[];
}

/** Evicts pods, those of one disruption budget one after the other as it allows. */
export async function evict(
  pods: readonly Pod[],
  { client, clock }: { readonly client: ClusterClient; readonly clock: Clock },
  signal: AbortSignal,
): Promise<Evictions> {
  const until = clock.now() + patienceMs;
  const accepted: number[] = [];
  const left: string[] = [];
  await Promise.all(
    pods.map(async (pod) => {
      const answer = await evictOne(pod, client, { clock, until }, signal);
      if (typeof answer === 'number') accepted.push(answer);
      else left.push(`${podSubject(pod)} stays: ${answer}`);
    }),
  );
  return { ...(accepted.length > 0 && { firstAt: Math.min(...accepted) }), evicted: accepted.length, left };
}

/** When it was accepted, or why it was not. */
async function evictOne(
  pod: Pod,
  client: ClusterClient,
  { clock, until }: { readonly clock: Clock; readonly until: number },
  signal: AbortSignal,
): Promise<number | string> {
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
      return clock.now();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // It is gone, or another pod has its name: it has left the node.
      if ([404, 409].includes(error.status)) return clock.now();
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
