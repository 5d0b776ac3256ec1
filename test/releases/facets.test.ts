import { describe, expect, it } from 'vitest';
import { catalogueEntrySchema } from '../../src/releases/catalogue.js';
import { facetsOf } from '../../src/releases/facets.js';

const entry = (facts: object) =>
  catalogueEntrySchema.parse({
    apiVersion: 'platform/v1alpha1',
    kind: 'CatalogueEntry',
    chart: { bundled: 'service' },
    namespace: 'apps',
    ...facts,
  });

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
    ['address', { objects: { services: { web: { type: 'LoadBalancer', ports: { http: 80 } } } } }],
  ])('have %s exactly when the catalogue says so', (facet, facts) => {
    expect(facetsOf({ catalogue: entry(facts) })).toEqual([facet]);
  });

  it('have no address for a service inside the cluster', () => {
    expect(facetsOf({ catalogue: entry({ objects: { services: { web: { ports: { http: 80 } } } } }) })).toEqual([]);
  });
});
