import { describe, expect, it } from 'vitest';
import type { Drill } from '../../src/chaos/drill.js';
import { Narrator, storyOf } from '../../src/chaos/narrator.js';
import type { RunEventBody } from '../../src/plan/events.js';
import { givenClock, postgres } from './given.js';

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
      ...['look', 'intent', 'link/fault', 'load', 'link/restored', 'scaled', 'verify'],
    ]);
    // Users who should notice nothing have no symptom to wait for, but are asked whether they are well.
    const unnoticed = { ...alone, symptom: { url: 'https://x', status: 200 } };
    expect(ids({ fault: { type: 'drain', node: 'worker' }, expect: unnoticed })).toEqual([
      ...['look', 'intent', 'link/fault', 'link/restored', 'link/recovered', 'verify'],
    ]);
  });
});

describe('a drill that is told', () => {
  it('says that its fault is kept up, and when it was taken back', () => {
    const told: string[] = [];
    const events = {
      emit(event: RunEventBody) {
        if (event.type === 'step-started') told.push(`${event.id}: ${event.reason}`);
        if (event.type === 'step-finished') told.push(`${event.id} ${event.outcome} after ${String(event.durationMs)}`);
      },
    };
    const run = { run: 'r', command: 'chaos', environment: 'shop', journal: 'j' };
    const narrator = new Narrator(events, givenClock(), run, { ...drill, expect: { alerts: [], mayFire: [] } });
    const prediction = { links: [], totalMs: 0 };

    narrator.breaks(drill.fault);
    narrator.tell([{ name: 'fault', status: 'met', at: 0, tookMs: 0, detail: 'it was done' }], prediction);
    narrator.hold(5_000);
    narrator.tell([{ name: 'restored', status: 'unreached' }], prediction);
    narrator.tell([{ name: 'restored', status: 'met', at: 7_000, tookMs: 7_000 }], prediction);

    expect(told).toEqual([
      'link/fault: statefulset/postgres in app-services scaled to 0',
      'link/fault done after 0',
      'link/restored: the fault is kept up for 5.0s',
      'link/restored done after 7000',
    ]);
  });
});
