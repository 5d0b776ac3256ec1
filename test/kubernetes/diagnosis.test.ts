import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findObstacles, obstaclesOf, type PodOwner } from '../../src/kubernetes/diagnosis.js';
import { surroundingsOf } from '../../src/kubernetes/diagnosis/surroundings.js';
import type { WorkloadKind } from '../../src/kubernetes/workloads.js';
import { apiServer, type ApiServer } from './api-server.js';

let api: ApiServer;
beforeEach(async () => {
  api = await apiServer();
});
afterEach(() => api.close());

function find(more: Partial<PodOwner> = {}) {
  const web: PodOwner = { kind: 'Deployment', namespace: 'shop', name: 'web', wanted: 1, selector: { app: 'web' } };
  return findObstacles(api.client, { ...web, ...more });
}

function addPod(
  name: string,
  status: object,
  { hash = '6d4cf56db6', labels = {}, at = '2026-11-20T10:00:00Z', ending = false } = {},
) {
  api.objects.set(`/api/v1/namespaces/shop/pods/${name}`, {
    metadata: {
      name,
      namespace: 'shop',
      creationTimestamp: at,
      ...(ending && { deletionTimestamp: '2026-11-20T10:01:00Z' }),
      labels: { app: 'web', 'pod-template-hash': hash, ...labels },
    },
    status,
  });
}

function addReplicaSet(hash: string, revision: number, name = 'web') {
  api.objects.set(`/apis/apps/v1/namespaces/shop/replicasets/${name}-${hash}`, {
    metadata: {
      name: `${name}-${hash}`,
      namespace: 'shop',
      labels: { app: 'web', 'pod-template-hash': hash },
      annotations: { 'deployment.kubernetes.io/revision': String(revision) },
    },
  });
}

function addEvent(object: string, reason: string, message: string, at = '2026-11-20T10:00:00Z') {
  const [kind, name] = object.split('/');
  const key = `${name ?? ''}.${String(api.objects.size)}`;
  api.objects.set(`/api/v1/namespaces/shop/events/${key}`, {
    metadata: { name: key, namespace: 'shop' },
    type: 'Warning',
    reason,
    message,
    involvedObject: { kind, name },
    lastTimestamp: at,
  });
}

const waiting = (reason: string, message?: string) => ({
  containerStatuses: [{ name: 'main', restartCount: 0, state: { waiting: { reason, message } } }],
});
const unscheduled = (message: string) => ({
  conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }],
});

