import { hasCondition, type Condition, type KubernetesObject, type ObjectMeta } from '../../kubernetes/objects.js';

interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
}

export interface OwnedObject extends KubernetesObject {
  readonly metadata: ObjectMeta & { readonly ownerReferences?: readonly OwnerReference[] };
}

/** Of a container, what loses data, asks for processor time, or says when it is ready. Seconds, as Kubernetes has them. */
export interface Container {
  readonly name: string;
  readonly image?: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
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
  readonly hostNetwork?: boolean;
  readonly containers: readonly Container[];
  readonly volumes?: readonly {
    readonly name: string;
    readonly emptyDir?: { readonly medium?: string } | null;
    readonly persistentVolumeClaim?: { readonly claimName: string } | null;
    readonly ephemeral?: object;
  }[];
  readonly terminationGracePeriodSeconds?: number;
}

/** A pod, as far as drills look at it. */
export interface Pod extends OwnedObject {
  readonly spec: PodSpec;
  readonly status?: {
    readonly phase?: string;
    readonly podIP?: string;
    readonly conditions?: readonly Condition[];
  };
}

/** Who makes a new one in its place. */
export function controllerOf({ metadata }: OwnedObject): OwnerReference | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller);
}

/** Path of the ReplicaSet or StatefulSet that makes a new pod in the place of this one. */
export function controllerPath(pod: Pod): string | undefined {
  const owner = controllerOf(pod);
  if (owner?.apiVersion !== 'apps/v1' || !['ReplicaSet', 'StatefulSet'].includes(owner.kind)) return undefined;
  return `/apis/apps/v1/namespaces/${pod.metadata.namespace ?? 'default'}/${owner.kind.toLowerCase()}s/${owner.name}`;
}

export function podPath({ metadata: { namespace = 'default', name } }: Pod): string {
  return `/api/v1/namespaces/${namespace}/pods/${name}`;
}

export function podSubject({ metadata: { namespace = 'default', name } }: Pod): string {
  return `pod/${name} in ${namespace}`;
}

/** Neither finished nor ending. */
export function isAtWork({ metadata, status }: Pod): boolean {
  return metadata.deletionTimestamp === undefined && !['Succeeded', 'Failed'].includes(status?.phase ?? '');
}

export function isReady({ status }: Pod): boolean {
  return hasCondition(status?.conditions, 'Ready');
}

/** Belongs to its node, and stays when that is drained: of a DaemonSet, or run by the kubelet from a file. */
export function isOfNode(pod: Pod): boolean {
  const isMirror = pod.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined;
  return isMirror || ['DaemonSet', 'Node'].includes(controllerOf(pod)?.kind ?? '');
}
