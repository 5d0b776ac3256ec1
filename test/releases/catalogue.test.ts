import { beforeEach, describe, expect, it } from 'vitest';
import { valueFileLayers } from '../../src/environment/value-files.js';
import { asset } from '../../src/paths.js';
import {
  type CatalogueEntry,
  catalogueEntrySchema,
  catalogueNames,
  readCatalogueEntry,
} from '../../src/releases/catalogue.js';
import { facetsOf } from '../../src/releases/gates/facets.js';
import { mergeValues } from '../../src/releases/values/values.js';
import { rendered, skipWithoutHelm } from '../charts/helm.js';
import { expectRendered } from './expect-rendered.js';

const names = await catalogueNames();
const entries = new Map<string, CatalogueEntry>();
for (const name of names) {
  const entry = await readCatalogueEntry(name);
  if (entry) entries.set(name, entry);
}

describe('the catalogue', () => {
  it('has an entry in each of its folders, all of them valid', () => {
    expect([...entries.keys()].sort()).toEqual([
      'alloy',
      'api',
      'argocd',
      'auth',
      'aws-ebs-csi-driver',
      'aws-load-balancer-controller',
      'calico',
      'cert-manager',
      'cluster-autoscaler',
      'cnpg',
      'elastic-operator',
      'external-dns',
      'external-secrets',
      'images',
      'inbox',
      'jenkins',
      'keycloak',
      'kube-prometheus-stack',
      'kubeshark',
      'loki',
      'memcached',
      'metrics-server',
      'mysql',
      'n8n',
      'observability',
      'onlineboutique',
      'otel-collector',
      'postgres',
      'postgres-exporter',
      'prometheus-operator-crds',
      'reaper',
      'redis',
      'tempo',
      'traefik',
      'valkey',
      'velero',
      'webportal',
    ]);
    expect(names).toHaveLength(entries.size);
  });

  it('needs only facets that an entry provides', () => {
    for (const [name, { needs }] of entries) {
      for (const need of needs) {
        const [release = '', facet = ''] = need.split(':');
        expect(facetsOf({ catalogue: entries.get(release) }), `${name} needs ${need}`).toContain(facet);
        expect(entries.has(release), `${name} needs ${need}`).toBe(true);
      }
    }
  });

  it('gives one namespace one level of Pod Security', () => {
    const levels = new Map<string, Set<string>>();
    for (const { namespace, podSecurity } of entries.values()) {
      levels.set(namespace, (levels.get(namespace) ?? new Set()).add(podSecurity.level));
    }
    expect([...levels].filter(([, found]) => found.size > 1)).toEqual([]);
  });

  it('refuses a key it does not know', () => {
    const entry = {
      apiVersion: 'platform/v1alpha1',
      kind: 'CatalogueEntry',
      chart: { bundled: 'service' },
      namespace: 'a',
    };
    expect(catalogueEntrySchema.safeParse(entry).success).toBe(true);
    expect(catalogueEntrySchema.safeParse({ ...entry, need: ['postgres:ready'] }).success).toBe(false);
  });
});

describe.each(
  [...entries].flatMap(([name, entry]) => ('bundled' in entry.chart ? [{ name, entry, ...entry.chart }] : [])),
)('our own entry $name', ({ name, entry, bundled }) => {
  beforeEach(skipWithoutHelm);

  const objectsOf = async () => {
    const layers = await valueFileLayers(entry.files, asset('helm-values', name), (path, { message }) => {
      throw new Error(`${path}: ${message}`);
    });
    return rendered(name, asset('assets', 'charts', bundled), {
      namespace: entry.namespace,
      values: mergeValues(layers),
      args: ['--values', asset('helm-values', name, 'values.yaml')],
    });
  };

  it('lists what the chart makes of its values', async () => {
    const objects = await objectsOf();
    expectRendered(entry, objects);
    const count = (...kinds: string[]) => objects.filter(({ kind }) => kinds.includes(kind)).length;
    expect(count('Deployment', 'StatefulSet')).toBe(
      Object.keys({ ...entry.objects.deployments, ...entry.objects.statefulSets }).length,
    );
    expect(count('Service')).toBe(Object.keys(entry.objects.services).length);
  });

  it('needs the CRDs of what it creates and the releases behind its Ingress', async () => {
    const objects = await objectsOf();
    const has = (kind: string) => objects.some((object) => object.kind === kind);
    expect(entry.needs.includes('kube-prometheus-stack:crds')).toBe(has('ServiceMonitor') || has('PrometheusRule'));
    expect(entry.needs.includes('traefik:ready')).toBe(has('Ingress'));
    expect(entry.needs.includes('cert-manager:webhook')).toBe(has('Ingress'));
  });
});
