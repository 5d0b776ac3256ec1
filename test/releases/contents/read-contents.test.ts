import { describe, expect, it } from 'vitest';
import { parseManifest } from '../../../src/releases/helm/manifest.js';
import { definitionDigest, readContents } from '../../../src/releases/contents/read-contents.js';

const contentsOf = (...documents: object[]) =>
  readContents(parseManifest(documents.map((document) => `---\n${JSON.stringify(document)}\n`).join('')), []);
const named = (apiVersion: string, kind: string, more: object = {}) => ({
  apiVersion,
  kind,
  metadata: { name: 'x' },
  ...more,
});

const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'things.example.org' },
  spec: {
    group: 'example.org',
    names: { kind: 'Thing', plural: 'things' },
    scope: 'Cluster',
    versions: [
      { name: 'v1', served: true },
      { name: 'v1alpha1', served: false },
    ],
  },
};

describe('what a release puts into a cluster', () => {
  it('tells the definitions with the versions that are served', () => {
    const { definitions } = readContents([], [{ object: definition, by: 'platform' }]);
    expect(definitions).toEqual([
      {
        name: 'things.example.org',
        group: 'example.org',
        kind: 'Thing',
        plural: 'things',
        scope: 'Cluster',
        versions: ['v1'],
        by: 'platform',
        digest: definitionDigest(definition),
      },
    ]);
  });

  it('tells kinds of foreign groups, each with one object', () => {
    const { uses } = contentsOf(
      named('monitoring.coreos.com/v1', 'ServiceMonitor'),
      named('monitoring.coreos.com/v1', 'ServiceMonitor'),
      named('gateway.networking.k8s.io/v1', 'Gateway'),
    );
    expect(uses).toEqual([
      { group: 'monitoring.coreos.com', version: 'v1', kind: 'ServiceMonitor', object: 'ServiceMonitor/x' },
      { group: 'gateway.networking.k8s.io', version: 'v1', kind: 'Gateway', object: 'Gateway/x' },
    ]);
  });

  it.each([
    'v1',
    'apps/v1',
    'networking.k8s.io/v1',
    'rbac.authorization.k8s.io/v1',
    'admissionregistration.k8s.io/v1beta1',
  ])('takes %s for what every cluster serves', (apiVersion) => {
    expect(contentsOf(named(apiVersion, 'Thing')).uses).toEqual([]);
  });

  it('tells webhooks that refuse when they do not answer, which is what they do by default', () => {
    const rules = [{ apiGroups: ['apps'], resources: ['deployments'], operations: ['CREATE'] }];
    const { webhooks } = contentsOf(
      named('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', {
        webhooks: [
          { name: 'a.example.org', rules },
          { name: 'b.example.org', rules, failurePolicy: 'Ignore' },
          { name: 'c.example.org', rules, failurePolicy: 'Fail' },
        ],
      }),
    );
    expect(webhooks.map(({ webhook }) => webhook)).toEqual(['a.example.org', 'c.example.org']);
    expect(webhooks[0]).toMatchObject({ configuration: 'x', groups: ['apps'], resources: ['deployments'] });
  });

  it('tells aggregated APIs, but not those that the API server answers itself', () => {
    expect(contentsOf(named('apiregistration.k8s.io/v1', 'APIService', { spec: { service: {} } })).apiServices).toEqual(
      ['x'],
    );
    expect(contentsOf(named('apiregistration.k8s.io/v1', 'APIService', { spec: {} })).apiServices).toEqual([]);
  });

  it('tells workloads, load balancers and the resources of all objects', () => {
    const contents = contentsOf(
      named('apps/v1', 'StatefulSet'),
      named('v1', 'Service', { spec: { type: 'LoadBalancer' } }),
      named('networking.k8s.io/v1', 'NetworkPolicy'),
    );
    expect(contents).toMatchObject({
      workloads: ['StatefulSet/x'],
      loadBalancers: ['x'],
      resources: ['/services', 'apps/statefulsets', 'networking.k8s.io/networkpolicies'],
    });
  });
});
