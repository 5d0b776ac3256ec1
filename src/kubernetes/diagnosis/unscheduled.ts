import { claimObstacles } from './claim-obstacles.js';
import type { ClusterEvent } from '../cluster-events.js';
import type { Condition } from '../objects.js';
import { obstacle, type Obstacle } from './obstacle.js';
import type { Pod, Surroundings } from './surroundings.js';

/** An autoscaler looks every ten seconds and says what it decides; one that is not well says nothing. */
const verdictPatienceMs = 180_000;

/** The condition of a pod that no node has taken. */
export function unscheduledOf({ status }: Pod): Condition | undefined {
  return status?.conditions?.find(({ type, status: state }) => type === 'PodScheduled' && state === 'False');
}

/** Why no node takes a pod; `events` are those about the pod, oldest first. */
export async function schedulingObstacles(
  pod: Pod,
  { reason = 'Unschedulable', message = '' }: Condition,
  events: readonly ClusterEvent[],
  surroundings: Surroundings,
): Promise<Obstacle[]> {
  const object = `Pod/${pod.metadata.name}`;
  if (reason === 'SchedulingGated') return [obstacle(object, reason, message)];
  if (/persistentvolumeclaim/i.test(message)) {
    const claims = await claimObstacles(pod, surroundings);
    // The scheduler has not seen yet that they are bound.
    return claims.length > 0 ? claims : [obstacle(object, reason, message)];
  }
  const suggestion = hints.find(({ words }) => words.test(message))?.suggestion ?? moreNodes;
  const verdict = events.findLast(isVerdict);
  if (verdict && isRefusal(verdict)) {
    const words = `${message} No node is added for it: ${verdict.message}`;
    return [obstacle(object, reason, words, { fatal: true, suggestion })];
  }
  if (verdict) return [obstacle(object, reason, `${message} A node is being added: ${verdict.message}`)];
  if (await isComingUp(message, surroundings)) return [obstacle(object, reason, message)];
  const isAutoscaled = await hasAutoscaler(surroundings);
  const patience = isAutoscaled && { patienceMs: verdictPatienceMs };
  return [obstacle(object, reason, message, { fatal: true, suggestion, ...patience })];
}

const verdicts: ReadonlySet<string> = new Set(['TriggeredScaleUp', 'NotTriggerScaleUp', 'Nominated']);
// Karpenter refuses under the scheduler's own reason.
const karpenterRefusal = 'Failed to schedule pod, ';

function isVerdict({ reason, message }: ClusterEvent): boolean {
  return verdicts.has(reason) || (reason === 'FailedScheduling' && message.startsWith(karpenterRefusal));
}

function isRefusal({ reason }: ClusterEvent): boolean {
  return reason === 'NotTriggerScaleUp' || reason === 'FailedScheduling';
}

async function hasAutoscaler(surroundings: Surroundings): Promise<boolean> {
  const deployments = await surroundings.deployments();
  return deployments.some(({ metadata }) => /cluster-autoscaler|^karpenter/.test(metadata.name));
}

/** Taints that go away by themselves once a node, its network or a driver on it is up. */
const passingTaint = /(not-ready|network-unavailable|uninitialized|unregistered|unready)$/;

async function isComingUp(message: string, surroundings: Surroundings): Promise<boolean> {
  if (!/untolerated taint|no nodes available/.test(message)) return false;
  const nodes = await surroundings.nodes();
  return nodes.length === 0 || nodes.some(({ spec }) => spec?.taints?.some(({ key }) => passingTaint.test(key)));
}

const moreNodes = 'lower the requests, or add nodes (`local.workers`)';
// The first that fits: a taint of the control plane is among the words of nearly every refusal.
const hints: readonly { readonly words: RegExp; readonly suggestion: string }[] = [
  { words: /Insufficient |Too many pods/, suggestion: moreNodes },
  {
    words: /free ports/,
    suggestion:
      'another pod has its host port on every node: let an upgrade end the old pod first (strategy Recreate, or maxSurge 0), or take another port',
  },
  { words: /anti-affinity|topology spread/, suggestion: 'add nodes (`local.workers`), or let its pods share one' },
  {
    words: /node affinity|node selector/,
    suggestion: 'correct `nodeSelector` or the affinity: no node has such labels',
  },
  { words: /untolerated taint/, suggestion: 'let the pod tolerate the taint of the nodes, or add nodes without it' },
];
