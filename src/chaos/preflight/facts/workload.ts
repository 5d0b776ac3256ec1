import type { ClusterClient } from '../../../kubernetes/client.js';
import { matchesSelector, type LabelSelector } from '../../../kubernetes/label-selector.js';
import type { KubernetesObject, ObjectMeta } from '../../../kubernetes/objects.js';
import { workloadPaths, type WorkloadObject } from '../../../kubernetes/workloads.js';
import type { WorkloadTarget } from '../../drill.js';

interface OwnedMeta extends ObjectMeta {
  readonly ownerReferences?: readonly { readonly kind: string; readonly name: string; readonly controller?: boolean }[];
}

/** Of a container, what loses data, asks for processor time, or says when it is ready. Seconds, as Kubernetes has them. */
export interface Container {
  readonly name: string;
  readonly image?: string;
  readonly resources?: { readonly requests?: Readonly<Record<string, string>> };
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
  readonly startupProbe?: ContainerProbe;
  readonly readinessProbe?: ContainerProbe;
}

export interface ContainerProbe {
  readonly initialDelaySeconds?: number;
  readonly periodSeconds?: number;
  readonly timeoutSeconds?: number;
  readonly failureThreshold?: number;
  readonly successThreshold?: number;
}

export interface PodSpec {
  readonly nodeName?: string;
  readonly containers: readonly Container[];
  readonly volumes?: readonly {
    readonly name: string;
    readonly emptyDir?: { readonly medium?: string } | null;
    readonly persistentVolumeClaim?: { readonly claimName: string };
    readonly ephemeral?: object;
  }[];
  readonly terminationGracePeriodSeconds?: number;
}

export interface PodObject extends KubernetesObject {
  readonly metadata: OwnedMeta;
  readonly spec: PodSpec;
  readonly status?: { readonly phase?: string };
}

/** A Deployment or StatefulSet with what decides on a drill. */
export interface TargetObject extends WorkloadObject {
  readonly metadata: OwnedMeta;
  readonly spec: WorkloadObject['spec'] & {
    readonly selector?: LabelSelector;
    readonly paused?: boolean;
    readonly minReadySeconds?: number;
    readonly podManagementPolicy?: 'OrderedReady' | 'Parallel';
    readonly template: { readonly spec: PodSpec };
    readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name?: string } }[];
    readonly persistentVolumeClaimRetentionPolicy?: { readonly whenScaled?: 'Retain' | 'Delete' };
  };
}

export interface WorkloadFacts {
  /** Absent where there is none of this name. */
  readonly object?: TargetObject;
  readonly pods: readonly PodObject[];
  /** `statefulset/postgres in app-services`, of both kinds everywhere; only where the target was not found. */
  readonly others: readonly WorkloadTarget[];
}

const kinds = { deployment: 'Deployment', statefulset: 'StatefulSet' } as const;

/** `statefulset/postgres in app-services`. */
export function subjectOf({ kind, namespace, name }: WorkloadTarget): string {
  return `${kind}/${name} in ${namespace}`;
}

export async function readTarget(
  client: Pick<ClusterClient, 'get' | 'list'>,
  target: WorkloadTarget,
  signal: AbortSignal,
): Promise<WorkloadFacts> {
  const path = `/apis/apps/v1/namespaces/${target.namespace}/${target.kind}s/${target.name}`;
  const [object, pods] = await Promise.all([
    client.get<TargetObject>(path, signal),
    client.list<PodObject>(`/api/v1/namespaces/${target.namespace}/pods`, {}, signal),
  ]);
  if (!object) return { pods: [], others: await workloads(client, signal) };
  const { selector } = object.spec;
  return { object, pods: pods.filter(({ metadata }) => matchesSelector(selector, metadata.labels)), others: [] };
}

async function workloads(client: Pick<ClusterClient, 'list'>, signal: AbortSignal): Promise<readonly WorkloadTarget[]> {
  const lists = (['deployment', 'statefulset'] as const).map(async (kind) => {
    const found = await client.list(workloadPaths[kinds[kind]], { metadataOnly: true }, signal);
    return found.map(({ metadata: { name, namespace = 'default' } }) => ({ kind, namespace, name }));
  });
  return (await Promise.all(lists)).flat();
}
