import type { ClusterClient } from '../../../kubernetes/client.js';
import { hasCondition, type Condition, type KubernetesObject } from '../../../kubernetes/objects.js';
import type { LabelSelector } from '../../../kubernetes/label-selector.js';
import type { WorkloadTarget } from '../../drill.js';
import { isAtWork, isOfNode, type Pod } from '../../workload/pod.js';
import type { WorkloadFacts } from './workload.js';

interface NodeObject extends KubernetesObject {
  readonly spec?: { readonly unschedulable?: boolean };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

export interface DisruptionBudget extends KubernetesObject {
  readonly spec?: { readonly selector?: LabelSelector };
  readonly status?: { readonly disruptionsAllowed?: number };
}

export interface NodeFacts {
  readonly nodes: readonly { readonly name: string; readonly isReady: boolean; readonly isCordoned: boolean }[];
  /** Those that may be drained: the named one, or all that run a pod of the workload. */
  readonly candidates: readonly string[];
  /** Pods on the candidates that would have to go. */
  readonly pods: readonly Pod[];
  readonly budgets: readonly DisruptionBudget[];
}

/** @param workload of the target, where the drill names a workload and not a node */
export async function readNodes(
  client: Pick<ClusterClient, 'list'>,
  node: string | WorkloadTarget,
  workload: WorkloadFacts | undefined,
  signal: AbortSignal,
): Promise<NodeFacts> {
  const [nodes, pods, budgets] = await Promise.all([
    client.list<NodeObject>('/api/v1/nodes', {}, signal),
    client.list<Pod>('/api/v1/pods', {}, signal),
    client.list<DisruptionBudget>('/apis/policy/v1/poddisruptionbudgets', {}, signal),
  ]);
  const running = (workload?.pods ?? []).map(({ spec }) => spec.nodeName).filter((name) => name !== undefined);
  const candidates = typeof node === 'string' ? [node] : [...new Set(running)].sort();
  return {
    nodes: nodes.map(({ metadata, spec, status }) => ({
      name: metadata.name,
      isReady: hasCondition(status?.conditions, 'Ready'),
      isCordoned: spec?.unschedulable ?? false,
    })),
    candidates,
    pods: pods.filter((pod) => candidates.includes(pod.spec.nodeName ?? '') && isAtWork(pod) && !isOfNode(pod)),
    budgets,
  };
}
