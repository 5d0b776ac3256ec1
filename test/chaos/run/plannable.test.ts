import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Drill } from '../../../src/chaos/drill.js';
import { plannable } from '../../../src/chaos/run/plannable.js';
import type { World } from '../../../src/chaos/world.js';
import { apiServer, type ApiServer } from '../../kubernetes/api-server.js';
import { givenClock, postgres, putPod, putWorkload } from '../given.js';

let api: ApiServer;
beforeEach(async () => {
  api = await apiServer();
  putWorkload(api, postgres);
  putPod(api, 'postgres-0', { labels: { app: 'postgres' } });
});
afterEach(() => api.close());

const drill: Drill = {
  ...{ name: 'cut', summary: 'Cut', origin: 'platform.yaml', budgets: {}, holdMs: 0 },
  fault: { type: 'cut', target: postgres, direction: 'ingress', connections: 'keep' },
  expect: { alerts: [], mayFire: [] },
};
const world = () => ({ client: api.client, clock: givenClock(), provider: { name: 'kind' } }) as unknown as World;
const found = (signal = new AbortController().signal) => plannable(drill, world(), signal);

describe('whether a fault could be made', () => {
  it('says nothing where it could, and changes nothing', async () => {
    const before = [...api.objects.keys()];
    expect(await found()).toEqual([]);
    expect([...api.objects.keys()]).toEqual(before);
  });

  it('refuses what the world does not allow, with what to do', async () => {
    api.objects.set('/apis/networking.k8s.io/v1/namespaces/app-services/networkpolicies/open', {
      metadata: { name: 'open' },
      spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: [{}] },
    });
    expect(await found()).toEqual([
      {
        check: 'fault',
        level: 'refused',
        link: 'fault',
        message:
          'the network of statefulset/postgres in app-services cannot be cut: policies of Kubernetes only add to each other, and open lets traffic through',
        fix: [expect.stringContaining('calico'), expect.stringContaining('aim the drill')],
      },
    ]);
  });

  it('does not take a question that was broken off for an answer', async () => {
    await expect(found(AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped');
  });
});
