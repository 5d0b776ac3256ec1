import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { planScale } from '../../../src/chaos/faults/scale.js';
import { apiServer, send, type ApiServer } from '../../kubernetes/api-server.js';
import { givenClock, postgres, postgresPath, putWorkload, run, scaled, started } from '../given.js';

let api: ApiServer;
beforeEach(async () => {
  api = await apiServer();
  putWorkload(api, postgres);
});
afterEach(() => api.close());

const signal = new AbortController().signal;
const plan = (replicas = 0) =>
  planScale(
    { type: 'scale', target: postgres, replicas },
    { run, signal },
    { client: api.client, clock: givenClock() },
  );
const replicas = () => api.objects.get(`${postgresPath}/scale`)?.['spec'];

function putAutoscaler(name: string, target: string, active: string): void {
  api.objects.set(`/apis/autoscaling/v2/namespaces/app-services/horizontalpodautoscalers/${name}`, {
    metadata: { namespace: 'app-services', name, uid: `${name}-uid` },
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: target }, maxReplicas: 5 },
    status: { conditions: [{ type: 'ScalingActive', status: active }] },
  });
}

describe('a planned scaling', () => {
  it('knows all that it will change, and changes nothing', async () => {
    const { changes, grants } = await plan();

    expect(changes).toEqual([scaled]);
    expect(grants).toMatchObject([
      {
        kind: 'Role',
        metadata: { name: `drill-${run}`, namespace: 'app-services' },
        rules: [
          { resources: ['statefulsets/scale'], resourceNames: ['postgres'], verbs: ['get', 'update'] },
          { resources: ['roles'], resourceNames: [`drill-${run}`], verbs: ['delete'] },
        ],
      },
      {
        kind: 'RoleBinding',
        roleRef: { kind: 'Role', name: `drill-${run}` },
        subjects: [{ kind: 'ServiceAccount', name: 'reaper', namespace: 'platform-system' }],
      },
    ]);
    expect(api.requests.every(({ method }) => method === 'GET')).toBe(true);
  });

  it('remembers the autoscalers of the workload that are active', async () => {
    putAutoscaler('own', 'postgres', 'True');
    putAutoscaler('idle', 'postgres', 'False');
    putAutoscaler('of-another', 'redis', 'True');

    expect((await plan()).changes).toMatchObject([
      { autoscalers: ['/apis/autoscaling/v2/namespaces/app-services/horizontalpodautoscalers/own'] },
    ]);
  });

  it('reads a scale of nothing, in which the API server leaves the 0 out', async () => {
    api.objects.set(`${postgresPath}/scale`, { metadata: { uid: 'postgres-1' }, spec: {} });

    await expect(plan(0)).rejects.toThrow('statefulset/postgres in app-services has 0 replicas already');
    expect((await plan(2)).changes).toMatchObject([{ from: 0, to: 2 }]);
  });
});

describe('injecting it', () => {
  it('writes the scale, with its version', async () => {
    const { inject } = await plan();

    const begun: number[] = [];
    expect(await inject(signal, (at) => begun.push(at))).toEqual({
      detail: 'statefulset/postgres in app-services was scaled from 1 to 0',
    });
    expect(begun).toEqual([started]);
    const write = api.requests.find(({ method }) => method === 'PUT');
    expect(write?.path).toBe(`${postgresPath}/scale`);
    expect(JSON.parse(write?.body ?? '')).toMatchObject({ metadata: { resourceVersion: '1' }, spec: { replicas: 0 } });
  });

  it('reads again where only the status changed in between', async () => {
    const { inject } = await plan();
    let refusals = 0;
    api.answer = (response, { method }) => {
      if (method !== 'PUT' || refusals > 1) return false;
      refusals += 1;
      return send(response, 409, { reason: 'Conflict', message: 'the object has been modified' });
    };

    await inject(signal);

    expect(refusals).toBe(2);
    expect(replicas()).toEqual({ replicas: 0 });
  });

  it('gives up where it changes all the time', async () => {
    const { inject } = await plan();
    api.answer = (response, { method }) => method === 'PUT' && send(response, 409, { reason: 'Conflict' });

    await expect(inject(signal)).rejects.toMatchObject({
      code: 'conflict',
      message:
        'statefulset/postgres in app-services changed since the drill was planned: it changed 10 times while it was written',
    });
  });

  it('knows its own write again whose answer was lost', async () => {
    const { inject } = await plan();
    let isLost = false;
    api.answer = (response, { method }) => {
      if (method !== 'PUT' || isLost) return false;
      isLost = true;
      api.objects.set(`${postgresPath}/scale`, { metadata: { uid: 'postgres-1', resourceVersion: '2' }, spec: {} });
      response.destroy();
      return true;
    };

    expect((await inject(signal)).detail).toContain('from 1 to 0');
    expect(api.requests.filter(({ method }) => method === 'PUT')).toHaveLength(1);
  });

  it('does not take what another did for its own', async () => {
    const { inject } = await plan();
    putWorkload(api, postgres, { replicas: 0 });

    await expect(inject(signal)).rejects.toThrow('somebody set 0 replicas, it had 1');
  });

  it('leaves another object of that name alone, and one that is gone', async () => {
    const { inject } = await plan();
    putWorkload(api, postgres, { uid: 'postgres-2' });
    await expect(inject(signal)).rejects.toThrow('another object has its name');
    api.objects.delete(`${postgresPath}/scale`);
    await expect(inject(signal)).rejects.toThrow('it is gone');
  });
});
