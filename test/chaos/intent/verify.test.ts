import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Change } from '../../../assets/apps/src/reaper/intent.js';
import { awaitAsBefore } from '../../../src/chaos/intent/verify.js';
import { apiServer, type ApiServer } from '../../kubernetes/api-server.js';
import { givenClock, intent, postgres, postgresPath, putPod, putWorkload, scaled } from '../given.js';

let api: ApiServer;
let clock = givenClock();
let waited: string[] = [];
beforeEach(async () => {
  api = await apiServer();
  clock = givenClock();
  waited = [];
  putWorkload(api, postgres);
});
afterEach(() => api.close());

const autoscaler = '/apis/autoscaling/v2/namespaces/app-services/horizontalpodautoscalers/postgres';
const withAutoscaler = { ...scaled, autoscalers: [autoscaler] } as Change;
const putAutoscaler = (status: string, reason: string) =>
  api.objects.set(autoscaler, {
    metadata: { name: 'postgres' },
    status: { conditions: [{ type: 'ScalingActive', status, reason }] },
  });

function differences(changes: readonly Change[] = [scaled], withinMs = 10_000): Promise<readonly string[]> {
  const signal = new AbortController().signal;
  const onWaiting = (what: string) => waited.push(what);
  return awaitAsBefore(intent(changes), { client: api.client, clock, signal, withinMs, onWaiting });
}

describe('what was recorded against what is now', () => {
  it('is the same where all is as before', async () => {
    putAutoscaler('True', 'ValidMetricFound');
    const all: readonly Change[] = [
      withAutoscaler,
      { type: 'object', path: '/apis/networking.k8s.io/v1/namespaces/a/networkpolicies/x', subject: 'x' },
      {
        type: 'annotation',
        collection: '/api/v1/namespaces/app-services/pods',
        labelSelector: '',
        key: 'k',
        subject: 'load',
      },
    ];
    expect(await differences(all)).toEqual([]);
    expect(waited).toEqual([]);
  });

  it('waits for pods and says so once, then for the autoscaler', async () => {
    putWorkload(api, postgres, { ready: 0 });
    putAutoscaler('False', 'ScalingDisabled');
    let looks = 0;
    api.answer = (_response, { path }) => {
      looks += path === postgresPath ? 1 : 0;
      if (looks === 3) putWorkload(api, postgres);
      if (looks === 5) putAutoscaler('True', 'ValidMetricFound');
      return false;
    };
    expect(await differences([withAutoscaler])).toEqual([]);
    expect(waited).toEqual([
      'statefulset/postgres in app-services has 0 of 1 pods ready',
      'the autoscaler postgres is not active: ScalingDisabled',
    ]);
    expect(clock.slept).toEqual([1_000, 1_000, 1_000, 1_000]);
  });

  it('ends with what is left after its time', async () => {
    putWorkload(api, postgres, { ready: 0 });
    expect(await differences([scaled], 3_000)).toEqual(['statefulset/postgres in app-services has 0 of 1 pods ready']);
    expect(clock.slept).toHaveLength(3);
  });

  it('does not wait for what time does not heal', async () => {
    putWorkload(api, postgres, { replicas: 3 });
    expect(await differences()).toEqual(['statefulset/postgres in app-services wants 3 replicas, not 1']);
    putWorkload(api, postgres, { uid: 'postgres-2' });
    expect(await differences()).toEqual(['statefulset/postgres in app-services is another object of that name']);
    api.objects.delete(postgresPath);
    expect(await differences()).toEqual(['statefulset/postgres in app-services is gone']);
    expect(clock.slept).toEqual([]);
  });

  it('lets an active autoscaler go on from where it was brought back to', async () => {
    putAutoscaler('True', 'ValidMetricFound');
    putWorkload(api, postgres, { replicas: 3 });
    expect(await differences([withAutoscaler])).toEqual([]);
  });

  it('sees what is left of a drill', async () => {
    const policy = '/apis/networking.k8s.io/v1/namespaces/a/networkpolicies/x';
    api.objects.set(policy, { metadata: { name: 'x' } });
    api.objects.set('/api/v1/nodes/one', { metadata: { name: 'one', uid: '1' }, spec: { unschedulable: true } });
    putPod(api, 'busy', { annotations: { k: '1' } });
    const left: readonly Change[] = [
      { type: 'object', path: policy, subject: 'networkpolicy/x in a' },
      { type: 'cordon', path: '/api/v1/nodes/one', uid: '1', subject: 'node/one', from: false },
      {
        type: 'annotation',
        collection: '/api/v1/namespaces/app-services/pods',
        labelSelector: 'app=postgres',
        key: 'k',
        subject: 'load',
      },
    ];
    expect(await differences(left)).toEqual([
      'networkpolicy/x in a is still there',
      'node/one takes no new pods',
      'load is still on 1 pods',
    ]);
  });

  it('looks at what makes new pods, once for all of them', async () => {
    putWorkload(api, postgres, { ready: 0 });
    const pods = (name: string): Change => ({
      type: 'pods',
      path: `/p/${name}`,
      uid: name,
      subject: name,
      controller: postgresPath,
    });
    expect(await differences([pods('a'), pods('b')], 0)).toEqual([
      'statefulset/postgres in app-services has 0 of 1 pods ready',
    ]);
  });

  it('waits for an API server that is away', async () => {
    let failures = 2;
    api.answer = (response) => {
      if (failures === 0) return false;
      failures -= 1;
      response.destroy();
      return true;
    };
    expect(await differences()).toEqual([]);
    expect(waited).toEqual([expect.stringContaining('does not answer')]);
  });
});
