import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/clock.js';
import { ClusterView } from '../../../src/kubernetes/cluster-view.js';
import { clusterDnsStep, type ClusterDnsOptions } from '../../../src/local/names/cluster-dns.js';
import { withRewrites } from '../../../src/local/names/corefile.js';
import { asset } from '../../../src/paths.js';
import { apiServer, send, type ApiServer } from '../../kubernetes/api-server.js';

const kubeadm = await readFile(asset('test/fixtures/coredns/kubeadm-1.36.3.Corefile'), 'utf8');
const path = '/api/v1/namespaces/kube-system/configmaps/coredns';
const deployment = '/apis/apps/v1/namespaces/kube-system/deployments/coredns';
const target = 'traefik.traefik.svc.cluster.local';
const names = ['portal.web.local', 'portal.shop.localhost'];
const wanted = withRewrites(kubeadm, { environment: 'shop', names: ['portal.web.local'], target });
const context = { signal: new AbortController().signal, progress: () => undefined };

let api: ApiServer;
let owned: number;
beforeEach(async () => {
  api = await apiServer();
  owned = 0;
  put(kubeadm);
});
afterEach(() => api.close());

function put(Corefile: string): void {
  api.objects.set(path, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'coredns', namespace: 'kube-system', resourceVersion: '7', labels: { kept: 'yes' } },
    data: { Corefile, other: 'kept' },
  });
}

function step(options: Partial<ClusterDnsOptions> = {}, client: ApiServer['client'] | undefined = api.client) {
  return clusterDnsStep({
    environment: 'shop',
    names,
    target,
    provider: { simulation: undefined },
    view: new ClusterView(() => Promise.resolve(client), systemClock),
    needs: [],
    ensureOwned: () => {
      owned += 1;
      return Promise.resolve();
    },
    ...options,
  });
}

const corefile = () => (api.objects.get(path)?.['data'] as { Corefile: string }).Corefile;

describe('the names in the cluster', () => {
  it('are written once, without those below localhost, and then need one request to be seen', async () => {
    expect(await step().check(context)).toEqual({ status: 'needed', reason: 'the names have changed' });
    expect(await step().apply(context)).toBe(`portal.web.local lead to ${target}`);
    expect(owned).toBe(1);
    expect(corefile()).toBe(wanted);
    expect(api.objects.get(path)).toMatchObject({ metadata: { labels: { kept: 'yes' } }, data: { other: 'kept' } });
    api.requests.splice(0);
    expect(await step().check(context)).toEqual({ status: 'satisfied', detail: 'portal.web.local' });
    expect(api.requests).toHaveLength(1);
  });

  it('go again when the environment has none outside of localhost any more', async () => {
    put(wanted);
    const none = step({ names: ['portal.shop.localhost'] });
    expect(await none.check(context)).toMatchObject({ status: 'needed' });
    expect(await none.apply(context)).toBe('rewrites removed');
    expect(corefile()).toBe(kubeadm);
    expect(await none.check(context)).toEqual({ status: 'satisfied', detail: 'none outside of localhost' });
  });

  it('keep what somebody else writes at the same moment', async () => {
    const theirs = kubeadm.replace('ttl 30', 'ttl 5');
    let reads = 0;
    api.answer = (_, { method, path: asked }) => {
      if (method === 'GET' && asked === path) reads += 1;
      // After the first look, before the write.
      if (method === 'PUT' && reads === 1) {
        put(theirs);
        api.objects.set(path, { ...api.objects.get(path), metadata: { name: 'coredns', resourceVersion: '8' } });
      }
      return false;
    };
    await step().apply(context);
    expect(reads).toBe(2);
    expect(corefile()).toBe(wanted.replace('ttl 30', 'ttl 5'));
  });

  it('are given up when others always come first', async () => {
    api.answer = (response, { method }) =>
      method === 'PUT' && send(response, 409, { reason: 'Conflict', message: 'the object has been modified' });
    await expect(step().apply(context)).rejects.toMatchObject({ code: 'conflict' });
    expect(api.requests.filter(({ method }) => method === 'PUT')).toHaveLength(5);
  });

  it('make CoreDNS start anew only where it does not reload by itself', async () => {
    api.objects.set(deployment, { kind: 'Deployment', metadata: { name: 'coredns' } });
    await step().apply(context);
    expect(api.requests.some(({ method }) => method === 'PATCH')).toBe(false);
    put(kubeadm.replace('    reload\n', ''));
    await step().apply(context);
    const patches = api.requests.filter(({ method }) => method === 'PATCH');
    expect(patches.map(({ path: asked }) => asked)).toEqual([deployment]);
    expect(patches[0]?.body).toMatch(/"platform.dev\/corefile":"[0-9a-f]{40}"/);
  });
});

describe('a cluster that cannot have them', () => {
  it('is not there yet', async () => {
    expect(await step({ view: new ClusterView(() => Promise.resolve(undefined), systemClock) }).check(context)).toEqual(
      {
        status: 'needed',
        reason: 'there is no cluster yet',
      },
    );
  });

  it('is simulated', async () => {
    expect(await step({ provider: { simulation: 'simulated nodes' } }).check(context)).toMatchObject({
      status: 'omitted',
    });
    expect(api.requests).toEqual([]);
  });

  it('has another name server', async () => {
    api.objects.delete(path);
    expect(await step().check(context)).toEqual({
      status: 'omitted',
      reason: 'the cluster has no kube-system/coredns',
    });
  });

  it('has a Corefile that was damaged', async () => {
    put(wanted.replace(/ *# platform shop: end\n/, ''));
    expect(await step().check(context)).toMatchObject({
      status: 'blocked',
      by: 'the block of shop in the Corefile of kube-system/coredns is damaged',
      code: 'conflict',
    });
  });
});
