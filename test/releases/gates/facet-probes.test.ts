import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { facetProbes, probeOf } from '../../../src/releases/gates/facet-probes.js';
import { facets, type Facet, type FacetName } from '../../../src/environment/environment.js';
import { cluster, deployment, deploymentPath, type Cluster } from '../cluster.js';
import { catalogueEntry, release } from '../release.js';

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

describe('ready, where custom resources are part of it', () => {
  const kind = { version: 'v1', condition: 'Available' };
  const crds = {
    from: 'folder',
    resources: [
      { ...resource('databases'), kind: 'Database' },
      { ...resource('reports'), kind: 'Report', scope: 'Cluster' },
    ],
  };
  const database = { ...kind, resource: 'databases.example.org', scope: 'Namespaced', ready: true };
  const report = { ...kind, resource: 'reports.example.org', scope: 'Cluster', ready: ['main'] };
  const operator = release('web', { catalogue: catalogueEntry('web', { crds, conditions: { database } }) });
  const reporting = release('web', { catalogue: catalogueEntry('web', { crds, conditions: { report } }) });
  const ready = (of = operator) => facetProbes.ready(world.view, of, 0);

  const install = (labels: object = {}) =>
    put('/api/v1/namespaces/shop/secrets/sh.helm.release.v1.web.v1', {
      metadata: {
        name: 'sh.helm.release.v1.web.v1',
        namespace: 'shop',
        labels: { owner: 'helm', name: 'web', status: 'deployed', version: '1', ...labels },
      },
    });
  const define = (name: string) => put(`${definitions}/${name}`, { metadata: { name } });
  const available = (status: string, more: object = {}) => ({
    status: { conditions: [{ type: 'Available', status, ...more }] },
  });
  const putOwn = (plural: string, name: string, object: object, metadata: object = owned) =>
    put(`/apis/example.org/v1/namespaces/shop/${plural}/${name}`, { metadata: { ...metadata, name }, ...object });

  beforeEach(() => {
    install();
    define('databases.example.org');
    define('reports.example.org');
  });

  it('waits for the condition of each that belongs to the release', async () => {
    putOwn('databases', 'one', available('True'));
    putOwn('databases', 'two', available('False', { reason: 'NotReady', message: '0 of 1 pods' }));
    expect(await ready()).toEqual({ met: false, waitingFor: 'Database/two: NotReady: 0 of 1 pods' });
    putOwn('databases', 'two', available('True'));
    expect(await ready()).toEqual({ met: true, detail: '0 workloads ready, 2 custom resources' });
  });

  it('leaves those of others to others', async () => {
    putOwn('databases', 'theirs', available('False'), {});
    expect(await ready()).toEqual({ met: true, detail: '0 workloads ready' });
  });

  it('looks at them only once the workloads are ready', async () => {
    put(deploymentPath('web'), deployment('web', { ready: 0 }));
    putOwn('databases', 'one', available('False'));
    expect(await ready()).toMatchObject({ waitingFor: 'Deployment/web: 0 of 1 pods ready' });
    expect(world.api.requests.map(({ path }) => path)).not.toContain('/apis/example.org/v1/databases');
  });

  it('waits for what nothing has been said about yet, or only about an older version of it', async () => {
    putOwn('databases', 'one', {});
    expect(await ready()).toEqual({ met: false, waitingFor: 'Database/one: no condition Available yet' });
    const newer = { ...owned, generation: 3 };
    const seen = { met: false, waitingFor: 'Database/one: its controller has not seen it yet' };
    putOwn('databases', 'one', available('True', { observedGeneration: 2 }), newer);
    expect(await ready()).toEqual(seen);
    putOwn('databases', 'one', { status: { ...available('True').status, observedGeneration: 2 } }, newer);
    expect(await ready()).toEqual(seen);
    putOwn('databases', 'one', available('True', { observedGeneration: 3 }), newer);
    expect(await ready()).toMatchObject({ met: true });
    putOwn('databases', 'one', available('True'), newer);
    expect(await ready()).toMatchObject({ met: true });
  });

  it('waits for a definition that is not there', async () => {
    world.api.objects.delete(`${definitions}/databases.example.org`);
    expect(await ready()).toEqual({ met: false, waitingFor: 'definition databases.example.org' });
  });

  it('asks for none of a stand-in, or of what is not installed', async () => {
    putOwn('databases', 'one', available('False'));
    install({ 'platform.dev/stand-in': 'true' });
    expect(await ready()).toEqual({ met: true, detail: '0 workloads ready' });
    world.view.forget();
    world.api.objects.delete('/api/v1/namespaces/shop/secrets/sh.helm.release.v1.web.v1');
    expect(await ready()).toEqual({ met: true, detail: '0 workloads ready' });
    expect(world.api.requests.map(({ path }) => path)).not.toContain('/apis/example.org/v1/databases');
  });

  it('waits for those that an operator makes, the named ones above all', async () => {
    expect(await ready(reporting)).toEqual({ met: false, waitingFor: 'Report/main: not there yet' });
    put('/apis/example.org/v1/reports/other', {
      metadata: { name: 'other' },
      ...available('False', { reason: 'Slow' }),
    });
    put('/apis/example.org/v1/reports/main', { metadata: { name: 'main' }, ...available('True') });
    expect(await ready(reporting)).toEqual({ met: false, waitingFor: 'Report/other: Slow' });
    put('/apis/example.org/v1/reports/other', { metadata: { name: 'other' }, ...available('True') });
    expect(await ready(reporting)).toEqual({ met: true, detail: '0 workloads ready, 2 custom resources' });
  });

  it('costs one request for each kind, however many look', async () => {
    putOwn('databases', 'one', available('True'));
    await Promise.all(Array.from({ length: 5 }, () => facetProbes.ready(world.view, operator)));
    const asked = world.api.requests.map(({ path }) => path).filter((path) => path.startsWith('/apis/example.org'));
    expect(asked).toEqual(['/apis/example.org/v1/databases']);
  });
});

