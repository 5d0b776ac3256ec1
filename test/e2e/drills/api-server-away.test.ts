import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Drilled } from './drilled.js';
import { endOf, follow, type FinishedDrill, readyFor } from './followed.js';
import { storeWorld } from './store.js';

// As a managed API server is when it is being replaced. Who runs a drill may be somebody who drills just that.
const awayMs = 20_000;

let world: Drilled;
beforeAll(async () => {
  world = await storeWorld('silent');
});
afterAll(() => world.dispose());
// What the drill before has left behind in Prometheus.
beforeEach(() => readyFor('away', world.sandbox));

/** A drill during which the API server is away, from the moment at which the drill has reached a step. */
async function drillWithout(apiServerFrom: string): Promise<FinishedDrill> {
  const apiServer = await world.pid('kube-apiserver');
  const drill = follow(world.sandbox, 'away');
  await drill.reaches(apiServerFrom);
  process.kill(apiServer, 'SIGSTOP');
  await pause(awayMs);
  process.kill(apiServer, 'SIGCONT');
  return drill.finished();
}

describe('an API server that is away for 20 s', () => {
  it.each([
    ['before the fault', 'intent'],
    ['while the alert is waited for', 'link/endpoints'],
    ['while the fault is taken back', 'link/delivered/StoreDown'],
  ])('%s keeps no drill from its verdict, and leaves nothing', async (_, step) => {
    const ended = await drillWithout(step);

    const record = endOf(ended);
    const { outcome, reasons } = record.verdict;
    // On a busy machine what waits for the API server may come too late: no weakness of the system, and it is said why.
    expect(['passed', 'inconclusive']).toContain(outcome);
    for (const reason of reasons) expect(reason).toContain('the API server did not answer');
    expect(record.restore?.differences).toEqual([]);
    expect(record.observations.silences.map(({ who }) => who)).toContain('api-server');
    expect(await world.replicas('deployment/store')).toBe(1);
    expect(await world.leftovers()).toEqual([]);
  });
});
