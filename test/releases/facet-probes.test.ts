import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { facetProbes } from '../../src/releases/facet-probes.js';
import type { Facet } from '../../src/environment/environment.js';
import { cluster, deployment, deploymentPath, type Cluster } from './cluster.js';
import { catalogueEntry, release } from './release.js';

let world: Cluster;
beforeEach(async () => {
  world = await cluster();
});
afterEach(() => world.api.close());

const resource = (plural: string) => ({
  group: 'example.org',
  kind: plural,
  plural,
  scope: 'Namespaced',
  versions: ['v1'],
});
const web = release('web', {
  catalogue: catalogueEntry('web', {
    crds: { from: 'folder', resources: [resource('things'), resource('routes')] },
    objects: { apiServices: ['v1.example.org'] },
  }),
});

const probe = (facet: Facet) => facetProbes[facet](world.view, web, 0);
const put = (path: string, object: object) => world.api.objects.set(path, { ...object });
const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const apiService = '/apis/apiregistration.k8s.io/v1/apiservices/v1.example.org';
const owned = deployment('web').metadata;

describe('ready', () => {
  it('counts only workloads of the release', async () => {
    put(deploymentPath('web'), deployment('web'));
    put(deploymentPath('api'), deployment('api', { ready: 0 }));
    expect(await probe('ready')).toEqual({ met: true, detail: '1 workloads ready' });
  });

  it('names the first workload that is not, and how many more', async () => {
    put(deploymentPath('web'), deployment('web', { replicas: 3, ready: 1 }));
    put('/apis/apps/v1/namespaces/shop/statefulsets/web', { ...deployment('web', { ready: 0 }) });
    expect(await probe('ready')).toMatchObject({
      met: false,
      waitingFor: 'Deployment/web: 1 of 3 pods ready (and 1 more)',
      workloads: [{ kind: 'Deployment' }, { kind: 'StatefulSet' }],
    });
  });
});

describe('crds', () => {
  it('are there when all of them are', async () => {
    put(`${definitions}/things.example.org`, { metadata: { name: 'things.example.org' } });
    expect(await probe('crds')).toEqual({ met: false, waitingFor: 'definition routes.example.org' });
    put(`${definitions}/routes.example.org`, { metadata: { name: 'routes.example.org' } });
    expect(await probe('crds')).toEqual({ met: true, detail: '2 definitions' });
  });

  it('are not counted while they are being deleted', async () => {
    put(`${definitions}/things.example.org`, { metadata: { name: 'things.example.org' } });
    const deletionTimestamp = '2026-11-20T10:00:00Z';
    put(`${definitions}/routes.example.org`, { metadata: { name: 'routes.example.org', deletionTimestamp } });
    expect(await probe('crds')).toEqual({ met: false, waitingFor: 'definition routes.example.org' });
  });
});

describe('api', () => {
  it('is there when its server says so', async () => {
    expect(await probe('api')).toEqual({ met: false, waitingFor: 'APIService/v1.example.org: not there yet' });
    const condition = { type: 'Available', status: 'False', message: 'no endpoints available' };
    put(apiService, { metadata: { name: 'v1.example.org' }, status: { conditions: [condition] } });
    expect(await probe('api')).toEqual({ met: false, waitingFor: 'APIService/v1.example.org: no endpoints available' });
    put(apiService, {
      metadata: { name: 'v1.example.org' },
      status: { conditions: [{ ...condition, status: 'True' }] },
    });
    expect(await probe('api')).toEqual({ met: true, detail: 'API available' });
  });
});

describe('address', () => {
  const service = '/api/v1/namespaces/shop/services/web';

  it('is there when each load balancer has one', async () => {
    put(service, { metadata: owned, spec: { type: 'LoadBalancer' } });
    expect(await probe('address')).toEqual({
      met: false,
      waitingFor: 'Service/web: its load balancer has no address yet',
    });
    const status = { loadBalancer: { ingress: [{ hostname: 'lb.example' }] } };
    put(service, { metadata: owned, spec: { type: 'LoadBalancer' }, status });
    expect(await probe('address')).toEqual({ met: true, detail: 'web lb.example' });
  });

  it('is not waited for where a Service wants none, or is not of the release', async () => {
    put(service, { metadata: owned, spec: { type: 'ClusterIP' } });
    put('/api/v1/namespaces/shop/services/other', { metadata: { name: 'other' }, spec: { type: 'LoadBalancer' } });
    expect(await probe('address')).toMatchObject({ met: true });
  });
});

describe('webhook', () => {
  it('waits for the pods behind it', async () => {
    put(deploymentPath('web'), deployment('web', { ready: 0 }));
    expect(await probe('webhook')).toMatchObject({ met: false });
  });
});
