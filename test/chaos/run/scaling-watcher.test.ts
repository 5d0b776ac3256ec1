import { describe, expect, it } from 'vitest';
import { boundsOf, type Autoscaler } from '../../../src/chaos/autoscaling/autoscaler.js';
import { createLedger } from '../../../src/chaos/observe/ledger.js';
import { scalingWatcher } from '../../../src/chaos/run/scaling-watcher.js';
import type { World } from '../../../src/chaos/world.js';
import { autoscaler } from '../autoscaling/given.js';
import { givenClock } from '../given.js';

const name = { namespace: 'app-services', name: 'images' };
const path = '/apis/autoscaling/v2/namespaces/app-services/horizontalpodautoscalers/images';

/** Looks once at an autoscaler that was `before` when the drill began. */
async function look(before: Autoscaler, now: Autoscaler | undefined) {
  const client = { get: (asked: string) => Promise.resolve(asked === path ? now : undefined) };
  const ledger = createLedger(
    () => 0,
    () => undefined,
  );
  const told: string[] = [];
  const world = { client, clock: givenClock() } as unknown as World;
  const onDisturbed = (what: string) => told.push(what);
  await scalingWatcher(name, world, { ledger, bounds: boundsOf(before), onDisturbed }).look(
    new AbortController().signal,
  );
  return { told, samples: ledger.observations.autoscaler.length };
}

describe('watching an autoscaler', () => {
  const usual = autoscaler();

  it('samples it as long as it is the one that was looked at', async () => {
    expect(await look(usual, usual)).toEqual({ told: [], samples: 1 });
  });

  it.each([
    ['deletes it', undefined, 'somebody deleted the autoscaler during the drill', 0],
    [
      'replaces it',
      { ...usual, metadata: { ...usual.metadata, uid: 'another' } },
      'somebody replaced the autoscaler during the drill',
      1,
    ],
    [
      'moves its bounds',
      { ...usual, spec: { ...usual.spec, minReplicas: usual.spec.minReplicas + 1 } },
      `somebody changed its minimum from ${String(usual.spec.minReplicas)} to ${String(usual.spec.minReplicas + 1)}`,
      1,
    ],
  ])('tells at once when somebody %s', async (_, now, message, samples) => {
    expect(await look(usual, now)).toEqual({ told: [message], samples });
  });
});
