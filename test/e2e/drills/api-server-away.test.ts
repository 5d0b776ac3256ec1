import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DrillRecord } from '../../../src/chaos/record.js';
import { drilled, isDown, service, type Drilled } from './drilled.js';
import { follow, readyFor, type FinishedDrill } from './followed.js';

// As a managed API server is when it is being replaced. Who runs a drill may be somebody who drills just that.
const awayMs = 20_000;

let world: Drilled;
beforeAll(async () => {
  world = await drilled({
    name: 'silent',
    releases: { store: service({ StoreDown: isDown('store') }) },
    drills: {
      away: {
        summary: 'The store is away',
        fault: { scale: 'deployment/store', namespace: 'shop', to: 0 },
        expect: { alerts: ['StoreDown'], receiver: 'inbox' },
        hold: '1s',
      },
    },
  });
  await readyFor('away', world.sandbox);
});
afterAll(() => world.dispose());

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

function endOf({ result, error }: FinishedDrill): DrillRecord {
  if (result?.kind === 'run') return result.record;
  throw new Error(`no run: ${JSON.stringify({ error, result })}`);
}

describe('an API server that is away for 20 s', () => {
  it.each([
    ['before the fault', 'intent'],
    ['while the alert is waited for', 'link/endpoints'],
    ['while the fault is taken back', 'link/delivered/StoreDown'],
  ])('%s keeps no drill from its verdict, and leaves nothing', async (_, step) => {
    const ended = await drillWithout(step);

    const record = endOf(ended);
    expect(record.verdict.outcome).toBe('passed');
    expect(record.restore?.differences).toEqual([]);
    expect(record.observations.silences.map(({ who }) => who)).toContain('api-server');
    expect(await world.replicas('deployment/store')).toBe(1);
    expect(await world.leftovers()).toEqual([]);
  });
});
