import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { boundsOf, readAutoscaler } from '../../../src/chaos/autoscaling/autoscaler.js';
import { judgeScaling } from '../../../src/chaos/autoscaling/judge.js';
import { predictScaling } from '../../../src/chaos/autoscaling/predict.js';
import { sampleAutoscaler } from '../../../src/chaos/autoscaling/sample.js';
import type { AutoscalerSample } from '../../../src/chaos/record.js';
import { systemClock } from '../../../src/clock.js';
import type { ClusterClient } from '../../../src/kubernetes/client.js';
import { poll } from '../../../src/poll.js';
import { controlPlane, stepContext, type ControlPlane } from './control-plane.js';

const name = { namespace: 'default', name: 'images' };
const { signal } = new AbortController();
let plane: ControlPlane;
let client: ClusterClient;

beforeAll(async () => {
  plane = await controlPlane('scaling');
  await plane.provider.create(stepContext());
  client = await plane.client();
});
afterAll(() => plane.dispose());

async function makeDeployment(): Promise<void> {
  const labels = { app: 'images' };
  const resources = { requests: { cpu: '50m' } };
  await client.apply({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: name,
    spec: {
      selector: { matchLabels: labels },
      template: {
        // Four times what each of its pods requests, as long as it lives.
        metadata: { labels, annotations: { 'platform.dev/simulated-cpu': '200m' } },
        spec: { containers: [{ name: 'main', image: 'registry.example/images:1', resources }] },
      },
    },
  } as never);
}

async function makeAutoscaler(): Promise<void> {
  await client.apply({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: name,
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'images' },
      minReplicas: 1,
      maxReplicas: 3,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } },
      ],
    },
  } as never);
}

describe('a real autoscaler', () => {
  it('is not there before it is made', async () => {
    await expect(readAutoscaler(client, name, signal)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('is sampled from not knowing its pods to the last replica, as it was predicted', async () => {
    await makeAutoscaler();
    // After it, so that its first look finds no pod that was measured twice.
    await makeDeployment();
    const samples: AutoscalerSample[] = [];
    const look = async () => {
      const sample = await sampleAutoscaler(client, await readAutoscaler(client, name, signal), systemClock, signal);
      samples.push(sample);
      return sample.ready === 3 && sample.current === 3 && sample.cpu !== undefined ? sample : undefined;
    };

    const last = await poll(AbortSignal.timeout(240_000), systemClock, 1_000, look);

    expect(last).toMatchObject({ desired: 3, current: 3, ready: 3, target: 70 });
    // It is measured as real usage is: as a difference over a time.
    expect(last.cpu).toBeGreaterThan(350);
    // Until metrics-server has measured the first pod twice.
    const first = samples.find(({ conditions }) => conditions.length > 0);
    expect(first?.conditions).toEqual([expect.stringMatching(/^ScalingActive=False \(FailedGetResourceMetric\)$/)]);
    expect(first).not.toHaveProperty('cpu');
    const live = await readAutoscaler(client, name, signal);
    const prediction = predictScaling(live, { original: 1 });
    expect(prediction.up.map(({ replicas }) => replicas)).toEqual([3]);
    const bounds = boundsOf(live);
    const marks = { faultAt: first?.at ?? 0, loadEndedAt: last.at, endedAt: last.at };
    // It wants 0 until it has measured for the first time.
    const known = samples.filter(({ desired }) => desired > 0);
    const evidence = { samples: known, bounds, boundsAfter: bounds, prediction, load: [], slackMs: 120_000, marks };
    expect(judgeScaling(evidence)).toMatchObject({ original: 1, wanted: 3, path: [1, 3], peak: 3 });
  }, 300_000);
});
