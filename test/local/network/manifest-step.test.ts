import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ClusterView } from '../../../src/kubernetes/cluster-view.js';
import { networkManifestStep, type NetworkManifestOptions } from '../../../src/local/network/manifest-step.js';
import { send } from '../../kubernetes/api-server.js';
import { cluster, context, type Cluster } from '../../releases/cluster.js';

const manifest = `
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: calico-node, namespace: kube-system}
spec: {template: {spec: {containers: [{image: calico/node}]}}}
---
apiVersion: crd.projectcalico.org/v1
kind: FelixConfiguration
metadata: {name: default}
---
apiVersion: v1
kind: Namespace
metadata: {name: calico-apiserver}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: felixconfigurations.crd.projectcalico.org}
`;

let world: Cluster;
let folder: string;
let file: string;
beforeEach(async () => {
  world = await cluster();
  serveDiscovery();
  folder = await mkdtemp(join(tmpdir(), 'platform-network-'));
  file = join(folder, 'network.yaml');
  await writeFile(file, manifest);
});
afterEach(async () => {
  await world.api.close();
  await rm(folder, { recursive: true, force: true });
});

const resource = (kind: string, scope: 'Cluster' | 'Namespaced') => ({
  resource: `${kind.toLowerCase()}s`,
  responseKind: { kind },
  scope,
  verbs: ['patch'],
});
const groups = (names: Readonly<Record<string, readonly object[]>>) => ({
  kind: 'APIGroupDiscoveryList',
  items: Object.entries(names).map(([name, resources]) => ({
    metadata: { name },
    versions: [{ version: 'v1', freshness: 'Current', resources }],
  })),
});

/** A definition is served after so many looks. */
function serveDiscovery(looks = 0): void {
  let looked = 0;
  world.api.answer = (response, { path }) => {
    if (path === '/api') {
      return send(
        response,
        200,
        groups({ '': [resource('Namespace', 'Cluster'), resource('ConfigMap', 'Namespaced')] }),
      );
    }
    if (path !== '/apis') return false;
    const definition =
      '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/felixconfigurations.crd.projectcalico.org';
    if (world.api.objects.has(definition)) looked += 1;
    return send(
      response,
      200,
      groups({
        apps: [resource('DaemonSet', 'Namespaced')],
        'apiextensions.k8s.io': [resource('CustomResourceDefinition', 'Cluster')],
        ...(looked > looks && { 'crd.projectcalico.org': [resource('FelixConfiguration', 'Cluster')] }),
      }),
    );
  };
}

let owned = 0;
const step = (options: Partial<NetworkManifestOptions> = {}) =>
  networkManifestStep({
    environment: 'dev',
    manifest: file,
    view: world.view,
    clock: world.clock,
    network: { text: () => Promise.resolve(manifest) },
    needs: ['cluster', 'record'],
    ensureOwned: () => {
      owned += 1;
      return Promise.resolve();
    },
    ...options,
  });
const applied = () => world.api.requests.filter(({ method }) => method === 'PATCH').map(({ path }) => path);

describe('a pod network from a manifest', () => {
  it('is applied once, and then is as wanted', async () => {
    expect(await step().check(context())).toEqual({ status: 'needed', reason: 'not applied yet' });
    owned = 0;
    expect(await step().apply(context())).toBe(`5 objects of ${file}`);
    expect(owned).toBe(1);
    expect(await step().check(context())).toEqual({ status: 'satisfied', detail: file });
  });

  it('comes with its definitions first, then its namespaces', async () => {
    await step().apply(context());
    expect(applied().slice(0, 2)).toEqual([
      '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/felixconfigurations.crd.projectcalico.org',
      '/api/v1/namespaces/calico-apiserver',
    ]);
    expect(applied().slice(2, 5).sort()).toEqual([
      '/api/v1/namespaces/default/configmaps/settings',
      '/apis/apps/v1/namespaces/kube-system/daemonsets/calico-node',
      '/apis/crd.projectcalico.org/v1/felixconfigurations/default',
    ]);
  });

  it('is ours: field manager and label', async () => {
    await step().apply(context());
    const { query, body } = world.api.requests.find(({ path }) => path.endsWith('/calico-node')) ?? {};
    expect(query).toEqual({ fieldManager: 'platform' });
    expect(JSON.parse(body ?? '')).toMatchObject({ metadata: { labels: { 'platform.dev/environment': 'dev' } } });
  });

  it('waits until the API server serves what was defined', async () => {
    serveDiscovery(5);
    const asked = context();
    await step().apply(asked);
    expect(asked.messages).toContain('the API server to serve FelixConfiguration (crd.projectcalico.org/v1)');
    expect(applied()).toContain('/apis/crd.projectcalico.org/v1/felixconfigurations/default');
  });

  it('names a kind that nobody defines', async () => {
    serveDiscovery(Number.POSITIVE_INFINITY);
    await expect(step().apply(context())).rejects.toThrow(
      `the API server does not serve FelixConfiguration (crd.projectcalico.org/v1), of which ${file} has an object`,
    );
    expect(await step().check(context())).toEqual({ status: 'needed', reason: 'not applied yet' });
  });

  it('names the object that the API server refuses', async () => {
    const { answer } = world.api;
    world.api.answer = (response, request) =>
      request.path.endsWith('/calico-node')
        ? send(response, 422, { reason: 'Invalid', message: 'spec.selector: Required value' })
        : answer(response, request);
    const failed = step().apply(context());
    await expect(failed).rejects.toMatchObject({ code: 'tool' });
    await expect(failed).rejects.toThrow(
      /^DaemonSet kube-system\/calico-node of .* cannot be applied: .*spec.selector: Required value$/,
    );
  });

  it('is applied again when the file changed', async () => {
    await step().apply(context());
    await writeFile(file, `${manifest}# a newer one\n`);
    expect(await step().check(context())).toEqual({ status: 'needed', reason: 'the manifest changed' });
  });

  it('is applied again when its agent is gone', async () => {
    await step().apply(context());
    world.api.objects.delete('/apis/apps/v1/namespaces/kube-system/daemonsets/calico-node');
    world.view.forget();
    expect(await step().check(context())).toEqual({
      status: 'needed',
      reason: 'DaemonSet/kube-system/calico-node is gone',
    });
  });

  it('is downloaded to be applied, and not to be looked at', async () => {
    let downloads = 0;
    const network = {
      text: () => {
        downloads += 1;
        return Promise.resolve(manifest);
      },
    };
    const remote = () => step({ manifest: 'https://example.org/v3.28.5/calico.yaml', network });
    expect(await remote().check(context())).toMatchObject({ status: 'needed' });
    expect(downloads).toBe(0);
    await remote().apply(context());
    expect(await remote().check(context())).toMatchObject({ status: 'satisfied' });
    expect(downloads).toBe(1);
  });

  it('is found broken before there is a cluster', async () => {
    const view = new ClusterView(() => Promise.resolve(undefined), world.clock);
    expect(await step({ view }).check(context())).toEqual({ status: 'needed', reason: 'there is no cluster yet' });
    await writeFile(file, 'kind: [');
    expect(await step({ view }).check(context())).toMatchObject({ status: 'blocked', code: 'usage' });
    await rm(file);
    expect(await step({ view }).check(context())).toMatchObject({
      status: 'blocked',
      by: `local.cni names ${file}, which does not exist`,
    });
  });
});
