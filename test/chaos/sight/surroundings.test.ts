import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { surroundingsOf } from '../../../src/chaos/sight/surroundings.js';
import { apiServer, type ApiServer } from '../../kubernetes/api-server.js';
import { api, postgres } from './given.js';

let server: ApiServer;
beforeEach(async () => {
  server = await apiServer();
});
afterEach(() => server.close());

const { signal } = new AbortController();
const home = 'namespaces/app-services';
const given = (path: string, object: object) => server.objects.set(path, object as { metadata: { name: string } });
const pod = (name: string, more: object = {}, kind = 'ReplicaSet', owner = 'api-7d9f') => {
  given(`/api/v1/${home}/pods/${name}`, {
    metadata: {
      name,
      namespace: 'app-services',
      labels: { app: 'api', 'pod-template-hash': '7d9f' },
      ownerReferences: [{ kind, name: owner, uid: `${owner}-uid`, controller: true }],
      creationTimestamp: name.endsWith('a') ? '2026-11-21T10:00:00Z' : '2026-11-21T11:00:00Z',
    },
    spec: { nodeName: 'worker-1' },
    status: { podIP: `10.0.0.${String(name.length)}`, phase: 'Running' },
    ...more,
  });
};
const workload = () => {
  given(`/apis/apps/v1/${home}/deployments/api`, {
    metadata: { name: 'api', uid: 'api-uid' },
    spec: { selector: { matchLabels: { app: 'api' } } },
  });
  given(`/apis/apps/v1/${home}/replicasets/api-7d9f`, {
    metadata: {
      name: 'api-7d9f',
      uid: 'api-7d9f-uid',
      labels: { app: 'api' },
      ownerReferences: [{ kind: 'Deployment', name: 'api', uid: 'api-uid', controller: true }],
    },
  });
};

describe('what stands around a target', () => {
  it('is its pods, the oldest first, the Services that lead to them, and its autoscaler', async () => {
    workload();
    pod('api-7d9f-b');
    pod('api-7d9f-a', { spec: { nodeName: 'worker-1', hostNetwork: true } });
    pod('api-7d9f-done', { status: { phase: 'Succeeded' } });
    given(`/api/v1/${home}/pods/auth-1`, { metadata: { name: 'auth-1', labels: { app: 'auth' } }, spec: {} });
    const service = (name: string, selector: object | undefined) =>
      given(`/api/v1/${home}/services/${name}`, { metadata: { name, namespace: 'app-services' }, spec: { selector } });
    service('api', { app: 'api' });
    service('auth', { app: 'auth' });
    service('outside', undefined);
    const autoscaler = (name: string, target: object) =>
      given(`/apis/autoscaling/v2/${home}/horizontalpodautoscalers/${name}`, {
        metadata: { name, namespace: 'app-services', uid: `${name}-uid` },
        spec: { scaleTargetRef: { apiVersion: 'apps/v1', ...target }, maxReplicas: 5 },
      });
    autoscaler('api', { kind: 'Deployment', name: 'api' });
    autoscaler('auth', { kind: 'Deployment', name: 'auth' });

    const around = await surroundingsOf({ type: 'scale', target: api, replicas: 0 }, server.client, signal);

    const owned = { namespace: 'app-services', workload: api, replicaSet: 'api-7d9f' };
    expect(around).toEqual({
      pods: [
        // It has the address of its node.
        { ...owned, name: 'api-7d9f-a' },
        { ...owned, name: 'api-7d9f-b', address: '10.0.0.10' },
      ],
      services: [{ namespace: 'app-services', name: 'api' }],
      autoscalers: [{ namespace: 'app-services', name: 'api' }],
    });
  });

  it('is nothing where the target is not', async () => {
    const around = await surroundingsOf({ type: 'kill', target: postgres, count: 1 }, server.client, signal);
    expect(around).toEqual({ pods: [], services: [], autoscalers: [] });
  });

  it('is the node that runs one of its pods, and what else runs there', async () => {
    workload();
    pod('api-7d9f-a');
    pod('postgres-0', {}, 'StatefulSet', 'postgres');
    pod('node-exporter-x', {}, 'DaemonSet', 'node-exporter');

    const around = await surroundingsOf({ type: 'drain', node: api }, server.client, signal);

    expect(around.node).toBe('worker-1');
    expect(around.pods.map(({ name, workload: of, staysWithNode }) => [name, of?.name, staysWithNode])).toEqual([
      ['api-7d9f-a', 'api', undefined],
      ['node-exporter-x', undefined, true],
      ['postgres-0', 'postgres', undefined],
    ]);
    expect(server.requests.at(-1)?.query).toEqual({ fieldSelector: 'spec.nodeName=worker-1' });
  });
});
