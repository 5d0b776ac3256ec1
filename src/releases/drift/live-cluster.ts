import type { ClusterClient } from '../../kubernetes/client.js';
import type { ClusterView } from '../../kubernetes/cluster-view.js';
import type { DiscoveredResource } from '../../kubernetes/discovery.js';
import type { KubernetesObject } from '../../kubernetes/objects.js';

/** What must be known of a cluster to compare objects with it; the same for all of its releases. */
export interface LiveCluster {
  readonly client: ClusterClient;
  readonly served: readonly DiscoveredResource[];
  /** Whether something in the cluster sets the replicas of an object, so that nobody else's number counts. */
  readonly isScaled: (object: KubernetesObject) => boolean;
}

interface Scaler extends KubernetesObject {
  readonly spec?: {
    readonly scaleTargetRef?: { readonly apiVersion?: string; readonly kind?: string; readonly name?: string };
  };
}

/** Reads it from lists that all who look share; `undefined` while there is no cluster. */
export async function liveCluster(view: ClusterView): Promise<LiveCluster | undefined> {
  const client = await view.connection();
  if (!client) return undefined;
  const served = await view.discovery();
  const keda = served.find(({ group, kind }) => group === 'keda.sh' && kind === 'ScaledObject');
  const scalers = await Promise.all([
    view.list<Scaler>('/apis/autoscaling/v2/horizontalpodautoscalers'),
    ...(keda ? [view.list<Scaler>(`/apis/keda.sh/${keda.version}/scaledobjects`)] : []),
  ]);
  const targets = new Set(scalers.flat().flatMap(targetOf));
  return { client, served, isScaled: (object) => targets.has(keyOf(object)) };
}

// Deployment of apps/v1 is KEDA's default; a HorizontalPodAutoscaler always names both.
function targetOf({ metadata, spec }: Scaler): string[] {
  const { apiVersion = 'apps/v1', kind = 'Deployment', name } = spec?.scaleTargetRef ?? {};
  return name === undefined ? [] : [keyOf({ apiVersion, kind, metadata: { ...metadata, name } })];
}

function keyOf({ apiVersion, kind, metadata }: KubernetesObject): string {
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
  return [group, kind, metadata.namespace, metadata.name].join('/');
}
