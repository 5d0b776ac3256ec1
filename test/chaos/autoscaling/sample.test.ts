import { describe, expect, it } from 'vitest';
import { readAutoscaler } from '../../../src/chaos/autoscaling/autoscaler.js';
import { sampleAutoscaler } from '../../../src/chaos/autoscaling/sample.js';
import { autoscaler } from './given.js';

const paths = {
  autoscaler: '/apis/autoscaling/v2/namespaces/app-services/horizontalpodautoscalers/images',
  target: '/apis/apps/v1/namespaces/app-services/deployments/images',
};
const clock = { now: () => 1000, sleep: () => Promise.resolve() };
const name = { namespace: 'app-services', name: 'images' };

async function sample(objects: Record<string, unknown>) {
  const client = { get: <T>(path: string) => Promise.resolve(objects[path] as T | undefined) };
  const { signal } = new AbortController();
  return sampleAutoscaler(client, await readAutoscaler(client, name, signal), clock, signal);
}

describe('sampling an autoscaler', () => {
  it('takes its numbers, the processor time, and what of its target is ready', async () => {
    const status = {
      currentReplicas: 4,
      desiredReplicas: 6,
      currentMetrics: [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 182 } } }],
      conditions: [{ type: 'ScalingActive', status: 'True', reason: 'ValidMetricFound' }],
    };
    expect(
      await sample({ [paths.autoscaler]: autoscaler({}, status), [paths.target]: { status: { readyReplicas: 3 } } }),
    ).toEqual({ at: 1000, desired: 6, current: 4, ready: 3, cpu: 182, target: 70, conditions: [] });
  });

  it('says no processor time where it is not known, and counts no pods of a target that is gone', async () => {
    const found = await sample({ [paths.autoscaler]: { ...autoscaler(), status: { currentMetrics: null } } });
    expect(found).toEqual({ at: 1000, desired: 0, current: 0, ready: 0, target: 70, conditions: [] });
  });

  it.each([
    ['AbleToScale', 'True', 'ReadyForNewScale', []],
    ['AbleToScale', 'True', 'SucceededRescale', []],
    ['AbleToScale', 'True', 'ScaleDownStabilized', ['AbleToScale=True (ScaleDownStabilized)']],
    ['AbleToScale', 'False', 'FailedUpdateScale', ['AbleToScale=False (FailedUpdateScale)']],
    ['ScalingActive', 'False', 'FailedGetResourceMetric', ['ScalingActive=False (FailedGetResourceMetric)']],
    ['ScalingActive', 'Unknown', undefined, ['ScalingActive=Unknown']],
    ['ScalingLimited', 'False', 'DesiredWithinRange', []],
    ['ScalingLimited', 'True', 'TooFewReplicas', []],
    ['ScalingLimited', 'True', 'ScaleUpLimit', ['ScalingLimited=True (ScaleUpLimit)']],
    ['ScalingLimited', 'True', 'TooManyReplicas', ['ScalingLimited=True (TooManyReplicas)']],
  ])('takes of the condition %s=%s (%s) %j', async (type, status, reason, expected) => {
    const condition = { type, status, ...(reason !== undefined && { reason }) };
    const { conditions } = await sample({ [paths.autoscaler]: autoscaler({}, { conditions: [condition] }) });
    expect(conditions).toEqual(expected);
  });

  it('fails where there is none', async () => {
    await expect(sample({})).rejects.toMatchObject({
      code: 'conflict',
      message: 'there is no autoscaler images in app-services',
    });
  });
});
