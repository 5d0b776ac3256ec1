import { describe, expect, it } from 'vitest';
import type { Change, Restored } from '../../../assets/apps/src/reaper/intent.js';
import { changesInPlace, closeGrants, restoreAll, restoreChange } from '../../../assets/apps/src/reaper/restore.js';
import { fakeApi } from './api.js';
import { cut, intentOf, rolePath, scaledToZero, scaleOf, scalePath } from './given.js';

describe('taking a scale back', () => {
  const restore = (api: ReturnType<typeof fakeApi>, change: Change = scaledToZero) => restoreChange(change, 'a1', api);

  it('sets the replicas that there were, also where the API server leaves the 0 out', async () => {
    const api = fakeApi({ [scalePath]: scaleOf(0) });
    expect(await restore(api)).toEqual({
      subject: scaledToZero.subject,
      outcome: 'restored',
      detail: '1 replica again',
    });
    expect(api.objects.get(scalePath)?.spec).toEqual({ replicas: 1 });
    expect(await restore(api)).toMatchObject({ outcome: 'as-it-was', detail: '1 replica' });
    expect(api.writes).toEqual([`PUT ${scalePath}`]);
  });

  it('leaves alone what somebody else set, and says the number', async () => {
    const api = fakeApi({ [scalePath]: scaleOf(3) });
    expect(await restore(api)).toMatchObject({ outcome: 'foreign', detail: 'somebody set 3 replicas' });
    expect(api.writes).toEqual([]);
  });

  it('leaves alone what has the name of what is gone', async () => {
    const api = fakeApi({ [scalePath]: scaleOf(0, 'another') });
    expect(await restore(api)).toMatchObject({ outcome: 'replaced' });
    expect(await restore(fakeApi())).toMatchObject({ outcome: 'gone' });
    expect(api.writes).toEqual([]);
  });

  it('looks again when somebody was faster, and respects what they did', async () => {
    const api = fakeApi({ [scalePath]: scaleOf(0) });
    api.before = (call) => {
      if (!call.startsWith('PUT')) return;
      api.before = () => undefined;
      api.edit(scalePath, scaleOf(2));
    };
    expect(await restore(api)).toMatchObject({ outcome: 'foreign', detail: 'somebody set 2 replicas' });
    expect(api.writes).toEqual([]);
  });

  it('tries again when only something else of it has changed', async () => {
    const api = fakeApi({ [scalePath]: scaleOf(0) });
    let changes = 0;
    api.before = (call) => {
      if (call.startsWith('PUT') && (changes += 1) < 3) api.edit(scalePath, scaleOf(0));
    };
    expect(await restore(api)).toMatchObject({ outcome: 'restored' });
  });

  it('does not claim to have restored what changes without an end', async () => {
    const api = fakeApi({ [scalePath]: scaleOf(0) });
    api.before = (call) => {
      if (call.startsWith('PUT')) api.edit(scalePath, scaleOf(0));
    };
    await expect(restore(api)).rejects.toThrow('statefulset/postgres in app-services changed 10 times');
  });

  it('is gone when it is deleted in between', async () => {
    const api = fakeApi({ [scalePath]: scaleOf(0) });
    api.before = (call) => {
      if (call.startsWith('PUT')) api.objects.delete(scalePath);
    };
    expect(await restore(api)).toMatchObject({ outcome: 'gone' });
  });
});

describe('taking an object back', () => {
  const labelled = (run?: string) => ({
    metadata: { name: 'drill-a1', uid: 'uid-cut', labels: run === undefined ? {} : { 'platform.dev/run': run } },
  });

  it('deletes it', async () => {
    const api = fakeApi({ [cut.path]: labelled('a1') });
    expect(await restoreChange(cut, 'a1', api)).toMatchObject({ outcome: 'restored', detail: 'deleted' });
    expect(api.objects.size).toBe(0);
    expect(await restoreChange(cut, 'a1', api)).toMatchObject({ outcome: 'as-it-was' });
  });

  it('deletes nothing of another run, or of nobody', async () => {
    for (const [run, detail] of [
      ['b2', 'it is of the run b2'],
      [undefined, 'it is of no drill'],
    ] as const) {
      const api = fakeApi({ [cut.path]: labelled(run) });
      expect(await restoreChange(cut, 'a1', api)).toMatchObject({ outcome: 'replaced', detail });
      expect(api.writes).toEqual([]);
    }
  });

  it('does not delete one that took its name in that moment', async () => {
    const api = fakeApi({ [cut.path]: labelled('a1') });
    api.before = (call) => {
      if (call.startsWith('DELETE')) api.edit(cut.path, { metadata: { name: 'drill-a1', uid: 'another' } });
    };
    expect(await restoreChange(cut, 'a1', api)).toMatchObject({ outcome: 'replaced' });
    expect(api.objects.size).toBe(1);
  });
});

