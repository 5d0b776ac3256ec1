import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Autoscaler } from '../../../src/chaos/autoscaling/autoscaler.js';
import { predictScaling } from '../../../src/chaos/autoscaling/predict.js';
import { asset } from '../../../src/paths.js';
import { autoscaler } from './given.js';

type Behavior = Autoscaler['spec']['behavior'];

/** `10@45`: 10 replicas after 45 seconds. */
function predicted(given: Autoscaler, original = 2, metricsResolutionMs?: number) {
  const resolution = metricsResolutionMs === undefined ? {} : { metricsResolutionMs };
  const { up, down, peak, because } = predictScaling(given, { original, ...resolution });
  const short = (steps: typeof up) =>
    steps.map(({ afterMs, replicas }) => `${String(replicas)}@${String(afterMs / 1000)}`).join(' ');
  return { up: short(up), down: short(down), peak, because };
}

describe('predicting what an autoscaler does', () => {
  it('computes the steps of the images release from its own values', () => {
    const file = readFileSync(asset('helm-values', 'images', 'values.yaml'), 'utf8');
    const { autoscaling } = parse(file) as { autoscaling: Omit<Autoscaler['spec'], 'metrics'> };
    const { minReplicas, maxReplicas, behavior } = autoscaling;

    const { up, down, peak, because } = predicted(autoscaler({ minReplicas, maxReplicas, behavior }));

    // Two measurements and a sync; then 2 + 8, then at most 10 + 8 and 10 × 2.
    expect(up).toBe('10@45 18@60');
    // The window of 120 s after the last measurement of the load; then half of 18, of 9 rounded down, the minimum.
    expect(down).toBe('9@150 4@180 2@210');
    expect(peak).toBe(18);
    expect(because).toBe(
      'metrics 2 × 15.0s, sync 15s, up 10 at 45.0s · 18 at 1m 00s (from 2), down 9 at 2m 30s · 4 at 3m 00s · 2 at 3m 30s (from 18)',
    );
  });

  it('follows the controller’s own limits where there is no behavior', () => {
    expect(predicted(autoscaler())).toMatchObject({ up: '4@45 8@60 16@75 18@90', down: '2@330' });
    // Four at once, from one.
    expect(predicted(autoscaler({ minReplicas: 1, maxReplicas: 4 }), 1).up).toBe('4@45');
  });

  it('takes the defaults of the API as soon as there is a behavior', () => {
    expect(predicted(autoscaler({ behavior: {} }))).toMatchObject({ up: '6@45 12@60 18@75', down: '2@330' });
    expect(predicted(autoscaler({ behavior: { scaleDown: { stabilizationWindowSeconds: 0 } } }))).toMatchObject({
      up: '6@45 12@60 18@75',
      down: '2@45',
    });
  });

  it.each<[string, Behavior, { up?: string; down?: string }]>([
    ['a window of scaling up', { scaleUp: { stabilizationWindowSeconds: 60 } }, { up: '6@90 12@105 18@120' }],
    ['a window that is no multiple of a sync', { scaleDown: { stabilizationWindowSeconds: 100 } }, { down: '2@135' }],
    [
      'a period that is longer than a sync',
      { scaleUp: { policies: [{ type: 'Pods', value: 8, periodSeconds: 60 }] } },
      { up: '10@45 18@105' },
    ],
    [
      'the policy of the least change',
      {
        scaleUp: { selectPolicy: 'Min' },
        scaleDown: {
          selectPolicy: 'Min',
          stabilizationWindowSeconds: 0,
          policies: [
            { type: 'Percent', value: 50, periodSeconds: 15 },
            { type: 'Pods', value: 8, periodSeconds: 15 },
          ],
        },
      },
      { up: '4@45 8@60 12@75 16@90 18@105', down: '10@45 5@60 2@75' },
    ],
    [
      'percent of few, rounded so that it moves at all',
      {
        scaleUp: { policies: [{ type: 'Percent', value: 10, periodSeconds: 15 }] },
        scaleDown: { stabilizationWindowSeconds: 0, policies: [{ type: 'Percent', value: 90, periodSeconds: 15 }] },
      },
      { up: '3@45 4@60 5@75 6@90 7@105 8@120 9@135 10@150 11@165 13@180 15@195 17@210 18@225', down: '2@45' },
    ],
    [
      'directions that are forbidden',
      { scaleUp: { selectPolicy: 'Disabled' }, scaleDown: { selectPolicy: 'Disabled' } },
      { up: '', down: '' },
    ],
  ])('obeys %s', (_, behavior, expected) => {
    expect(predicted(autoscaler({ behavior }))).toMatchObject(expected);
  });

  it('waits for two measurements of whatever length', () => {
    expect(predicted(autoscaler(), 2, 60_000)).toMatchObject({ up: '4@135 8@150 16@165 18@180', down: '2@420' });
  });

  it('comes back to where it was, not to its minimum', () => {
    const measured = (averageUtilization: number) => ({
      currentMetrics: [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization } } }],
    });
    expect(predicted(autoscaler({}, measured(60)), 5).down).toBe('5@330');
    // 73 % of 70 % is tolerated at rest; computed anew from above it is one more.
    expect(predicted(autoscaler({}, measured(73)), 5).down).toBe('6@330');
  });

  it('does nothing where its target has no replicas, or has all it may have', () => {
    expect(predicted(autoscaler(), 0)).toMatchObject({ up: '', down: '', peak: 0 });
    expect(predicted(autoscaler(), 18)).toMatchObject({ up: '', down: '', peak: 18 });
  });
});
