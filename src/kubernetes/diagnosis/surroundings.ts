import type { ClusterClient } from '../client.js';
import { listEvents, type ClusterEvent } from '../cluster-events.js';
import type { KubernetesObject } from '../objects.js';
import type { ContainerStatus, PodStatus } from '../pod-status.js';

/** The parts of a pod that tell why it does not start. */
export interface Pod extends KubernetesObject {
  readonly spec?: {
    readonly containers?: readonly ContainerSpec[];
    readonly initContainers?: readonly ContainerSpec[];
    readonly volumes?: readonly {
      readonly name: string;
      readonly persistentVolumeClaim?: { readonly claimName: string };
      readonly ephemeral?: object;
    }[];
  };
  readonly status?: PodStatus;
}

interface ContainerSpec {
  readonly name: string;
  readonly resources?: { readonly limits?: { readonly memory?: string } };
}

/** A container of a pod that is looked at. */
export interface ObservedContainer {
  readonly pod: Pod;
  readonly status: ContainerStatus;
  /** `Pod/web-1 init container migrate`. */
  readonly object: string;
  /** About its pod, oldest first. */
  readonly events: readonly ClusterEvent[];
}

export interface Claim extends KubernetesObject {
  readonly spec?: { readonly storageClassName?: string };
  readonly status?: { readonly phase?: string };
}

export interface NodeTaints extends KubernetesObject {
  readonly spec?: { readonly taints?: readonly { readonly key: string }[] };
}

/** What a diagnosis reads of the cluster: each list once, however many workloads are looked at in one go. */
export interface Surroundings {
  pods(namespace: string): Promise<readonly Pod[]>;
  /** Oldest first. */
  events(namespace: string): Promise<readonly ClusterEvent[]>;
  /** Metadata only. */
  replicaSets(namespace: string): Promise<readonly KubernetesObject[]>;
  claim(namespace: string, name: string): Promise<Claim | undefined>;
  /** Metadata only. */
  storageClasses(): Promise<readonly KubernetesObject[]>;
  nodes(): Promise<readonly NodeTaints[]>;
  /** Metadata of those in all namespaces. */
  deployments(): Promise<readonly KubernetesObject[]>;
}

export function surroundingsOf(client: ClusterClient, signal?: AbortSignal): Surroundings {
  const known = new Map<string, Promise<unknown>>();
  const once = <T>(key: string, read: () => Promise<T>): Promise<T> => {
    const answer = (known.get(key) as Promise<T> | undefined) ?? read();
    known.set(key, answer);
    return answer;
  };
  const list = <T>(path: string, metadataOnly = false) =>
    once(path, () => client.list<T>(path, metadataOnly ? { metadataOnly } : {}, signal));
  return {
    pods: (namespace) => list<Pod>(`/api/v1/namespaces/${namespace}/pods`),
    events: (namespace) => once(`events ${namespace}`, () => listEvents(client, namespace, signal)),
    replicaSets: (namespace) => list(`/apis/apps/v1/namespaces/${namespace}/replicasets`, true),
    claim: (namespace, name) => {
      const path = `/api/v1/namespaces/${namespace}/persistentvolumeclaims/${name}`;
      return once(path, () => client.get<Claim>(path, signal));
    },
    storageClasses: () => list('/apis/storage.k8s.io/v1/storageclasses', true),
    nodes: () => list<NodeTaints>('/api/v1/nodes'),
    deployments: () => list('/apis/apps/v1/deployments', true),
  };
}