describe('a named condition', () => {
  const conditions = {
    issuer: { resource: 'issuers.example.org', version: 'v1', condition: 'Ready', scope: 'Cluster' },
    thing: { resource: 'things.example.org', version: 'v1', condition: 'Ready', scope: 'Namespaced' },
  };
  const crds = { from: 'folder', resources: [{ ...resource('issuers'), kind: 'Issuer', scope: 'Cluster' }] };
  const issuers = release('issuers', { catalogue: catalogueEntry('issuers', { crds, conditions }) });
  const look = (facet: FacetName) => probeOf(facet)(world.view, issuers, 0);
  const issuer = (status: object) => put('/apis/example.org/v1/issuers/ca', { metadata: { name: 'ca' }, status });

  it('is met when its object has it', async () => {
    expect(await look('issuer/ca')).toEqual({ met: false, waitingFor: 'Issuer/ca: not there yet' });
    issuer({
      conditions: [{ type: 'Ready', status: 'False', reason: 'ErrInitIssuer', message: 'secret "ca" not found' }],
    });
    expect(await look('issuer/ca')).toEqual({
      met: false,
      waitingFor: 'Issuer/ca: ErrInitIssuer: secret "ca" not found',
    });
    issuer({ conditions: [{ type: 'Ready', status: 'Unknown' }] });
    expect(await look('issuer/ca')).toEqual({ met: false, waitingFor: 'Issuer/ca: Ready is Unknown' });
    issuer({ conditions: [{ type: 'Ready', status: 'True' }] });
    expect(await look('issuer/ca')).toEqual({ met: true, detail: 'issuer/ca' });
  });

  it('is looked for in the namespace that the need names', async () => {
    const status = { conditions: [{ type: 'Ready', status: 'True' }] };
    put('/apis/example.org/v1/namespaces/shop/things/one', { metadata: { name: 'one', namespace: 'shop' }, status });
    expect(await look('thing/shop/one')).toMatchObject({ met: true });
    expect(await look('thing/apps/one')).toEqual({ met: false, waitingFor: 'things.example.org/one: not there yet' });
  });

  it('leaves every other facet to its own probe', () => {
    for (const facet of facets) expect(probeOf(facet)).toBe(facetProbes[facet]);
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
    const status = { loadBalancer: { ingress: [{ ip: '203.0.113.7' }] } };
    put(service, { metadata: owned, spec: { type: 'LoadBalancer' }, status });
    expect(await probe('address')).toEqual({ met: true, detail: 'web 203.0.113.7' });
  });

  it.each([
    ['localhost', { met: true, detail: 'web localhost' }],
    ['lb.invalid', { met: false, waitingFor: 'Service/web: lb.invalid does not resolve yet' }],
  ])('by the name %s counts only when that resolves', async (hostname, expected) => {
    const status = { loadBalancer: { ingress: [{ hostname }] } };
    put(service, { metadata: owned, spec: { type: 'LoadBalancer' }, status });
    expect(await probe('address')).toEqual(expected);
  });

  it('is not waited for where a Service wants none, or is not of the release', async () => {
    put(service, { metadata: owned, spec: { type: 'ClusterIP' } });
    put('/api/v1/namespaces/shop/services/other', { metadata: { name: 'other' }, spec: { type: 'LoadBalancer' } });
    expect(await probe('address')).toMatchObject({ met: true });
  });
});
