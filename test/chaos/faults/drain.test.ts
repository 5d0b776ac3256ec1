import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { planDrain } from '../../../src/chaos/faults/drain.js';
import { ApiError } from '../../../src/kubernetes/api-errors.js';
import type { ClusterClient } from '../../../src/kubernetes/client.js';
import { apiServer, type ApiServer } from '../../kubernetes/api-server.js';
import { givenClock, postgres, putPod, putWorkload, run, type GivenPod } from '../given.js';

let api: ApiServer;
let clock = givenClock();
beforeEach(async () => {
  api = await apiServer();
  clock = givenClock();
  putNode('node-1');
  putNode('node-2');
  putNode('control-plane', { taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] });
  putWorkload(api, postgres);
  putPod(api, 'web', { owner: { kind: 'ReplicaSet', uid: 'web', name: 'web' } });
});
afterEach(() => api.close());

const signal = new AbortController().signal;
const plan = (node: string | typeof postgres = 'node-1') =>
  planDrain({ type: 'drain', node }, { run, signal }, { client: api.client, clock });
const nodePath = (name: string) => `/api/v1/nodes/${name}`;
const posts = () => api.requests.filter(({ method }) => method === 'POST').map(({ path }) => path);

function putNode(name: string, spec: object = {}): void {
  api.objects.set(nodePath(name), {
    metadata: { name, uid: `${name}-uid`, resourceVersion: '1' },
    spec,
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  });
}

describe('draining a node', () => {
  it('lets it take no new pods, then evicts those that can go', async () => {
    putPod(api, 'agent', { owner: { kind: 'DaemonSet', uid: 'agent' } });
    putPod(api, 'mirror', { annotations: { 'kubernetes.io/config.mirror': 'x' } });
    putPod(api, 'done', { phase: 'Succeeded' });
    const { changes, grants, inject } = await plan();

    const { detail } = await inject(signal);

    expect(changes.map(({ type, subject }) => `${type} ${subject}`)).toEqual([
      'cordon node/node-1',
      'pods pod/web in app-services',
    ]);
    expect(grants).toMatchObject([
      {
        kind: 'ClusterRole',
        rules: [{ resources: ['nodes'], resourceNames: ['node-1'], verbs: ['get', 'patch'] }, {}],
      },
      { kind: 'ClusterRoleBinding' },
    ]);
    expect(detail).toBe('node/node-1 takes no new pods, 1 pod was evicted');
    expect(api.objects.get(nodePath('node-1'))?.['spec']).toEqual({ unschedulable: true });
    expect(posts()).toEqual(['/api/v1/namespaces/app-services/pods/web/eviction']);
  });

  it('leaves a node as it was that took no pods already', async () => {
    putNode('node-1', { unschedulable: true });
    const { changes, inject } = await plan();
    await inject(signal);
    expect(changes[0]).toMatchObject({ type: 'cordon', from: true });
    expect(api.requests.filter(({ method }) => method === 'PATCH')).toEqual([]);
  });

  it('does not happen when somebody else did it by then, or the node is gone', async () => {
    const { inject } = await plan();
    putNode('node-1', { unschedulable: true });
    await expect(inject(signal)).rejects.toThrow('node/node-1 changed since the drill was planned: it takes no pods');
    api.objects.delete(nodePath('node-1'));
    await expect(inject(signal)).rejects.toThrow('it is gone');
    expect(posts()).toEqual([]);
  });

  it('evicts nobody any more where one eviction fails for good', async () => {
    putPod(api, 'db', { owner: { kind: 'ReplicaSet', uid: 'db', name: 'db' } });
    const failed = new ApiError(500, 'InternalError', 'This pod has more than one PodDisruptionBudget', 'tool');
    const waiting = new ApiError(429, 'TooManyRequests', 'it would violate the disruption budget web', 'tool');
    let asked = 0;
    const create = (path: string) => {
      asked += 1;
      return Promise.reject(path.includes('/db/') ? failed : waiting);
    };
    const client = Object.assign(Object.create(api.client) as ClusterClient, { create });
    const planned = await planDrain({ type: 'drain', node: 'node-1' }, { run, signal }, { client, clock });
    const begun: number[] = [];

    await expect(planned.inject(signal, (at) => begun.push(at))).rejects.toBe(failed);

    expect(asked).toBe(2);
    expect(begun).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(asked).toBe(2);
  });

  it('waits for a disruption budget for a minute, and then says who stays and why', async () => {
    const refused = new ApiError(429, 'TooManyRequests', 'it would violate the disruption budget web', 'tool');
    const client = Object.assign(Object.create(api.client) as ClusterClient, { create: () => Promise.reject(refused) });
    const planned = await planDrain({ type: 'drain', node: 'node-1' }, { run, signal }, { client, clock });

    const { detail } = await planned.inject(signal);

    expect(detail).toBe(
      'node/node-1 takes no new pods, 0 pods were evicted; pod/web in app-services stays: it would violate the disruption budget web',
    );
    expect(clock.slept.reduce((sum, one) => sum + one, 0)).toBe(60_000);
  });
});

