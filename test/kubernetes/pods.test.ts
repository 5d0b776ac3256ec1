import { describe, expect, it } from 'vitest';
import { listPods, podsOfRelease } from '../../src/kubernetes/pods.js';
import { readWorkload, type WorkloadObject } from '../../src/kubernetes/workloads.js';
import { deployment, fakeClient, pod } from './fake-client.js';

const path = '/api/v1/namespaces/apps/pods';
const workload = (name: string, release: string) =>
  readWorkload('Deployment', deployment(name, release) as WorkloadObject);

describe('the pods of a release', () => {
  it('are those its workloads select, and no others of the namespace', async () => {
    const client = fakeClient({
      lists: { [path]: [pod({ name: 'web-1', labels: { app: 'web' } }), pod({ name: 'db-1', labels: { app: 'db' } })] },
    });
    const workloads = [workload('web', 'apps/web'), workload('db', 'apps/db')];
    expect((await podsOfRelease(client, 'apps/web', workloads)).map(({ name }) => name)).toEqual(['web-1']);
  });

  it('are also those that only the common label tells to be its own', async () => {
    const labels = { 'app.kubernetes.io/instance': 'web' };
    const client = fakeClient({ lists: { [path]: [pod({ name: 'web-migration-x', labels })] } });
    expect(await podsOfRelease(client, 'apps/web', [])).toHaveLength(1);
  });

  it('are looked for in every namespace in which it has a workload', async () => {
    const client = fakeClient({
      lists: {
        '/api/v1/namespaces/kube-system/pods': [pod({ name: 'w', namespace: 'kube-system', labels: { app: 'web' } })],
      },
    });
    const elsewhere = { ...workload('web', 'apps/web'), namespace: 'kube-system' };
    expect(await podsOfRelease(client, 'apps/web', [elsewhere])).toHaveLength(1);
  });

  it('are none where a selector says nothing that can be matched', async () => {
    const client = fakeClient({ lists: { [path]: [pod({ name: 'other' })] } });
    expect(await podsOfRelease(client, 'apps/web', [{ ...workload('web', 'apps/web'), selector: {} }])).toEqual([]);
  });
});

describe('the state of a pod', () => {
  const first = async (given: object) =>
    (await listPods(fakeClient({ lists: { '/api/v1/pods': [given] } }), undefined))[0];

  it('tells what its containers do', async () => {
    const crashed = {
      ready: false,
      restartCount: 4,
      state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off' } },
    };
    expect(await first(pod({ name: 'web-1', container: crashed }))).toEqual({
      namespace: 'apps',
      name: 'web-1',
      uid: 'web-1',
      phase: 'Running',
      ready: true,
      node: 'node-1',
      reason: undefined,
      containers: [
        {
          name: 'main',
          image: 'web:1',
          state: 'waiting',
          reason: 'CrashLoopBackOff',
          message: 'back-off',
          exitCode: undefined,
          restarts: 4,
          ready: false,
        },
      ],
    });
  });

  it('tells why it has no node', async () => {
    const conditions = [{ type: 'PodScheduled', status: 'False', message: '0/2 nodes are available' }];
    const found = await first(pod({ name: 'web-1', status: { phase: 'Pending', conditions, containerStatuses: [] } }));
    expect(found).toMatchObject({ phase: 'Pending', ready: false, reason: '0/2 nodes are available' });
    expect(found?.containers[0]?.state).toBe('waiting');
  });
});
