import type { Autoscaler } from '../../../src/chaos/autoscaling/autoscaler.js';
import type { AutoscalerSample, LoadSlice } from '../../../src/chaos/record.js';

/** From 2 to 18 at 70 %, as the API server hands it out, but for what a test says otherwise. */
export function autoscaler(
  spec: Partial<Autoscaler['spec']> = {},
  status: Partial<Autoscaler['status']> = {},
): Autoscaler {
  return {
    metadata: { namespace: 'app-services', name: 'images', uid: 'a' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'images' },
      minReplicas: 2,
      maxReplicas: 18,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } },
      ],
      ...spec,
    },
    status: { currentReplicas: 2, desiredReplicas: 2, ...status },
  };
}

/** The moment at which the load of every test begins; its other moments are seconds after it. */
export const began = 1_800_000_000_000;

/** `[seconds, replicas]`, with more where it matters: of a sample a sync later than the one before. */
export type Point = readonly [seconds: number, replicas: number, more?: Partial<AutoscalerSample>];

export function samples(points: readonly Point[]): AutoscalerSample[] {
  return points.map(([seconds, replicas, more]) => ({
    at: began + seconds * 1000,
    desired: replicas,
    current: replicas,
    ready: replicas,
    cpu: seconds > 0 ? 300 : 10,
    target: 70,
    conditions: [],
    ...more,
  }));
}

/** Answered load from one second to another, in slices of ten. */
export function load(from: number, to: number, statuses: LoadSlice['statuses'] = { '200': 1000 }): LoadSlice[] {
  return Array.from({ length: (to - from) / 10 }, (_, index) => ({
    from: began + (from + index * 10) * 1000,
    to: began + (from + index * 10 + 10) * 1000,
    requests: 1000,
    statuses,
    errors: {},
  }));
}
