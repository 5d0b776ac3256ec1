import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/clock.js';
import type { Drill } from '../../../src/chaos/drill.js';
import { apiServerOffset } from '../../../src/chaos/observe/offsets.js';
import { startObserving } from '../../../src/chaos/observe/observer.js';
import type { TargetSample } from '../../../src/chaos/record.js';
import type { World } from '../../../src/chaos/world.js';
import type { ClusterClient } from '../../../src/kubernetes/client.js';
import { systemProcesses } from '../../../src/process.js';
import { withoutFile } from '../../../src/usecases/environment-of-record.js';
import { controlPlane, eventually, stepContext, type ControlPlane } from './control-plane.js';

const workload = (name: string, replicas: number) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'default' },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name, tier: 'data' } },
      spec: { containers: [{ name, image: 'registry.example.test/none:1' }] },
    },
  },
});

const service = (name: string, spec: object) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'default' },
  spec: { ports: [{ port: 80 }], ...spec },
});

describe('watching the target of a drill', () => {
  let plane: ControlPlane;
  let client: ClusterClient;

  beforeAll(async () => {
    plane = await controlPlane('observe');
    await plane.provider.create(stepContext());
    client = await plane.client();
  });
  afterAll(() => plane.dispose());

  const pathOf = (name: string) => `/apis/apps/v1/namespaces/default/deployments/${name}`;
  const scale = (name: string, replicas: number) =>
    client.replace(`${pathOf(name)}/scale`, {
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: { name, namespace: 'default' },
      spec: { replicas },
    });

  function world(): World {
    return {
      environment: withoutFile('observe'),
      provider: plane.provider,
      client,
      monitoring: undefined,
      clock: systemClock,
      processes: systemProcesses(),
      tool: () => Promise.reject(new Error('no tool is needed')),
      probe: () => Promise.reject(new Error('nobody is asked')),
    };
  }

  function observe(name: string, replicas = 0) {
    const target = { kind: 'deployment', namespace: 'default', name } as const;
    const drill: Drill = {
      name: 'down',
      summary: 'It is gone',
      origin: 'test',
      fault: { type: 'scale', target, replicas },
      expect: { alerts: [], mayFire: [] },
      budgets: {},
      holdMs: 0,
    };
    const options = { onFact: () => undefined, faultAt: () => undefined };
    const observer = startObserving(drill, world(), options, new AbortController().signal);
    onTestFinished(() => observer.stop());
    const last = () => observer.observations.target.at(-1);
    const sees = (wanted: Partial<TargetSample>) =>
      eventually(() => Promise.resolve(matches(last(), wanted) ? last() : undefined));
    const incident = (pattern: RegExp) =>
      eventually(() => Promise.resolve(observer.observations.incidents.find(({ message }) => pattern.test(message))));
    return { observer, sees, incident };
  }

  function matches(sample: TargetSample | undefined, wanted: Partial<TargetSample>): boolean {
    return (
      sample !== undefined &&
      Object.entries(wanted).every(([key, value]) => Object.entries(sample).some(([k, v]) => k === key && v === value))
    );
  }

  it('sees its endpoints go and come back, each pod once', async () => {
    await client.apply(workload('shop', 2));
    await client.apply(service('shop', { selector: { app: 'shop' } }));
    await client.apply(service('shop-data', { selector: { tier: 'data', app: 'shop' } }));
    await client.apply(
      service('shop-peers', { selector: { app: 'shop' }, clusterIP: 'None', publishNotReadyAddresses: true }),
    );
    await client.apply(service('other', { selector: { app: 'other' } }));
    const { sees, observer } = observe('shop');

    await sees({ wanted: 2, ready: 2, endpoints: 2 });
    await scale('shop', 0);
    await sees({ wanted: 0, ready: 0, endpoints: 0 });
    await scale('shop', 2);
    await sees({ wanted: 2, ready: 2, endpoints: 2 });

    const moments = observer.observations.target.map(({ at }) => at);
    expect(moments).toEqual([...moments].sort((one, other) => one - other));
    expect(observer.observations.incidents).toEqual([]);
    expect(observer.observations.silences).toEqual([]);
  });

  it('has no endpoints to tell of where no Service selects it', async () => {
    await client.apply(workload('worker', 1));
    const { sees } = observe('worker');
    expect(await sees({ wanted: 1, ready: 1 })).not.toHaveProperty('endpoints');
  });

  it('says that somebody else scaled it, replaced it or deleted it', async () => {
    await client.apply(workload('cache', 1));
    const { sees, incident } = observe('cache');
    await sees({ wanted: 1 });
    await scale('cache', 3);
    expect(await incident(/3 replicas/)).toMatchObject({
      message: 'somebody else set deployment/cache in default to 3 replicas',
    });
    await client.delete(pathOf('cache'));
    await incident(/^deployment\/cache in default was deleted$/);
    await client.apply(workload('cache', 1));
    await incident(/^deployment\/cache in default was replaced by another one$/);
  });

  it('finds the clock of the API server to be ours, to a second', async () => {
    const { ms, uncertaintyMs } = await apiServerOffset(client, systemClock, new AbortController().signal);
    expect(ms).toBe(0);
    expect(uncertaintyMs).toBeGreaterThanOrEqual(500);
    const left = await client.list('/api/v1/namespaces/default/configmaps');
    expect(left.filter(({ metadata }) => metadata.name.startsWith('platform-clock-'))).toEqual([]);
  });

  it('writes down that the API server was away, and goes on', async () => {
    await client.apply(workload('steady', 1));
    const { sees, observer } = observe('steady');
    await sees({ wanted: 1, ready: 1 });
    await plane.kill('kube-apiserver');
    await eventually(() => Promise.resolve(observer.observations.silences[0]));
    await plane.provider.start(stepContext());
    await scale('steady', 0);
    await sees({ wanted: 0, ready: 0 });
    const [silence] = observer.observations.silences;
    expect(silence).toMatchObject({ who: 'api-server' });
    expect(silence?.error).toMatch(/does not answer/);
    expect(observer.observations.incidents).toEqual([]);
  });
});
