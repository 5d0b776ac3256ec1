import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { exitCodes } from '../../../src/errors.js';
import { listIntents } from '../../../src/chaos/intent/intents.js';
import type { StatusResult } from '../../../src/usecases/status.js';
import type { PlanResult, UpResult } from '../../../src/usecases/up.js';
import { service, type Drilled } from './drilled.js';
import { killedAt, readyFor } from './followed.js';
import { storeWorld } from './store.js';

// The program of a drill is killed, and nobody comes to take the fault back.
let world: Drilled;
beforeAll(async () => {
  world = await storeWorld('alone', { releases: { till: service({}) } });
});
afterAll(() => world.dispose());
// What the drill before has left behind in Prometheus.
beforeEach(() => readyFor('away', world.sandbox));

/** It acts after a minute without a sign of life. */
const whenTheReaperActs = { timeout: 150_000, interval: 200 };
const json = <T>(...args: string[]) => world.sandbox.platform.json<T>(args);
const up = (...flags: string[]) => json<UpResult>('up', '--local', '--provider', 'embedded', ...flags);
const stepOf = ({ result }: { readonly result: UpResult }, id: string) =>
  result.summary.steps.find((step) => step.id === id);
const abandoned = () => killedAt('link/fault', world.sandbox, 'away');

describe('a drill that nobody cares for any more', () => {
  it('is left alone by up and uninstall, and taken back by the reaper, also after a stop and a start', async () => {
    const run = await abandoned();
    expect((await world.sandbox.platform(['stop'])).exitCode).toBe(0);
    expect((await world.sandbox.platform(['start'])).exitCode).toBe(0);

    const plan = await json<PlanResult>('plan', '--local', '--provider', 'embedded');
    const refused = await world.sandbox.platform(['uninstall', 'store', '--confirm', 'alone']);
    const meanwhile = await up('--set', 'store.replicas=2', '--set', 'till.replicas=2');

    expect(plan.result.drills).toMatchObject([{ run }]);
    expect(refused.exitCode).toBe(exitCodes.conflict);
    expect(refused.stderr).toContain(`store is held by the drill away (run ${run})`);
    expect(meanwhile.error, meanwhile.stderr).toBeUndefined();
    expect(stepOf(meanwhile, 'release/store')).toMatchObject({ outcome: 'omitted' });
    expect(stepOf(meanwhile, 'release/store')?.reason).toContain(`platform chaos restore ${run}`);
    expect(stepOf(meanwhile, 'release/till')).toMatchObject({ outcome: 'done' });
    expect(await world.replicas('deployment/store')).toBe(0);

    await expect.poll(() => world.replicas('deployment/store'), whenTheReaperActs).toBe(1);
    await expect
      .poll(async () => (await listIntents(world.client))[0]?.restoration?.by, whenTheReaperActs)
      .toMatch(/^reaper@/);
    const { stderr } = await world.sandbox.platform(['up', '--local', '--provider', 'embedded']);
    expect(stderr).toContain(`the drill away (run ${run}) was taken back by the reaper at `);
    expect(await world.leftovers()).toEqual([]);
    expect((await up()).result.summary.counts.done).toBe(0);
    expect((await json<StatusResult>('status')).result).toMatchObject({ drills: [], healthy: true, next: [] });
  }, 240_000);

  it('does not keep its environment from being destroyed', async () => {
    await abandoned();

    const { exitCode, stderr } = await world.sandbox.platform(['destroy', '--confirm', 'alone']);

    expect(exitCode, stderr).toBe(0);
  });
});
