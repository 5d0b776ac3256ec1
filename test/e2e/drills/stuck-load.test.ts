import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { edit } from '../edit.js';
import { drilled, namespace, recordOf, service, type Drilled } from './drilled.js';

// Metrics come every 15 s and the controller looks every 15 s: what is asked here of a real one takes its time.
const slow = { timeout: 120_000, interval: 500 };
const path = `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers/pictures`;
const fault = { load: 'https://pictures.stuck.localhost/', of: 'deployment/pictures', namespace, atMost: '2m' };

interface Autoscaler {
  readonly spec: object;
  readonly status: {
    readonly desiredReplicas: number;
    readonly conditions: readonly { readonly type: string; readonly status: string }[];
  };
}

describe('an autoscaler that does not come down', () => {
  let world: Drilled;
  beforeAll(async () => {
    const behavior = { scaleDown: { stabilizationWindowSeconds: 15 } };
    const autoscaling = { minReplicas: 2, maxReplicas: 5, cpu: 70, behavior };
    world = await drilled({
      name: 'stuck',
      releases: { pictures: service({}, { autoscaling, resources: { requests: { cpu: '50m' } } }) },
      drills: { grow: { fault, expect: { autoscaler: { name: 'pictures' } } } },
    });
  });
  afterAll(() => world.dispose());

  const autoscaler = () => world.client.get<Autoscaler>(path);
  const isActive = async () =>
    (await autoscaler())?.status.conditions.find(({ type }) => type === 'ScalingActive')?.status;

  it(
    'is a weakness, as soon as it is late',
    async () => {
      await expect.poll(isActive, slow).toBe('True');
      const running = world.run('grow');
      await expect.poll(async () => (await autoscaler())?.status.desiredReplicas, slow).toBe(5);
      // Less than what idle pods use: there is always too much to do.
      const target = { type: 'Utilization', averageUtilization: 5 };
      const metrics = [{ type: 'Resource', resource: { name: 'cpu', target } }];
      await edit<{ spec: object }>(world.client, path, ({ spec }) => ({ spec: { ...spec, metrics } }));

      const document = await running;

      const { verdict, scaling } = recordOf(document);
      expect(scaling).toMatchObject({ path: [2, 5], final: 5, status: 'weak' });
      expect(verdict.outcome).toBe('weakness');
      expect(verdict.summary).toMatch(/^the autoscaler did not do what is expected: it was stuck at 5 replicas 1m /);
      expect(document.exitCode).toBe(7);
      expect(await world.leftovers()).toEqual([]);
    },
    // Up, and then as long as it is predicted to come down, and half a minute more.
    420_000,
  );
});
