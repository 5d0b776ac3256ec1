import type { NamespaceSettings, Quantities } from '../environment/environment.js';
import { labels, type KubernetesObject } from '../kubernetes/objects.js';
import { resourcePath } from '../kubernetes/resource-path.js';

/** Kinds of the objects that a namespace is bounded by: what it may use, and whom it may talk to. */
export const boundKinds = ['LimitRange', 'NetworkPolicy', 'ResourceQuota'] as const;
export type BoundKind = (typeof boundKinds)[number];

export interface Bound extends KubernetesObject {
  readonly kind: BoundKind;
  readonly spec: Readonly<Record<string, unknown>>;
}

const places = {
  LimitRange: { name: 'platform', apiVersion: 'v1', collection: '/api/v1/limitranges' },
  NetworkPolicy: {
    name: 'deny-all',
    apiVersion: 'networking.k8s.io/v1',
    collection: '/apis/networking.k8s.io/v1/networkpolicies',
  },
  ResourceQuota: { name: 'platform', apiVersion: 'v1', collection: '/api/v1/resourcequotas' },
} as const;

/** The name of the object of a kind, the same in every namespace. */
export function boundName(kind: BoundKind): string {
  return places[kind].name;
}

/** Path of the object of a kind in a namespace. */
export function boundPath(kind: BoundKind, namespace: string): string {
  const { name, apiVersion } = places[kind];
  return resourcePath({ apiVersion, kind, metadata: { name, namespace } });
}

/** Path of a list of them, and of nothing else, over all namespaces. */
export function boundList(kind: BoundKind): string {
  const { collection, name } = places[kind];
  return `${collection}?fieldSelector=${encodeURIComponent(`metadata.name=${name}`)}`;
}

/** Kinds as the annotation of a namespace lists them; what it does not know is passed over. */
export function kindsIn(annotation: string | undefined): BoundKind[] {
  const listed = annotation?.split(',') ?? [];
  return boundKinds.filter((kind) => listed.includes(kind));
}

/** The objects that a namespace is to be bounded by; none without settings. */
export function boundsOf(namespace: string, environment: string, settings: NamespaceSettings | undefined): Bound[] {
  if (!settings) return [];
  const { isolated, quota, defaults } = settings;
  const specs: Partial<Record<BoundKind, Bound['spec']>> = {
    ...(!isEmpty(defaults.requests, defaults.limits) && { LimitRange: { limits: [ofContainers(defaults)] } }),
    ...(isolated && { NetworkPolicy: denyAll }),
    ...(!isEmpty(quota) && { ResourceQuota: { hard: quota } }),
  };
  return boundKinds.flatMap((kind) => {
    const spec = specs[kind];
    const { name, apiVersion } = places[kind];
    const metadata = { name, namespace, labels: { [labels.environment]: environment, [labels.section]: 'namespaces' } };
    return spec ? [{ apiVersion, kind, metadata, spec }] : [];
  });
}

// The empty lists are ours, too: a rule that somebody adds is taken back.
const denyAll = { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [], egress: [] };

// Where only a limit is given, the API server makes it the request as well; written out, both look the same.
function ofContainers({ requests, limits }: NamespaceSettings['defaults']): object {
  return {
    type: 'Container',
    defaultRequest: { ...limits, ...requests },
    ...(!isEmpty(limits) && { default: limits }),
  };
}

function isEmpty(...all: readonly Quantities[]): boolean {
  return all.every((quantities) => Object.keys(quantities).length === 0);
}
