import type { Clock } from '../clock.js';
import { ApiError } from './api-errors.js';
import type { ClusterClient, ListOptions } from './client.js';
import { discover, type DiscoveredResource } from './discovery.js';
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
  private readonly lists = new Map<string, { readonly at: number; readonly items: Promise<readonly unknown[]> }>();

  /** How often something has changed the cluster since this view of it was opened. */
  changes = 0;

  constructor(
    private readonly client: () => Promise<ClusterClient | undefined>,
    readonly clock: Clock,
  ) {}

  /** The connection; `undefined` while there is no cluster. */
  connection(): Promise<ClusterClient | undefined> {
    return this.client();
  }

  /** Forgets everything: something has changed the cluster. */
  forget(): void {
    this.changes += 1;
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

  /**
   * All objects of a collection path such as `/apis/monitoring.coreos.com/v1/prometheuses`; none while its kind is not
   * served.
   */
  list<T = ConditionedObject>(path: string, maxAgeMs?: number): Promise<readonly T[]> {
    return this.shared(path, maxAgeMs, async (client) => {
      try {
        return await client.list<T>(path);
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return [];
        throw error;
      }
    });
  }

  /** Every resource that the API server serves. */
  discovery(maxAgeMs?: number): Promise<readonly DiscoveredResource[]> {
    return this.shared('discovery', maxAgeMs, (client) => discover(client));
  }

  private read<T>(collection: Collection, maxAgeMs?: number): Promise<readonly T[]> {
    const { path, options } = collections[collection];
    return this.shared(collection, maxAgeMs, (client) => client.list<T>(path, options));
  }

  private shared<T>(
    key: string,
    maxAgeMs = Number.POSITIVE_INFINITY,
    ask: (client: ClusterClient) => Promise<readonly T[]>,
  ): Promise<readonly T[]> {
    const known = this.lists.get(key);
    if (known && this.clock.now() - known.at < maxAgeMs) return known.items as Promise<readonly T[]>;
    const items = this.client().then((client) => (client ? ask(client) : []));
    this.lists.set(key, { at: this.clock.now(), items });
    // A failed read must not be what later readers get.
    items.catch(() => {
      if (this.lists.get(key)?.items === items) this.lists.delete(key);
    });
    return items;
  }
}