describe('a pod that does not become ready', () => {
  it('is told with the container that keeps it, and the newest pod first', async () => {
    addPod('web-1', waiting('ContainerCreating'));
    addPod('web-2', waiting('ErrImagePull', 'the words of the kubelet'), { at: '2026-11-20T10:00:05Z' });
    expect((await find()).map(({ object, reason }) => [object, reason])).toEqual([
      ['Pod/web-2 container main', 'ErrImagePull'],
      ['Pod/web-1 container main', 'ContainerCreating'],
    ]);
  });

  it('has no obstacle when its containers run', async () => {
    addPod('web-1', { containerStatuses: [{ name: 'main', restartCount: 0, state: { running: {} } }] });
    expect(await find()).toEqual([]);
  });

  it('is told with the reason of the scheduler', async () => {
    addPod('web-1', unscheduled('0/2 nodes are available: 2 Insufficient cpu.'));
    expect(await find()).toMatchObject([{ object: 'Pod/web-1', reason: 'Unschedulable', fatal: true }]);
  });

  it('is judged by what was said since it is there, not by what was said of one of its name before', async () => {
    addEvent('Pod/web-0', 'NotTriggerScaleUp', 'max node group size reached', '2026-11-20T09:59:00Z');
    addPod('web-0', unscheduled('0/2 nodes are available: 2 Insufficient cpu.'));
    expect((await find({ kind: 'StatefulSet' }))[0]?.message).not.toContain('max node group size');
  });

  it('was evicted, and another one will come', async () => {
    addPod('web-1', { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' });
    expect(await find()).toMatchObject([{ object: 'Pod/web-1', reason: 'Evicted', fatal: false }]);
  });

  it('does not count once it is being ended', async () => {
    addPod('web-1', waiting('ImagePullBackOff'), { ending: true });
    expect(await find()).toEqual([]);
  });

  it('counts even then where it is of a Job, which ends its pods when it has failed', async () => {
    addPod('web-1', waiting('ImagePullBackOff'), { ending: true });
    expect(await find({ kind: 'Job' })).toMatchObject([{ reason: 'ImagePullBackOff' }]);
  });
});

describe('pods that cannot be created', () => {
  const quota = 'Error creating: pods "web-6d4cf56db6-x" is forbidden: exceeded quota: small, requested: pods=1';
  const security = 'Error creating: pods "web-6d4cf56db6-x" is forbidden: violates PodSecurity "restricted:latest"';

  it.each([quota, security])('are explained by their controller: %s', async (message) => {
    addReplicaSet('6d4cf56db6', 1);
    addEvent('ReplicaSet/web-6d4cf56db6', 'FailedCreate', message);
    expect(await find()).toMatchObject([
      { object: 'ReplicaSet/web-6d4cf56db6', reason: 'FailedCreate', message, fatal: true },
    ]);
  });

  it.each<WorkloadKind>(['StatefulSet', 'DaemonSet'])('are explained by their %s itself', async (kind) => {
    addEvent(`${kind}/web`, 'FailedCreate', quota);
    expect(await find({ kind })).toMatchObject([{ object: `${kind}/web`, message: quota }]);
  });

  it('are explained by their Job, and not by one of its name that was there before', async () => {
    addEvent('Job/web', 'FailedCreate', quota, '2026-11-20T10:00:00Z');
    const findOf = (createdAt: string) => find({ kind: 'Job', createdAt });
    expect(await findOf('2026-11-20T10:00:00Z')).toMatchObject([{ object: 'Job/web', reason: 'FailedCreate' }]);
    expect(await findOf('2026-11-20T10:00:05Z')).toEqual([]);
  });

  it('are explained even where others have ended', async () => {
    addPod('web-1', { phase: 'Failed' }, { at: '2026-11-20T09:00:00Z' });
    addEvent('Job/web', 'FailedCreate', quota);
    expect(await find({ kind: 'Job' })).toMatchObject([{ object: 'Job/web' }]);
  });

  it('are explained by the latest words, whatever the order of the events', async () => {
    addReplicaSet('6d4cf56db6', 1);
    addEvent('ReplicaSet/web-6d4cf56db6', 'FailedCreate', security, '2026-11-20T11:00:00Z');
    addEvent('ReplicaSet/web-6d4cf56db6', 'FailedCreate', quota, '2026-11-20T10:00:00Z');
    expect((await find())[0]?.message).toBe(security);
  });

  it('are no obstacle once they are there', async () => {
    addReplicaSet('6d4cf56db6', 1);
    addEvent('ReplicaSet/web-6d4cf56db6', 'FailedCreate', quota);
    addPod('web-1', { containerStatuses: [] });
    expect(await find()).toEqual([]);
  });

  it('are no obstacle when one could be created since, and the others wait for it', async () => {
    addReplicaSet('6d4cf56db6', 1);
    addEvent('ReplicaSet/web-6d4cf56db6', 'FailedCreate', quota, '2026-11-20T10:00:00Z');
    addPod('web-1', { containerStatuses: [] }, { at: '2026-11-20T10:05:00Z' });
    expect(await find({ wanted: 3 })).toEqual([]);
  });

  it('are not taken for those of a workload with a longer name', async () => {
    addReplicaSet('6d4cf56db6', 1);
    addReplicaSet('7c5ddbdf54', 1, 'web-worker');
    addEvent('ReplicaSet/web-worker-7c5ddbdf54', 'FailedCreate', quota);
    expect(await find()).toEqual([]);
  });
});

describe('a workload that is being corrected', () => {
  it('is not judged by the pods of what it was before', async () => {
    addReplicaSet('aaaaaaaaaa', 1);
    addReplicaSet('bbbbbbbbbb', 2);
    addPod('web-old', waiting('ImagePullBackOff'), { hash: 'aaaaaaaaaa' });
    addPod('web-new', waiting('ContainerCreating'), { hash: 'bbbbbbbbbb' });
    expect((await find()).map(({ object, fatal }) => [object, fatal])).toEqual([['Pod/web-new container main', false]]);
  });

  it('is not judged by the refusals of what it was before', async () => {
    addReplicaSet('aaaaaaaaaa', 9);
    addReplicaSet('bbbbbbbbbb', 10);
    addEvent('ReplicaSet/web-aaaaaaaaaa', 'FailedCreate', 'exceeded quota');
    expect(await find()).toEqual([]);
  });
});

describe('other pods of the namespace', () => {
  it('are none of its business', async () => {
    addPod('db-1', waiting('CrashLoopBackOff'), { labels: { app: 'db' } });
    expect(await find()).toEqual([]);
  });

  it('are not taken for its own where its selector cannot be read', async () => {
    addPod('db-1', waiting('CrashLoopBackOff'), { labels: { app: 'db' } });
    expect(await find({ kind: 'StatefulSet', selector: {} })).toEqual([]);
  });
});

describe('several workloads', () => {
  it('are looked at with one list of each kind', async () => {
    addReplicaSet('6d4cf56db6', 1);
    addPod('web-1', waiting('ContainerCreating'));
    const surroundings = surroundingsOf(api.client);
    const owner = { kind: 'Deployment', namespace: 'shop', wanted: 1, selector: { app: 'web' } } as const;
    await Promise.all(['web', 'api', 'db'].map((name) => obstaclesOf({ ...owner, name }, surroundings)));
    expect(api.requests.map(({ path }) => path).sort()).toEqual([
      '/api/v1/namespaces/shop/events',
      '/api/v1/namespaces/shop/pods',
      '/apis/apps/v1/namespaces/shop/replicasets',
    ]);
  });
});
