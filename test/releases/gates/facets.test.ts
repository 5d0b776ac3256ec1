import { describe, expect, it } from 'vitest';
import type { FacetName } from '../../../src/environment/environment.js';
import { catalogueEntrySchema } from '../../../src/releases/catalogue.js';
import type { Definition, WebhookRule } from '../../../src/releases/contents/contents.js';
import { emptyContents } from '../release.js';
import { facetsOf, gatedFacets, namedCondition } from '../../../src/releases/gates/facets.js';

const entry = (facts: object) =>
  catalogueEntrySchema.parse({
    apiVersion: 'platform/v1alpha1',
    kind: 'CatalogueEntry',
    chart: { bundled: 'service' },
    namespace: 'apps',
    ...facts,
  });

const kind = (scope: string) => ({ resource: 'things.a.io', version: 'v1', condition: 'Ready', scope });

describe('the facets of a release', () => {
  it('are its workloads and addresses while nothing is known about its chart', () => {
    expect(facetsOf({})).toEqual(['ready', 'address']);
  });

  it('are none for a chart that creates nothing others could see', () => {
    expect(facetsOf({ catalogue: entry({}) })).toEqual([]);
  });

  it.each([
    [
      'crds',
      {
        crds: {
          from: 'folder',
          resources: [{ group: 'a.io', kind: 'B', plural: 'bs', scope: 'Cluster', versions: ['v1'] }],
        },
      },
    ],
    ['api', { objects: { apiServices: ['v1beta1.metrics.k8s.io'] } }],
    ['webhook', { objects: { webhooks: ['cert-manager-webhook'] } }],
    ['ready', { objects: { deployments: { web: { image: 'web' } } } }],
    ['ready', { objects: { statefulSets: { db: { image: 'db' } } } }],
    ['ready', { objects: { daemonSets: { agent: { image: 'agent' } } } }],
    ['ready', { conditions: { main: { ...kind('Cluster'), ready: true } } }],
    ['ready', { conditions: { main: { ...kind('Cluster'), ready: ['main'] } } }],
    ['address', { objects: { services: { web: { type: 'LoadBalancer', ports: { http: 80 } } } } }],
  ])('have %s exactly when the catalogue says so', (facet, facts) => {
    expect(facetsOf({ catalogue: entry(facts) })).toEqual([facet]);
  });

  it.each([
    ['crds', { definitions: [{ name: 'things.a.io' } as Definition] }],
    ['api', { apiServices: ['v1.a.io'] }],
    ['webhook', { webhooks: [{ webhook: 'a.io' } as WebhookRule] }],
    ['ready', { workloads: ['Deployment/web'] }],
    ['address', { loadBalancers: ['web'] }],
  ])('have %s where the rendered chart shows it', (facet, shown) => {
    expect(facetsOf({ contents: { ...emptyContents, ...shown } })).toEqual([facet]);
    expect(facetsOf({ catalogue: entry({}), contents: { ...emptyContents, ...shown } })).toEqual([facet]);
  });

  it('have no address for a service inside the cluster', () => {
    expect(facetsOf({ catalogue: entry({ objects: { services: { web: { ports: { http: 80 } } } } }) })).toEqual([]);
  });
});

describe('the facets that get a gate', () => {
  const issuers = {
    name: 'issuers',
    catalogue: entry({ conditions: { issuer: kind('Cluster') }, objects: { webhooks: ['w'] } }),
  };
  const awaiting = (to: string, facet: FacetName) => ({ from: 'portal', to, facet });

  it('are those that everybody can see, and each named condition that somebody needs, once', () => {
    const edges = [
      awaiting('issuers', 'issuer/a'),
      awaiting('issuers', 'issuer/b'),
      awaiting('issuers', 'issuer/a'),
      awaiting('issuers', 'webhook'),
    ];
    expect(gatedFacets(issuers, edges)).toEqual(['webhook', 'issuer/a', 'issuer/b']);
    expect(gatedFacets(issuers, [])).toEqual(['webhook']);
  });

  it('are none that another release has to give', () => {
    expect(gatedFacets(issuers, [awaiting('other', 'issuer/a')])).toEqual(['webhook']);
  });
});

describe('a named condition', () => {
  it('is read with and without a namespace', () => {
    expect(namedCondition('issuer/platform-ca')).toEqual({
      condition: 'issuer',
      namespace: undefined,
      name: 'platform-ca',
    });
    expect(namedCondition('cluster/app-services/main')).toEqual({
      condition: 'cluster',
      namespace: 'app-services',
      name: 'main',
    });
  });
});
