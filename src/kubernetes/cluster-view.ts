import type { Clock } from '../clock.js';
import type { ClusterClient, ListOptions } from './client.js';
import type { Condition, KubernetesObject } from './objects.js';
import { readWorkload, workloadPaths, type Workload, type WorkloadKind, type WorkloadObject } from './workloads.js';

export interface NamespaceObject extends KubernetesObject {
  readonly status?: { readonly phase?: string; readonly conditions?: readonly Condition[] };
}

export interface ServiceObject extends KubernetesObject {
  readonly spec: { readonly type?: string };
  readonly status?: {
    readonly loadBalancer?: { readonly ingress?: readonly { readonly ip?: string; readonly hostname?: string }[] };
  };
}

export interface ConditionedObject extends KubernetesObject {
  readonly status?: { readonly conditions?: readonly Condition[] };
}

export interface IngressObject extends KubernetesObject {
  readonly spec: {
    readonly tls?: readonly { readonly hosts?: readonly string[] }[];
    readonly rules?: readonly { readonly host?: string }[];
  };
}

const collections = {
  helmSecrets: { path: '/api/v1/secrets', options: { labelSelector: 'owner=helm', metadataOnly: true } },
  namespaces: { path: '/api/v1/namespaces', options: {} },
  services: { path: '/api/v1/services', options: {} },
  ingresses: { path: '/apis/networking.k8s.io/v1/ingresses', options: {} },
  apiServices: { path: '/apis/apiregistration.k8s.io/v1/apiservices', options: {} },
  customResourceDefinitions: {
    path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
    options: { metadataOnly: true },
  },
  deployments: { path: workloadPaths.Deployment, options: {} },
  statefulSets: { path: workloadPaths.StatefulSet, options: {} },
  daemonSets: { path: workloadPaths.DaemonSet, options: {} },
} as const satisfies Record<string, { path: string; options: ListOptions }>;

type Collection = keyof typeof collections;

/**
 * What is in the cluster: one LIST per collection, shared by all steps that look, however many there are. A list is
 * read again only when somebody says that it may have changed, or asks for a fresher one.
 */
export class ClusterView {
  private readonly lists = new Map<Collection, { readonly at: number; readonly items: Promise<readonly unknown[]> }>();

  constructor(
    private readonly client: () => Promise<ClusterClient | undefined>,
    private readonly clock: Clock,
  ) {}

  /** The connection; `undefined` while there is no cluster. */
  connection(): Promise<ClusterClient | undefined> {
    return this.client();
  }

  /** Forgets everything: something has changed the cluster. */
  forget(): void {
    this.lists.clear();
  }

  /** Metadata of all Helm release Secrets. */
  helmSecrets(maxAgeMs?: number): Promise<readonly KubernetesObject[]> {
    return this.read('helmSecrets', maxAgeMs);
  }

  namespaces(maxAgeMs?: number): Promise<readonly NamespaceObject[]> {
    return this.read('namespaces', maxAgeMs);
  }

  services(maxAgeMs?: number): Promise<readonly ServiceObject[]> {
    return this.read('services', maxAgeMs);
  }

  ingresses(maxAgeMs?: number): Promise<readonly IngressObject[]> {
    return this.read('ingresses', maxAgeMs);
  }

  apiServices(maxAgeMs?: number): Promise<readonly ConditionedObject[]> {
    return this.read('apiServices', maxAgeMs);
  }

  customResourceDefinitions(maxAgeMs?: number): Promise<readonly KubernetesObject[]> {
    return this.read('customResourceDefinitions', maxAgeMs);
  }

  /** Every Deployment, StatefulSet and DaemonSet with its readiness. */
  async workloads(maxAgeMs?: number): Promise<readonly Workload[]> {
    const kinds: readonly [WorkloadKind, Collection][] = [
      ['Deployment', 'deployments'],
      ['StatefulSet', 'statefulSets'],
      ['DaemonSet', 'daemonSets'],
    ];
    const lists = await Promise.all(
      kinds.map(async ([kind, collection]) => {
        const objects = await this.read<WorkloadObject>(collection, maxAgeMs);
        return objects.map((object) => readWorkload(kind, object));
      }),
    );
    return lists.flat();
  }

  private read<T>(collection: Collection, maxAgeMs = Number.POSITIVE_INFINITY): Promise<readonly T[]> {
    const known = this.lists.get(collection);
    if (known && this.clock.now() - known.at < maxAgeMs) return known.items as Promise<readonly T[]>;
    const { path, options } = collections[collection];
    const items = this.client().then((client) => client?.list<T>(path, options) ?? []);
    this.lists.set(collection, { at: this.clock.now(), items });
    // A failed read must not be what later readers get.
    items.catch(() => {
      if (this.lists.get(collection)?.items === items) this.lists.delete(collection);
    });
    return items;
  }
}
