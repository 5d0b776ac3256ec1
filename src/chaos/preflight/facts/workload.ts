import type { ClusterClient } from '../../../kubernetes/client.js';
import { workloadPaths } from '../../../kubernetes/workloads.js';
import type { WorkloadTarget } from '../../drill.js';
import type { Pod } from '../../workload/pod.js';
import { podsOf } from '../../workload/pods.js';
import { findWorkload, type TargetObject } from '../../workload/workload.js';

export interface WorkloadFacts {
  /** Absent where there is none of this name. */
  readonly object?: TargetObject;
  /** Those at work, the oldest first. */
  readonly pods: readonly Pod[];
  /** `statefulset/postgres in app-services`, of both kinds everywhere; only where the target was not found. */
  readonly others: readonly WorkloadTarget[];
}

const kinds = { deployment: 'Deployment', statefulset: 'StatefulSet' } as const;

export async function readWorkloadFacts(
  client: Pick<ClusterClient, 'get' | 'list'>,
  target: WorkloadTarget,
  signal: AbortSignal,
): Promise<WorkloadFacts> {
  const workload = await findWorkload(target, client, signal);
  if (!workload) return { pods: [], others: await workloads(client, signal) };
  return { object: workload.object, pods: await podsOf(workload, client, signal), others: [] };
}

async function workloads(client: Pick<ClusterClient, 'list'>, signal: AbortSignal): Promise<readonly WorkloadTarget[]> {
  const lists = (['deployment', 'statefulset'] as const).map(async (kind) => {
    const found = await client.list(workloadPaths[kinds[kind]], { metadataOnly: true }, signal);
    return found.map(({ metadata: { name, namespace = 'default' } }) => ({ kind, namespace, name }));
  });
  return (await Promise.all(lists)).flat();
}
