import { createHash } from 'node:crypto';
import type { KubernetesObject } from '../../kubernetes/objects.js';
import { pluralOf } from '../../kubernetes/resource-path.js';
import type { Contents, CustomResourceUse, Definition, WebhookRule } from './contents.js';
import { imagesIn } from './images.js';
import { canonicalJson } from '../input-hash.js';
import type { ManifestObject } from '../helm/manifest.js';
import type { UnknownValue } from '../values/values-schema.js';

/** Groups that every API server has by itself; all others come with a definition or an aggregated API. */
const ownGroups: ReadonlySet<string> = new Set([
  ...['', 'apps', 'autoscaling', 'batch', 'extensions', 'policy'],
  ...['admissionregistration', 'apiextensions', 'apiregistration', 'authentication', 'authorization', 'certificates']
    .concat(['coordination', 'discovery', 'events', 'flowcontrol.apiserver', 'internal.apiserver', 'networking'])
    .concat(['node', 'rbac.authorization', 'resource', 'scheduling', 'storage', 'storagemigration'])
    .map((group) => `${group}.k8s.io`),
]);

/** What a release puts into a cluster, by its rendered objects and the definitions that come with it. */
export function readContents(
  objects: readonly ManifestObject[],
  definitions: readonly { readonly object: KubernetesObject; readonly by: Definition['by'] }[],
  unknown: readonly UnknownValue[] = [],
): Contents {
  const all = objects.map(({ object }) => object).filter(({ kind }) => kind !== 'CustomResourceDefinition');
  return {
    definitions: definitions.map(({ object, by }) => readDefinition(object as DefinitionObject, by)).sort(byName),
    uses: usesIn(all),
    resources: [...new Set(all.map(resourceOf))].sort(),
    images: imagesIn(all),
    webhooks: all.flatMap(webhookRules),
    apiServices: named(all, 'APIService').filter((name) => !isLocal(name, all)),
    workloads: ['Deployment', 'StatefulSet', 'DaemonSet'].flatMap((kind) =>
      named(all, kind).map((name) => `${kind}/${name}`),
    ),
    loadBalancers: all.filter(isLoadBalancer).map(({ metadata }) => metadata.name),
    unknownValues: unknown,
  };
}

/** The API group of an object: empty for Kubernetes' core. */
export function groupOf({ apiVersion }: Pick<KubernetesObject, 'apiVersion'>): string {
  return apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
}

/** The hash by which a definition in the cluster is known to be the one that is wanted. */
export function definitionDigest(definition: KubernetesObject): string {
  return createHash('sha256').update(canonicalJson(definition)).digest('hex').slice(0, 40);
}

interface DefinitionObject extends KubernetesObject {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string; readonly plural: string };
    readonly scope: 'Namespaced' | 'Cluster';
    readonly versions: readonly { readonly name: string; readonly served: boolean }[];
  };
}

function readDefinition(object: DefinitionObject, by: Definition['by']): Definition {
  const { group, names, scope, versions } = object.spec;
  return {
    name: object.metadata.name,
    ...{ group, scope, by },
    kind: names.kind,
    plural: names.plural,
    versions: versions.filter(({ served }) => served).map(({ name }) => name),
    digest: definitionDigest(object),
  };
}

function usesIn(objects: readonly KubernetesObject[]): CustomResourceUse[] {
  const uses = new Map<string, CustomResourceUse>();
  for (const object of objects) {
    const group = groupOf(object);
    if (ownGroups.has(group)) continue;
    const { apiVersion, kind, metadata } = object;
    const use = { group, version: apiVersion.split('/')[1] ?? '', kind, object: `${kind}/${metadata.name}` };
    if (!uses.has(`${apiVersion}/${kind}`)) uses.set(`${apiVersion}/${kind}`, use);
  }
  return [...uses.values()];
}

function resourceOf(object: KubernetesObject): string {
  return `${groupOf(object)}/${pluralOf(object.kind)}`;
}

interface WebhookConfiguration extends KubernetesObject {
  readonly webhooks?: readonly {
    readonly name: string;
    readonly failurePolicy?: string;
    readonly rules?: readonly {
      readonly apiGroups?: readonly string[];
      readonly resources?: readonly string[];
      readonly operations?: readonly string[];
    }[];
  }[];
}

function webhookRules(object: KubernetesObject): WebhookRule[] {
  if (!/^(Mutating|Validating)WebhookConfiguration$/.test(object.kind)) return [];
  const { metadata, webhooks = [] } = object as WebhookConfiguration;
  return webhooks
    .filter(({ failurePolicy }) => failurePolicy !== 'Ignore')
    .flatMap(({ name, rules = [] }) =>
      rules.map(({ apiGroups = [], resources = [], operations = [] }) => ({
        configuration: metadata.name,
        webhook: name,
        ...{ groups: apiGroups, resources, operations },
      })),
    );
}

// An APIService without a Service is answered by the API server itself.
function isLocal(name: string, objects: readonly KubernetesObject[]): boolean {
  const service = objects.find(({ kind, metadata }) => kind === 'APIService' && metadata.name === name);
  return (service as { spec?: { service?: unknown } } | undefined)?.spec?.service === undefined;
}

function isLoadBalancer(object: KubernetesObject): boolean {
  return object.kind === 'Service' && (object as { spec?: { type?: string } }).spec?.type === 'LoadBalancer';
}

function named(objects: readonly KubernetesObject[], wanted: string): string[] {
  return objects.filter(({ kind }) => kind === wanted).map(({ metadata }) => metadata.name);
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}
