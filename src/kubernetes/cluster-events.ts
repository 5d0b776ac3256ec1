import type { ClusterClient } from './client.js';
import type { KubernetesObject } from './objects.js';
import type { PodState } from './pods.js';
import type { Workload } from './workloads.js';

/** Something that happened in the cluster, as Kubernetes' Event objects tell it. */
export interface ClusterEvent {
  /** ISO 8601, of the last time. */
  readonly at: string;
  /** Normal or Warning. */
  readonly type: string;
  readonly reason: string;
  readonly namespace: string;
  /** `Pod/auth-0`. */
  readonly object: string;
  readonly message: string;
  readonly count: number;
}

interface EventObject extends KubernetesObject {
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly count?: number;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
  readonly series?: { readonly count?: number; readonly lastObservedTime?: string } | null;
  readonly involvedObject: { readonly kind?: string; readonly name?: string };
}

/** The events of a namespace, or of all, oldest first. */
export async function listEvents(
  client: ClusterClient,
  namespace: string | undefined,
  signal?: AbortSignal,
): Promise<ClusterEvent[]> {
  const path = namespace === undefined ? '/api/v1/events' : `/api/v1/namespaces/${namespace}/events`;
  const events = await client.list<EventObject>(path, {}, signal);
  return events.map(readEvent).sort((a, b) => a.at.localeCompare(b.at));
}

/**
 * The events about a release's workloads and about what their controllers made for them, oldest first.
 * @param release `namespace/name`
 */
export async function listReleaseEvents(
  client: ClusterClient,
  release: string,
  { workloads, pods }: { readonly workloads: readonly Workload[]; readonly pods: readonly PodState[] },
  signal?: AbortSignal,
): Promise<ClusterEvent[]> {
  const namespaces = [...new Set([release.split('/')[0], ...workloads.map(({ namespace }) => namespace)])];
  const events = await Promise.all(namespaces.map((namespace) => listEvents(client, namespace, signal)));
  const isOfRelease = (name: string) =>
    pods.some((pod) => pod.name === name) ||
    workloads.some((workload) => name === workload.name || name.startsWith(`${workload.name}-`));
  return events
    .flat()
    .filter(({ object }) => isOfRelease(object.split('/')[1] ?? ''))
    .sort((a, b) => a.at.localeCompare(b.at));
}

function readEvent({
  metadata,
  type,
  reason,
  message,
  count,
  series,
  involvedObject,
  ...times
}: EventObject): ClusterEvent {
  const { kind = '', name = '' } = involvedObject;
  return {
    at: series?.lastObservedTime ?? times.lastTimestamp ?? times.eventTime ?? metadata.creationTimestamp ?? '',
    type: type ?? 'Normal',
    reason: reason ?? '',
    namespace: metadata.namespace ?? 'default',
    object: `${kind}/${name}`,
    message: message ?? '',
    count: series?.count ?? count ?? 1,
  };
}