describe('taking a cordon back', () => {
  const path = '/api/v1/nodes/worker';
  const cordon = (from: boolean): Change => ({ type: 'cordon', path, uid: 'uid-worker', subject: 'node/worker', from });
  const node = (unschedulable?: boolean, uid = 'uid-worker') => ({
    metadata: { name: 'worker', uid },
    spec: { podCIDR: '10.0.0.0/24', ...(unschedulable !== undefined && { unschedulable }) },
  });

  it('lets the node take pods again and changes nothing else of it', async () => {
    const api = fakeApi({ [path]: node(true) });
    expect(await restoreChange(cordon(false), 'a1', api)).toMatchObject({ outcome: 'restored' });
    expect(api.objects.get(path)?.spec).toEqual({ podCIDR: '10.0.0.0/24' });
    expect(await restoreChange(cordon(false), 'a1', api)).toMatchObject({ outcome: 'as-it-was' });
  });

  it('leaves a node cordoned that was so before', async () => {
    const api = fakeApi({ [path]: node(true) });
    expect(await restoreChange(cordon(true), 'a1', api)).toMatchObject({ outcome: 'as-it-was' });
    expect(api.writes).toEqual([]);
  });

  it('does not cordon again what somebody has opened, nor touch another node of that name', async () => {
    expect(await restoreChange(cordon(true), 'a1', fakeApi({ [path]: node() }))).toMatchObject({ outcome: 'foreign' });
    const other = fakeApi({ [path]: node(true, 'another') });
    expect(await restoreChange(cordon(false), 'a1', other)).toMatchObject({ outcome: 'replaced' });
    expect(await restoreChange(cordon(false), 'a1', fakeApi())).toMatchObject({ outcome: 'gone' });
  });
});

describe('taking an annotation back', () => {
  const collection = '/api/v1/namespaces/app-services/pods';
  const key = 'platform.dev/cpu';
  const change: Change = {
    type: 'annotation',
    collection,
    labelSelector: 'app=images',
    key,
    subject: 'load on images',
  };
  const pod = (name: string, annotations: Readonly<Record<string, string>>, app = 'images') => ({
    metadata: { name, uid: `uid-${name}`, labels: { app }, annotations },
  });

  it('removes it from every pod that has it, and nothing else', async () => {
    const api = fakeApi({
      [`${collection}/a`]: pod('a', { [key]: '400m', other: 'stays' }),
      [`${collection}/b`]: pod('b', { [key]: '400m' }),
      [`${collection}/c`]: pod('c', {}),
      [`${collection}/d`]: pod('d', { [key]: '1' }, 'auth'),
    });
    expect(await restoreChange(change, 'a1', api)).toMatchObject({
      outcome: 'restored',
      detail: 'removed from 2 pods',
    });
    expect(api.objects.get(`${collection}/a`)?.metadata?.annotations).toEqual({ other: 'stays' });
    expect(api.objects.get(`${collection}/d`)?.metadata?.annotations).toEqual({ [key]: '1' });
    expect(api.writes).toHaveLength(2);
    expect(await restoreChange(change, 'a1', api)).toMatchObject({ outcome: 'as-it-was' });
  });

  it('looks at the pods again when one has changed or has gone', async () => {
    const api = fakeApi({
      [`${collection}/a`]: pod('a', { [key]: '1' }),
      [`${collection}/b`]: pod('b', { [key]: '1' }),
    });
    api.before = (call) => {
      if (!call.startsWith('PATCH')) return;
      api.before = () => undefined;
      api.edit(`${collection}/a`, pod('a', { [key]: '2' }));
      api.objects.delete(`${collection}/b`);
    };
    expect(await restoreChange(change, 'a1', api)).toMatchObject({ outcome: 'restored', detail: 'removed from 1 pod' });
    expect(api.objects.get(`${collection}/a`)?.metadata?.annotations).toEqual({});
  });
});

describe('taking a whole drill back', () => {
  const pods: Change = { type: 'pods', path: '/api/v1/namespaces/a/pods/a', uid: 'u', subject: 'pod/a in a' };
  const labels = { 'platform.dev/run': 'a1' };
  const given = () => fakeApi({ [scalePath]: scaleOf(0), [cut.path]: { metadata: { uid: 'uid-cut', labels } } });
  const intent = intentOf([scaledToZero, pods, cut]);

  it('begins with the last change', async () => {
    const api = given();
    expect(await restoreAll(intent, api)).toMatchObject([
      { subject: cut.subject, outcome: 'restored' },
      { subject: pods.subject, outcome: 'as-it-was' },
      { subject: scaledToZero.subject, outcome: 'restored' },
    ]);
    expect(api.writes).toEqual([`DELETE ${cut.path}`, `PUT ${scalePath}`]);
  });

  it('goes on after a failure, says it, and does the rest when it is called again', async () => {
    const api = given();
    api.before = (call) => {
      if (call === `DELETE ${cut.path}`) throw new Error('etcd is away');
    };
    const done = new Map<Change, Restored>();
    await expect(restoreAll(intent, api, done)).rejects.toThrow('etcd is away');
    expect(api.objects.get(scalePath)?.spec).toEqual({ replicas: 1 });
    // An autoscaler has gone on meanwhile.
    api.edit(scalePath, scaleOf(4));

    api.before = () => undefined;
    expect(await restoreAll(intent, api, done)).toMatchObject([
      { subject: cut.subject, outcome: 'restored' },
      { outcome: 'as-it-was' },
      { subject: scaledToZero.subject, outcome: 'restored', detail: '1 replica again' },
    ]);
  });

  it('can be proven by what there is, not by what was done', async () => {
    const api = given();
    expect(await changesInPlace(intent, api)).toEqual([scaledToZero.subject, cut.subject]);
    await restoreAll(intent, api);
    expect(await changesInPlace(intent, api)).toEqual([]);
    api.edit(scalePath, scaleOf(0));
    expect(await changesInPlace(intent, api)).toEqual([scaledToZero.subject]);
  });

  it('ends with the rights that were given for it', async () => {
    const api = fakeApi({ [rolePath]: {} });
    await closeGrants(intent, api);
    await closeGrants(intent, api);
    expect(api.objects.size).toBe(0);
  });
});
