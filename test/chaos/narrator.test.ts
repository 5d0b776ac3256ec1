import { describe, expect, it } from 'vitest';
import type { Drill } from '../../src/chaos/drill.js';
import { storyOf } from '../../src/chaos/narrator.js';
import { postgres } from './given.js';

const drill: Drill = {
  ...{ name: 'db-down', summary: 'Away', origin: 'platform.yaml', budgets: {}, holdMs: 0 },
  fault: { type: 'scale', target: postgres, replicas: 0 },
  expect: { symptom: { url: 'https://x', status: 503 }, alerts: ['PostgresDown', 'ApiDown'], mayFire: [] },
};
const ids = (change: Partial<Drill>) => storyOf({ ...drill, ...change }).map(({ id }) => id);

describe('what is announced of a drill', () => {
  it('is each stage and link, those of an alert once for each', () => {
    expect(ids({})).toEqual([
      ...['look', 'intent', 'link/fault', 'link/endpoints', 'link/symptom'],
      ...['pending', 'firing', 'grouped', 'routed', 'delivered'].flatMap((name) => [
        `link/${name}/PostgresDown`,
        `link/${name}/ApiDown`,
      ]),
      ...['link/restored', 'link/recovered', 'link/resolved/PostgresDown', 'link/resolved/ApiDown', 'verify'],
    ]);
  });

  it('is nothing that cannot come of the fault', () => {
    const alone = { alerts: [], mayFire: [] };
    const burden: Drill['fault'] = {
      ...{ type: 'load', url: 'https://x', target: postgres, requests: 1, workers: 1, tool: 'hey', atMostMs: 1 },
      simulated: { ratePerSecond: 1, cpuMs: 1 },
    };
    expect(ids({ fault: burden, expect: { ...alone, autoscaler: { namespace: 'a', name: 'b' } } })).toEqual([
      ...['look', 'intent', 'link/fault', 'load', 'scaled', 'link/restored', 'verify'],
    ]);
    // Users who should notice nothing have no symptom to wait for, but are asked whether they are well.
    const unnoticed = { ...alone, symptom: { url: 'https://x', status: 200 } };
    expect(ids({ fault: { type: 'drain', node: 'worker' }, expect: unnoticed })).toEqual([
      ...['look', 'intent', 'link/fault', 'link/restored', 'link/recovered', 'verify'],
    ]);
  });
});
