import { hasCondition, type Condition, type KubernetesObject } from './objects.js';

export const workloadPaths = {
  Deployment: '/apis/apps/v1/deployments',
  StatefulSet: '/apis/apps/v1/statefulsets',
  DaemonSet: '/apis/apps/v1/daemonsets',
} as const;

export type WorkloadKind = keyof typeof workloadPaths;

/** What one Deployment, StatefulSet or DaemonSet is meant to be and is. */
export interface Workload {
  readonly kind: WorkloadKind;
  readonly namespace: string;
  readonly name: string;
  /** `namespace/name` of the Helm release it belongs to. */
  readonly release: string | undefined;
  readonly wanted: number;
  readonly ready: number;
  /** Why it is not ready yet; `undefined` when it is. */
  readonly waitingFor: string | undefined;
  readonly selector: Readonly<Record<string, string>>;
}

/** The fields of the three kinds that decide on readiness. */
export interface WorkloadObject extends KubernetesObject {
  readonly spec: {
    readonly replicas?: number;
    readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
    readonly updateStrategy?: { readonly type?: string; readonly rollingUpdate?: { readonly partition?: number } };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly readyReplicas?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
    readonly desiredNumberScheduled?: number;
    readonly numberReady?: number;
    readonly updatedNumberScheduled?: number;
    readonly currentRevision?: string;
    readonly updateRevision?: string;
    readonly conditions?: readonly Condition[];
  };
}

/** Reads the readiness of a workload by the rules of its kind; an older generation's status counts for nothing. */
export function readWorkload(kind: WorkloadKind, object: WorkloadObject): Workload {
  const { metadata, spec, status = {} } = object;
  const daemon = kind === 'DaemonSet';
  const wanted = daemon ? (status.desiredNumberScheduled ?? 0) : (spec.replicas ?? 1);
  const ready = (daemon ? status.numberReady : status.readyReplicas) ?? 0;
  const updated = (daemon ? status.updatedNumberScheduled : status.updatedReplicas) ?? 0;
  return {
    kind,
    namespace: metadata.namespace ?? 'default',
    name: metadata.name,
    release: releaseOf(object),
    wanted,
    ready,
    waitingFor: waitingFor(),
    selector: spec.selector?.matchLabels ?? {},
  };

  function waitingFor(): string | undefined {
    if ((status.observedGeneration ?? 0) < (metadata.generation ?? 0)) return 'its controller has not seen it yet';
    const stuck = status.conditions?.find(({ type, status: state }) => type === 'ReplicaFailure' && state === 'True');
    if (stuck) return stuck.message ?? stuck.reason ?? 'replicas cannot be created';
    if (updated < toUpdate() && !settledStatefulSet())
      return `${String(updated)} of ${String(toUpdate())} pods updated`;
    if (ready < wanted) return `${String(ready)} of ${String(wanted)} pods ready`;
    if (kind === 'Deployment' && (status.replicas ?? 0) > updated) return 'old pods are still ending';
    if (kind === 'Deployment' && wanted > 0 && !hasCondition(status.conditions, 'Available'))
      return 'not available yet';
    return undefined;
  }

  // What the update strategy leaves as it is nobody will ever update.
  function toUpdate(): number {
    const { type, rollingUpdate } = spec.updateStrategy ?? {};
    return type === 'OnDelete' ? 0 : Math.max(wanted - (rollingUpdate?.partition ?? 0), 0);
  }

  // A StatefulSet that never rolled reports no updated replicas once its revisions are equal.
  function settledStatefulSet(): boolean {
    return kind === 'StatefulSet' && status.currentRevision === status.updateRevision;
  }
}

/** `namespace/name` of the Helm release an object belongs to, by the annotations Helm itself checks. */
export function releaseOf({ metadata }: KubernetesObject): string | undefined {
  const name = metadata.annotations?.['meta.helm.sh/release-name'];
  const namespace = metadata.annotations?.['meta.helm.sh/release-namespace'];
  return name && namespace ? `${namespace}/${name}` : undefined;
}
