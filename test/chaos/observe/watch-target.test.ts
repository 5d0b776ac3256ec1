import { describe, expect, it } from 'vitest';
import { createLedger } from '../../../src/chaos/observe/ledger.js';
import { watchTarget } from '../../../src/chaos/observe/watch-target.js';
import { systemClock } from '../../../src/clock.js';
import type { ClusterClient } from '../../../src/kubernetes/client.js';

/** A Deployment that is scaled to 0 by a drill and has so many replicas at each look, of which somebody tells. */
async function toldOf(replicas: readonly number[], original?: number): Promise<string[]> {
  const ledger = createLedger(
    () => systemClock.now(),
    () => undefined,
  );
  const left = [...replicas];
  const deployment = () => ({
    metadata: { name: 'store', namespace: 'shop', uid: 'one', generation: 1 },
    spec: { replicas: left.shift(), selector: {}, template: { metadata: { labels: {} } } },
    status: { observedGeneration: 1 },
  });
  const client = {
    get: () => Promise.resolve(deployment()),
    list: () => Promise.resolve([]),
  } as unknown as ClusterClient;
  const watcher = watchTarget(
    { kind: 'deployment', namespace: 'shop', name: 'store' },
    { client, ledger, clock: systemClock, replicas: 0, ...(original !== undefined && { original }) },
  );
  while (left.length > 0) await watcher.look(AbortSignal.timeout(1_000));
  return ledger.observations.incidents.map(({ message }) => message);
}

describe('the target of a drill', () => {
  it('has what the drill sets, what it had before, or what somebody else has set', async () => {
    expect(await toldOf([2, 0, 2])).toEqual([]);
    expect(await toldOf([2, 0, 3])).toEqual(['somebody else set deployment/store in shop to 3 replicas']);
  });

  it('is known from before the drill where nobody could look at it before the fault', async () => {
    expect(await toldOf([0, 2], 2)).toEqual([]);
    expect(await toldOf([0, 3], 2)).toEqual(['somebody else set deployment/store in shop to 3 replicas']);
  });
});
