import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LoadFault } from '../../../src/chaos/drill.js';
import { planFault } from '../../../src/chaos/faults/plan-fault.js';
import { planSimulatedLoad } from '../../../src/chaos/faults/simulated-load.js';
import { apiServer, type ApiServer } from '../../kubernetes/api-server.js';
import { givenClock, postgres, putPod, putWorkload, run, started } from '../given.js';

let api: ApiServer;
beforeEach(async () => {
  api = await apiServer();
  putWorkload(api, postgres);
});
afterEach(() => api.close());

const key = 'platform.dev/simulated-cpu';
const signal = new AbortController().signal;
const fault = (ratePerSecond: number, cpuMs: number): LoadFault => ({
  ...{ type: 'load', url: 'https://web.test/', target: postgres, requests: 1, workers: 1, tool: 'hey', atMostMs: 1 },
  simulated: { ratePerSecond, cpuMs },
});
const plan = (given: LoadFault, clock = givenClock()) =>
  planSimulatedLoad(given, { run, signal }, { client: api.client, clock });
const cpu = (pod: string) =>
  (
    api.objects.get(`/api/v1/namespaces/app-services/pods/${pod}`)?.metadata?.['annotations'] as
      Record<string, string> | undefined
  )?.[key];

/** Lets the sharing go on for a while. */
const untilShared = async (pod: string, value: string) => {
  while (cpu(pod) !== value) await new Promise((resolve) => setTimeout(resolve, 1));
};

describe('a simulated load', () => {
  it('is what the requests cost, shared among the pods that are ready', async () => {
    putPod(api, 'one');
    putPod(api, 'two');
    putPod(api, 'starting', { ready: false });
    const { changes, inject } = await plan(fault(250, 4));

    const begun: number[] = [];
    const { end } = await inject(signal, (at) => begun.push(at));
    await end?.();

    expect(begun).toEqual([started]);
    expect(changes).toEqual([
      {
        ...{ type: 'annotation', collection: '/api/v1/namespaces/app-services/pods', labelSelector: 'app=postgres' },
        ...{ key, subject: 'simulated load on statefulset/postgres in app-services' },
      },
    ]);
    const patches = api.requests.filter(({ method }) => method === 'PATCH').slice(0, 2);
    expect(patches.map(({ path, body }) => `${path.split('/').at(-1) ?? ''} ${body}`).sort()).toEqual([
      `one {"metadata":{"uid":"one-uid","annotations":{"${key}":"500m"}}}`,
      `two {"metadata":{"uid":"two-uid","annotations":{"${key}":"500m"}}}`,
    ]);
    expect([cpu('one'), cpu('two'), cpu('starting')]).toEqual(['500m', '500m', undefined]);
  });

  it('is shared anew when there are more pods, and outlives an API server that is away', async () => {
    putPod(api, 'one');
    const { inject } = await plan(fault(100, 3));
    const { end } = await inject(signal);
    expect(cpu('one')).toBe('300m');
    let refusals = 0;
    api.answer = (response) => {
      if (refusals === 3) return false;
      refusals += 1;
      response.destroy();
      return true;
    };

    putPod(api, 'two');
    await untilShared('two', '150m');
    await untilShared('one', '150m');
    await end?.();

    expect(refusals).toBe(3);
    // It ends with what was written last; taking that back is the work of whoever takes the fault back.
    expect([cpu('one'), cpu('two')]).toEqual(['150m', '150m']);
  });

  it('is refused where the pods have an annotation of their own', async () => {
    putWorkload(api, postgres, { annotations: { [key]: '5m' } });
    await expect(plan(fault(1, 1))).rejects.toThrow('have a simulated processor time of their own');
  });

  it('is nothing in the cluster where pods are real', async () => {
    const provider = { name: 'kind', simulation: undefined } as const;
    const real = await planFault(fault(1, 1), run, { client: api.client, clock: givenClock(), provider }, signal);
    expect({ changes: real.changes, grants: real.grants }).toEqual({ changes: [], grants: [] });
    const begun: number[] = [];
    expect(await real.inject(signal, (at) => begun.push(at))).toEqual({
      detail: 'the load began, made from this machine',
    });
    expect(begun).toEqual([started]);
    expect(api.requests).toEqual([]);
  });
});
