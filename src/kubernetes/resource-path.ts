import type { KubernetesObject } from './objects.js';

/** Kinds whose plural is not formed by the rules of {@link pluralOf}. */
const irregular: Readonly<Record<string, string>> = { Endpoints: 'endpoints' };
const clusterScoped: ReadonlySet<string> = new Set([
  'Namespace',
  'Node',
  'PersistentVolume',
  'StorageClass',
  'IngressClass',
  'CustomResourceDefinition',
  'ClusterRole',
  'ClusterRoleBinding',
  'Stage',
  'ClusterResourceUsage',
]);

/** The REST path of an object that this product itself writes, without asking discovery. */
export function resourcePath({ apiVersion, kind, metadata }: KubernetesObject): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const scope = clusterScoped.has(kind) ? '' : `/namespaces/${metadata.namespace ?? 'default'}`;
  return `${root}${scope}/${pluralOf(kind)}/${metadata.name}`;
}

/** The plural that Kubernetes' own conventions give a kind. */
export function pluralOf(kind: string): string {
  const lower = kind.toLowerCase();
  if (irregular[kind]) return irregular[kind];
  if (/(s|x|ch)$/.test(lower)) return `${lower}es`;
  return /[^aeiou]y$/.test(lower) ? `${lower.slice(0, -1)}ies` : `${lower}s`;
}
