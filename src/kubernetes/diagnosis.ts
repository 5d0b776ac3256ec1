import type { ClusterClient } from './client.js';
import type { ClusterEvent } from './cluster-events.js';
import { containerObstacles } from './diagnosis/container-obstacles.js';
import { creationObstacle } from './diagnosis/creation-obstacles.js';
import type { KubernetesObject } from './objects.js';
import { obstacle, type Obstacle } from './diagnosis/obstacle.js';
import { surroundingsOf, type Pod, type Surroundings } from './diagnosis/surroundings.js';
import { schedulingObstacles, unscheduledOf } from './diagnosis/unscheduled.js';
import type { Workload } from './workloads.js';

/** Something that makes pods: a workload, or a Job. */
export interface PodOwner extends Pick<Workload, 'namespace' | 'name' | 'wanted' | 'selector'> {
  readonly kind: Workload['kind'] | 'Job';
  /** ISO 8601; what was said before of another one of its name is not about it. */
  readonly createdAt?: string | undefined;
}

/** Looks for what stands in the way of a workload: its pods' states and the events about it. */
export function findObstacles(
  client: ClusterClient,
  owner: PodOwner,
  signal?: AbortSignal,
): Promise<readonly Obstacle[]> {
  return obstaclesOf(owner, surroundingsOf(client, signal));
}

/** The same for one of several workloads that are looked at in one go; what is about the newest pods comes first. */
export async function obstaclesOf(owner: PodOwner, surroundings: Surroundings): Promise<readonly Obstacle[]> {
  // An empty selector would take every pod of the namespace.
  if (Object.keys(owner.selector).length === 0) return [];
  const [all, replicaSets, events] = await Promise.all([
    surroundings.pods(owner.namespace),
    owner.kind === 'Deployment' ? surroundings.replicaSets(owner.namespace) : [],
    surroundings.events(owner.namespace),
  ]);
  const template = newestTemplate(owner, replicaSets);
  const pods = all.filter(({ metadata: { labels = {}, deletionTimestamp } }) => {
    const isSelected = Object.entries(owner.selector).every(([key, value]) => labels[key] === value);
    // Pods of what a Deployment was before stay until new ones are ready, and say nothing about those.
    const isCurrent = template === undefined || labels[templateLabel] === template;
    // A Job ends its pods when it has failed, and they are the ones to tell why.
    return isSelected && isCurrent && (owner.kind === 'Job' || deletionTimestamp === undefined);
  });
  const creator = template === undefined ? `${owner.kind}/${owner.name}` : `ReplicaSet/${owner.name}-${template}`;
  pods.sort((a, b) => startOf(b) - startOf(a));
  const found = await Promise.all(pods.map((pod) => podObstacles(pod, events, surroundings)));
  return [...found.flat(), ...uncreated(owner, creator, events, pods)];
}

/** What keeps one pod from being ready; `events` are those of its namespace, oldest first. */
export async function podObstacles(
  pod: Pod,
  events: readonly ClusterEvent[],
  surroundings: Surroundings,
): Promise<readonly Obstacle[]> {
  const object = `Pod/${pod.metadata.name}`;
  const own = events.filter((event) => event.object === object && !isBefore(event, pod.metadata.creationTimestamp));
  const { phase, reason, message } = pod.status ?? {};
  // Evicted, or refused by the node: its controller makes another one.
  if (phase === 'Failed' && reason !== undefined) return [obstacle(object, reason, message)];
  const unscheduled = unscheduledOf(pod);
  if (unscheduled && !hasEnded(pod)) return schedulingObstacles(pod, unscheduled, own, surroundings);
  return containerObstacles(pod, own);
}

const templateLabel = 'pod-template-hash';

/** The hash of the pod template that a Deployment has now; `undefined` before its controller has seen it. */
function newestTemplate({ name }: PodOwner, replicaSets: readonly KubernetesObject[]): string | undefined {
  const revisionOf = ({ metadata }: KubernetesObject) =>
    Number(metadata.annotations?.['deployment.kubernetes.io/revision'] ?? 0);
  const [newest] = replicaSets
    .filter(({ metadata }) => metadata.name === `${name}-${metadata.labels?.[templateLabel] ?? ''}`)
    .sort((a, b) => revisionOf(b) - revisionOf(a));
  return newest?.metadata.labels?.[templateLabel];
}

// Pods that could not even be created: only events tell why.
function uncreated(
  owner: PodOwner,
  creator: string,
  events: readonly ClusterEvent[],
  pods: readonly Pod[],
): Obstacle[] {
  if (pods.filter((pod) => !hasEnded(pod)).length >= owner.wanted) return [];
  const newest = events.findLast(({ object, reason }) => reason === 'FailedCreate' && object === creator);
  if (!newest || isBefore(newest, owner.createdAt)) return [];
  // A pod that was created since shows that the reason is gone.
  return pods.some(({ metadata }) => isBefore(newest, metadata.creationTimestamp)) ? [] : [creationObstacle(newest)];
}

function startOf({ metadata }: Pod): number {
  return Date.parse(metadata.creationTimestamp ?? '') || 0;
}

function hasEnded({ status }: Pod): boolean {
  return status?.phase === 'Failed' || status?.phase === 'Succeeded';
}

// Pods of a StatefulSet come again under the same name, and events outlive them.
function isBefore({ at }: ClusterEvent, time = ''): boolean {
  return Date.parse(at) < Date.parse(time);
}