describe('which node is drained', () => {
  const refusal = async (pod: GivenPod) => {
    putPod(api, 'web', pod);
    return plan().then(
      () => 'none',
      (error: unknown) => (error as Error).message,
    );
  };
  const emptyDir = { name: 'data', emptyDir: {} };

  it('is one that runs a pod of a workload, and that can be drained', async () => {
    putPod(api, 'postgres-0', { node: 'node-1' });
    putPod(api, 'postgres-1', { node: 'node-2' });
    expect((await plan(postgres)).changes[0]).toMatchObject({ subject: 'node/node-1' });
    putPod(api, 'alone', { node: 'node-1', owner: { kind: 'none', uid: '' } });
    expect((await plan(postgres)).changes[0]).toMatchObject({ subject: 'node/node-2' });
  });

  it('is not one that does not exist, or a workload without pods', async () => {
    await expect(plan('node-7')).rejects.toMatchObject({
      message: 'there is no node node-7',
      suggestions: ['the nodes are node-1, node-2, control-plane'],
    });
    await expect(plan(postgres)).rejects.toThrow('statefulset/postgres in app-services has no pod on any node');
  });

  it('is never the only one that takes pods', async () => {
    putNode('node-2', { unschedulable: true });
    await expect(plan()).rejects.toThrow('node/node-1 is the only one that takes pods');
  });

  it.each<[string, GivenPod, RegExp]>([
    ['nobody makes again', { owner: { kind: 'none', uid: '' } }, /has no controller that would make a new one/],
    ['keeps data in an emptyDir', { volumes: [emptyDir] }, /keeps its data in the emptyDir data, which would be lost/],
    ['has its data in a claim', { volumes: [emptyDir, { name: 'own', persistentVolumeClaim: {} }] }, /^none$/],
    ['has scratch in memory', { volumes: [{ name: 'tmp', emptyDir: { medium: 'Memory' } }] }, /^none$/],
    ['is of a Deployment', { owner: { kind: 'ReplicaSet', uid: 'web' }, volumes: [emptyDir] }, /^none$/],
  ])('may run a pod that %s: %o', async (_name, pod, expected) => {
    expect(await refusal(pod)).toMatch(expected);
  });

  it('may lose what is in an emptyDir where the drill says so', async () => {
    putPod(api, 'store-0', { owner: { kind: 'StatefulSet', uid: 'store', name: 'store' }, volumes: [emptyDir] });
    await expect(plan()).rejects.toMatchObject({
      suggestions: [expect.any(String), 'or let the drill lose it: `deleteEmptyDirData: true` in its fault'],
    });
    const fault = { type: 'drain', node: 'node-1', deleteEmptyDirData: true } as const;
    const { changes } = await planDrain(fault, { run, signal }, { client: api.client, clock });
    expect(changes.map(({ subject }) => subject)).toContain('pod/store-0 in app-services');
  });
});
