import type { CatalogueEntry } from '../../catalogue.js';

type CustomResource = NonNullable<CatalogueEntry['crds']>['resources'][number];

/** A CRD that takes any content; `status` is a subresource, as controllers and simulations of them expect. */
export function customResourceDefinition(resource: CustomResource, labels: Readonly<Record<string, string>>) {
  const { group, kind, plural, scope, versions } = resource;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${plural}.${group}`,
      labels,
      ...(isProtected(group) && {
        annotations: { 'api-approved.kubernetes.io': 'unapproved, a stand-in for the real definition' },
      }),
    },
    spec: {
      group,
      scope,
      names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase() },
      versions: versions.map((version, index) => ({
        name: version,
        served: true,
        storage: index === 0,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        subresources: { status: {} },
      })),
    },
  };
}

/** The API server wants a word on the approval of definitions in Kubernetes' own groups. */
function isProtected(group: string): boolean {
  return /(^|\.)(k8s|kubernetes)\.io$/.test(group);
}
