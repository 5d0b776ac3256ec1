import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeObstacle, findObstacles } from '../../src/kubernetes/diagnosis.js';
import type { Workload, WorkloadKind } from '../../src/kubernetes/workloads.js';
import { apiServer, type ApiServer } from './api-server.js';

let api: ApiServer;
beforeEach(async () => {
  api = await apiServer();
});
afterEach(() => api.close());

function workload(more: Partial<Workload> = {}): Workload {
  return {
    kind: 'Deployment',
    namespace: 'shop',
    name: 'web',
    release: 'shop/web',
    wanted: 1,
    ready: 0,
    waitingFor: '0 of 1 pods ready',
    selector: { app: 'web' },
    ...more,
  };
}

function find(more: Partial<Workload> = {}) {
  return findObstacles(api.client, workload(more), new AbortController().signal);
}

function addPod(name: string, status: object, { hash = '6d4cf56db6', labels = {}, at = '2026-11-20T10:00:00Z' } = {}) {
  api.objects.set(`/api/v1/namespaces/shop/pods/${name}`, {
    metadata: {
      name,
      namespace: 'shop',
      creationTimestamp: at,
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

const waiting = (reason: string, message?: string, more: object = {}) => ({
  containerStatuses: [{ name: 'main', restartCount: 0, state: { waiting: { reason, message } }, ...more }],
});
const unscheduled = (message: string, reason = 'Unschedulable') => ({
  conditions: [{ type: 'PodScheduled', status: 'False', reason, message }],
});

describe('a pod that does not become ready', () => {
  it.each([
    ['ErrImagePull', false],
    ['ImagePullBackOff', true],
    ['InvalidImageName', true],
    ['CreateContainerConfigError', true],
    ['CrashLoopBackOff', true],
    ['ContainerCreating', false],
    ['PodInitializing', false],
  ])('because of %s; waiting cannot help: %s', async (reason, fatal) => {
    addPod('web-1', waiting(reason, 'the words of the kubelet'));
    expect(await find()).toMatchObject([
      { object: 'Pod/web-1 container main', reason, message: 'the words of the kubelet', fatal },
    ]);
  });

  it('says how the container ended where the kubelet has no words', async () => {
    addPod('web-1', waiting('CrashLoopBackOff', undefined, { lastState: { terminated: { exitCode: 137 } } }));
    const [obstacle] = await find();
    expect(obstacle).toMatchObject({
      message: 'last exit code 137',
      suggestion: expect.stringContaining('logs') as string,
    });
  });

  it('tells which init container it waits for', async () => {
    addPod('web-1', {
      initContainerStatuses: [{ name: 'migrate', restartCount: 3, state: { waiting: { reason: 'CrashLoopBackOff' } } }],
      ...waiting('PodInitializing'),
    });
    const found = await find();
    expect(found.map(({ object, fatal }) => [object, fatal])).toEqual([
      ['Pod/web-1 container migrate', true],
      ['Pod/web-1 container main', false],
    ]);
  });

  it('has no obstacle when its containers run', async () => {
    addPod('web-1', { containerStatuses: [{ name: 'main', restartCount: 0, state: { running: {} } }] });
    expect(await find()).toEqual([]);
  });

  it.each([
    ['0/2 nodes are available: 2 Insufficient cpu.', 'Unschedulable', true],
    [
      '0/2 nodes are available: 2 node(s) had untolerated taint(s) {node.kubernetes.io/not-ready: }',
      'Unschedulable',
      false,
    ],
    ['0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims.', 'Unschedulable', false],
    ['Scheduling is blocked due to non-empty scheduling gates', 'SchedulingGated', false],
  ])('because no node takes it: %s', async (message, reason, fatal) => {
    addPod('web-1', unscheduled(message, reason));
    expect(await find()).toMatchObject([{ object: 'Pod/web-1', reason, message, fatal }]);
  });

  it('suggests what helps where there is too little room', async () => {
    addPod('web-1', unscheduled('0/2 nodes are available: 2 Insufficient cpu.'));
    expect((await find())[0]?.suggestion).toBe('lower the requests, or add nodes (`local.workers`)');
  });
});

describe('pods that cannot be created', () => {
  const quota = 'Error creating: pods "web-6d4cf56db6-x" is forbidden: exceeded quota: small, requested: pods=1';
  const security = 'Error creating: pods "web-6d4cf56db6-x" is forbidden: violates PodSecurity "restricted:latest"';

  it.each([quota, security])('are explained by their controller: %s', async (message) => {
    addReplicaSet('6d4cf56db6', 1);
    addEvent('ReplicaSet/web-6d4cf56db6', 'FailedCreate', message);
    expect(await find()).toEqual([
      {
        object: 'ReplicaSet/web-6d4cf56db6',
        reason: 'FailedCreate',
        message,
        fatal: true,
        suggestion: 'correct what the message names: a quota, or the Pod Security level of the namespace',
      },
    ]);
  });

  it.each<WorkloadKind>(['StatefulSet', 'DaemonSet'])('are explained by their %s itself', async (kind) => {
    addEvent(`${kind}/web`, 'FailedCreate', quota);
    expect(await find({ kind })).toMatchObject([{ object: `${kind}/web`, message: quota }]);
  });

  it('are explained by the claim that cannot be had', async () => {
    addPod('web-0', unscheduled('pod has unbound immediate PersistentVolumeClaims'));
    addEvent('PersistentVolumeClaim/data-web-0', 'ProvisioningFailed', 'storageclass "fast" not found');
    const found = await find({ kind: 'StatefulSet' });
    expect(found).toContainEqual(
      expect.objectContaining({
        object: 'PersistentVolumeClaim/data-web-0',
        reason: 'ProvisioningFailed',
        fatal: true,
      }),
    );
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
    addEvent('PersistentVolumeClaim/data-other-web-worker-0', 'ProvisioningFailed', 'no such class');
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

describe('an obstacle in one line', () => {
  const obstacle = { object: 'Pod/web-0', reason: 'Unschedulable', fatal: true, suggestion: undefined };

  it('names object, reason and message', () => {
    const message = '0/2 nodes are available';
    expect(describeObstacle({ ...obstacle, message })).toBe('Pod/web-0: Unschedulable: 0/2 nodes are available');
  });

  it('is shorter where there is no message', () => {
    expect(describeObstacle({ ...obstacle, message: '' })).toBe('Pod/web-0: Unschedulable');
  });
});
