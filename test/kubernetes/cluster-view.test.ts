import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../src/clock.js';
import { ClusterView } from '../../src/kubernetes/cluster-view.js';
import { apiServer, send, type ApiServer } from './api-server.js';

let now = 0;
const clock: Clock = { now: () => now, sleep: () => Promise.resolve() };
let api: ApiServer;
let view: ClusterView;

beforeEach(async () => {
  now = 1_000;
  api = await apiServer();
  view = new ClusterView(() => Promise.resolve(api.client), clock);
  addNamespace('shop');
});
afterEach(() => api.close());

function addNamespace(name: string): void {
  api.objects.set(`/api/v1/namespaces/${name}`, { metadata: { name } });
}

async function namespaces(maxAgeMs?: number): Promise<string[]> {
  return (await view.namespaces(maxAgeMs)).map(({ metadata }) => metadata.name);
}

const asked = () => api.requests.map(({ path }) => path);

describe('looking at the cluster', () => {
  it('reads a collection once for all who look, also at the same time', async () => {
    await Promise.all(Array.from({ length: 20 }, () => view.namespaces()));
    await view.namespaces();
    expect(asked()).toEqual(['/api/v1/namespaces']);
  });

  it('reads it again when something has changed', async () => {
    expect(await namespaces()).toEqual(['shop']);
    addNamespace('monitoring');
    expect(await namespaces()).toEqual(['shop']);
    view.forget();
    expect(await namespaces()).toEqual(['shop', 'monitoring']);
  });

  it('reads it again for somebody who wants it fresher', async () => {
    await namespaces();
    addNamespace('monitoring');
    now += 249;
    expect(await namespaces(250)).toEqual(['shop']);
    now += 1;
    expect(await namespaces(250)).toEqual(['shop', 'monitoring']);
    expect(asked()).toHaveLength(2);
  });

  it('always reads for somebody who wants it as it is now', async () => {
    await namespaces(0);
    await namespaces(0);
    expect(asked()).toHaveLength(2);
  });

  it('reads any other collection by its path, once for all', async () => {
    const path = '/apis/example.org/v1/things';
    api.objects.set('/apis/example.org/v1/namespaces/shop/things/one', { metadata: { name: 'one' } });
    const [things] = await Promise.all([view.list(path), view.list(path)]);
    expect(things.map(({ metadata }) => metadata.name)).toEqual(['one']);
    expect(asked()).toEqual([path]);
  });

  it('finds nothing of a kind that is not served, and looks again when asked to', async () => {
    api.answer = (response) => send(response, 404, { message: 'the server could not find the requested resource' });
    expect(await view.list('/apis/example.org/v1/things')).toEqual([]);
    api.answer = () => false;
    api.objects.set('/apis/example.org/v1/things/one', { metadata: { name: 'one' } });
    expect(await view.list('/apis/example.org/v1/things', 0)).toHaveLength(1);
  });

  it('does not take a refusal for absence', async () => {
    api.answer = (response) => send(response, 403, { message: 'things are forbidden' });
    await expect(view.list('/apis/example.org/v1/things')).rejects.toMatchObject({ status: 403 });
  });

  it('does not keep a failure', async () => {
    api.answer = (response) => send(response, 500, { message: 'etcd is busy' });
    await expect(view.namespaces()).rejects.toThrow('etcd is busy');
    api.answer = () => false;
    expect(await namespaces()).toEqual(['shop']);
  });

  it('keeps what was read after a failure that came late', async () => {
    let refuseFirst = (): void => undefined;
    api.answer = (response) => {
      api.answer = () => false;
      refuseFirst = () => send(response, 500, { message: 'etcd is busy' });
      return true;
    };
    const first = view.namespaces();
    await expect.poll(asked).toHaveLength(1);
    view.forget();
    await namespaces();
    refuseFirst();
    await expect(first).rejects.toThrow('etcd is busy');
    await namespaces();
    expect(asked()).toHaveLength(2);
  });

  it('sees nothing where there is no cluster', async () => {
    const nowhere = new ClusterView(() => Promise.resolve(undefined), clock);
    expect(await nowhere.namespaces()).toEqual([]);
    expect(await nowhere.workloads()).toEqual([]);
    expect(await nowhere.connection()).toBeUndefined();
  });

  it('asks for no more of Helm’s Secrets than their metadata', async () => {
    await view.helmSecrets();
    expect(api.requests[0]).toMatchObject({ path: '/api/v1/secrets', query: { labelSelector: 'owner=helm' } });
    expect(api.requests[0]?.headers.accept).toContain('PartialObjectMetadataList');
  });

  it('sees the workloads of all three kinds, by one request each', async () => {
    for (const kind of ['deployments', 'statefulsets', 'daemonsets']) {
      api.objects.set(`/apis/apps/v1/namespaces/shop/${kind}/web`, {
        metadata: { name: 'web', namespace: 'shop', generation: 1 },
        spec: {},
      });
    }
    const found = await view.workloads();
    expect(found.map(({ kind, waitingFor }) => [kind, waitingFor])).toEqual([
      ['Deployment', 'its controller has not seen it yet'],
      ['StatefulSet', 'its controller has not seen it yet'],
      ['DaemonSet', 'its controller has not seen it yet'],
    ]);
    await view.workloads();
    expect(asked()).toHaveLength(3);
  });
});
