import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { planKill } from '../../../src/chaos/faults/kill.js';
import { apiServer, type ApiServer } from '../../kubernetes/api-server.js';
import { givenClock, postgres, putPod, putWorkload, run } from '../given.js';

let api: ApiServer;
beforeEach(async () => {
  api = await apiServer();
  putWorkload(api, postgres);
  putPod(api, 'young', { created: '2026-11-20T09:30:00Z' });
  putPod(api, 'old', { created: '2026-11-20T08:00:00Z' });
  putPod(api, 'of-another', { owner: { kind: 'StatefulSet', uid: 'redis-1' } });
  putPod(api, 'nobodys', { owner: { kind: 'none', uid: '' } });
  putPod(api, 'finished', { phase: 'Succeeded' });
  putPod(api, 'ending', { ending: true });
});
afterEach(() => api.close());

const signal = new AbortController().signal;
const plan = (count: number | 'all', target = postgres) =>
  planKill({ type: 'kill', target, count }, { run, signal }, { client: api.client, clock: givenClock() });
const subjects = async (count: number | 'all') => (await plan(count)).changes.map((change) => change.subject);
const deleted = () =>
  api.requests.filter(({ method }) => method === 'DELETE').map(({ path }) => path.split('/').at(-1));

describe('killing pods', () => {
  it('chooses the oldest, of this workload and at work', async () => {
    expect(await subjects(1)).toEqual(['pod/old in app-services']);
    expect(await subjects('all')).toEqual(['pod/old in app-services', 'pod/young in app-services']);
  });

  it('says what makes new ones, and needs no right to take anything back', async () => {
    const { changes, grants } = await plan(1);
    expect(changes).toEqual([
      {
        type: 'pods',
        path: '/api/v1/namespaces/app-services/pods/old',
        uid: 'old-uid',
        subject: 'pod/old in app-services',
        controller: '/apis/apps/v1/namespaces/app-services/statefulsets/postgres',
      },
    ]);
    expect(grants).toEqual([]);
  });

  it('finds those of a Deployment by its ReplicaSets', async () => {
    const web = { kind: 'deployment', namespace: 'app-services', name: 'web' } as const;
    putWorkload(api, web);
    const inside = '/apis/apps/v1/namespaces/app-services/replicasets';
    for (const [name, owner] of [
      ['web-1', 'web-1'],
      ['other-1', 'other-uid'],
    ]) {
      api.objects.set(`${inside}/${name ?? ''}`, {
        metadata: {
          name: name ?? '',
          uid: `${name ?? ''}-set`,
          labels: { app: 'web' },
          ownerReferences: [{ kind: 'Deployment', uid: owner, controller: true }],
        },
      });
    }
    const labels = { app: 'web' };
    putPod(api, 'web-a', { labels, owner: { kind: 'ReplicaSet', uid: 'web-1-set', name: 'web-1' } });
    putPod(api, 'web-b', { labels, owner: { kind: 'ReplicaSet', uid: 'other-1-set', name: 'other-1' } });

    const { changes } = await plan('all', web);

    expect(changes).toMatchObject([
      { subject: 'pod/web-a in app-services', controller: '/apis/apps/v1/namespaces/app-services/replicasets/web-1' },
    ]);
  });

  it('begins with the first that is deleted', async () => {
    const { inject } = await plan('all');
    const begun: number[] = [];
    api.objects.delete('/api/v1/namespaces/app-services/pods/young');

    await expect(inject(signal, (at) => begun.push(at))).rejects.toThrow('pod/young in app-services changed');

    expect(deleted()).toEqual(['old']);
    expect(begun).toHaveLength(1);
  });

  it('deletes exactly those that it chose', async () => {
    const { inject } = await plan(1);

    expect((await inject(signal)).detail).toBe('deleted pod/old in app-services');

    const request = api.requests.find(({ method }) => method === 'DELETE');
    expect(deleted()).toEqual(['old']);
    expect(JSON.parse(request?.body ?? '')).toMatchObject({ preconditions: { uid: 'old-uid' } });
  });

  it('does not happen when a pod is gone by then', async () => {
    const { inject } = await plan(1);
    api.objects.delete('/api/v1/namespaces/app-services/pods/old');

    await expect(inject(signal)).rejects.toThrow('pod/old in app-services changed since the drill was planned');
    expect(deleted()).toEqual([]);
  });

  it('goes on where the answer to its own deletion was lost', async () => {
    const { inject } = await plan(1);
    api.answer = (response, { method, path }) => {
      if (method !== 'DELETE') return false;
      api.objects.delete(path);
      response.destroy();
      return true;
    };

    await inject(signal);

    expect(deleted()).toEqual(['old']);
  });

  it('is refused where there are not so many, or none', async () => {
    await expect(plan(3)).rejects.toThrow('has 2 pods at work, and 3 were to be killed');
    for (const name of ['young', 'old']) api.objects.delete(`/api/v1/namespaces/app-services/pods/${name}`);
    await expect(plan('all')).rejects.toThrow('has 0 pods at work, and 1 were to be killed');
  });
});
