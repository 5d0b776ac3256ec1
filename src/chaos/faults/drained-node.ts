import { PlatformError } from '../../errors.js';
import type { ClusterClient } from '../../kubernetes/client.js';
import { hasCondition, type Condition, type KubernetesObject } from '../../kubernetes/objects.js';
import type { DrainFault, WorkloadTarget } from '../drill.js';
import { isOfNode, podSubject, type Pod } from '../workload/pod.js';
import { podsOf, podsOn } from '../workload/pods.js';
import { readTarget } from '../workload/workload.js';
import { evictionProblem } from './evict.js';

/** A node, as far as draining looks at it. */
export interface Node extends KubernetesObject {
  readonly spec: {
    readonly unschedulable?: boolean;
    readonly taints?: readonly { readonly key: string; readonly effect: string }[];
  };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

export interface ChosenNode {
  readonly node: Node;
  /** Those that are to go. */
  readonly pods: readonly Pod[];
}

/** What an author of a drill can do about data in an emptyDir. */
export const orLose = 'or let the drill lose it: `deleteEmptyDirData: true` in its fault';

export function nodePath(name: string): string {
  return `/api/v1/nodes/${name}`;
}

/**
 * The node to drain: the one named, or the first that runs a pod of a workload and that can be drained.
 * @throws PlatformError `conflict` with the reason why it cannot be
 */
export async function chooseNode(fault: DrainFault, client: ClusterClient, signal: AbortSignal): Promise<ChosenNode> {
  const { node: wanted } = fault;
  const nodes = await client.list<Node>('/api/v1/nodes', {}, signal);
  const names = typeof wanted === 'string' ? [wanted] : await nodesOf(wanted, client, signal);
  const refusals: PlatformError[] = [];
  for (const name of names) {
    const node = nodes.find(({ metadata }) => metadata.name === name);
    const chosen = node ? await drainable(node, { nodes, fault }, client, signal) : noSuchNode(name, nodes);
    if (!(chosen instanceof PlatformError)) return chosen;
    refusals.push(chosen);
  }
  throw refusals[0] ?? new PlatformError('conflict', 'there is no node to drain');
}

async function nodesOf(target: WorkloadTarget, client: ClusterClient, signal: AbortSignal): Promise<string[]> {
  const workload = await readTarget(target, client, signal);
  const pods = await podsOf(workload, client, signal);
  const names = new Set(pods.flatMap(({ spec }) => spec.nodeName ?? []));
  if (names.size > 0) return [...names];
  throw new PlatformError('conflict', `${workload.subject} has no pod on any node`, {
    suggestions: ['see with `platform status` what it waits for'],
  });
}

async function drainable(
  node: Node,
  { nodes, fault }: { readonly nodes: readonly Node[]; readonly fault: DrainFault },
  client: ClusterClient,
  signal: AbortSignal,
): Promise<ChosenNode | PlatformError> {
  const { name } = node.metadata;
  if (!nodes.some((other) => other.metadata.name !== name && takesPods(other))) {
    return new PlatformError(
      'conflict',
      `node/${name} is the only one that takes pods: what it runs could go nowhere`,
      {
        suggestions: ['give the environment another worker (`local: { workers: 2 }`)'],
      },
    );
  }
  const pods = (await podsOn(name, client, signal)).filter((pod) => !isOfNode(pod));
  for (const pod of pods) {
    const problem = evictionProblem(pod, fault);
    if (problem === undefined) continue;
    return new PlatformError('conflict', `node/${name} is not drained: ${podSubject(pod)} ${problem}`, {
      suggestions: ['drain another node, or move this pod away first', ...(fault.deleteEmptyDirData ? [] : [orLose])],
    });
  }
  return { node, pods };
}

function takesPods({ spec, status }: Node): boolean {
  const isTainted = spec.taints?.some(({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute');
  return spec.unschedulable !== true && isTainted !== true && hasCondition(status?.conditions, 'Ready');
}

function noSuchNode(name: string, nodes: readonly Node[]): PlatformError {
  return new PlatformError('conflict', `there is no node ${name}`, {
    suggestions: [`the nodes are ${nodes.map(({ metadata }) => metadata.name).join(', ')}`],
  });
}
