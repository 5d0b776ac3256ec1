import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { leasePath } from '../../../src/ownership/lease-object.js';
import type { ChaosHistoryResult } from '../../../src/usecases/chaos-history.js';
import type { ChaosRestoreResult } from '../../../src/usecases/chaos-restore.js';
import { edit } from '../edit.js';
import { recordOf, type Drilled } from './drilled.js';
import { endOf, follow, readyFor, type FinishedDrill } from './followed.js';
import { away, storeWorld } from './store.js';

// Somebody ends a drill, or meets one that goes on.
let world: Drilled;
beforeAll(async () => {
  world = await storeWorld('stopped', {
    drills: { long: away('The store is away for as long as somebody looks on', '10m') },
  });
});
afterAll(() => world.dispose());
// What the drill before has left behind in Prometheus.
beforeEach(() => readyFor('away', world.sandbox));

const json = <T>(...args: string[]) => world.sandbox.platform.json<T | undefined>(args);
const restore = (...args: string[]) => json<ChaosRestoreResult>('chaos', 'restore', ...args);

async function expectNothingLeft(): Promise<void> {
  expect(await world.replicas('deployment/store')).toBe(1);
  expect(await world.leftovers()).toEqual([]);
}

describe('a drill that is stopped', () => {
  it.each([
    ['SIGINT', 'right after the fault', 'link/fault'],
    ['SIGTERM', 'while it waits for the alert to fire', 'link/pending/StoreDown'],
    ['SIGHUP', 'while the fault is kept up', 'link/delivered/StoreDown'],
  ] as const)('by %s %s takes the fault back at once, and says so', async (signal, _, step) => {
    const drill = follow(world.sandbox, 'long');
    await drill.reaches(step);
    expect(await world.replicas('deployment/store')).toBe(0);

    drill.kill(signal);
    const ended = await drill.finished();

    expect(ended.exitCode).toBe(130);
    const { verdict, restore: restored } = endOf(ended);
    expect(verdict).toMatchObject({
      outcome: 'interrupted',
      summary: 'the drill was interrupted before its end, and the fault was taken back',
    });
    expect(restored).toMatchObject({ results: [{ outcome: 'restored' }], differences: [] });
    await expectNothingLeft();
    const { result } = await json<ChaosHistoryResult>('chaos', 'history');
    expect(result?.runs[0]).toMatchObject({ status: 'finished', verdict: { outcome: 'interrupted' } });
  });

  it.each([
    ['while it looks', /"type":"step-started","id":"look"/],
    ['when the way back is written down', /"type":"step-finished","id":"intent"/],
  ])('%s changes nothing', async (_, moment) => {
    const drill = follow(world.sandbox, 'long');
    await drill.says(moment);
    drill.kill('SIGINT');
    const ended = await drill.finished();

    expect(ended.exitCode).toBe(130);
    expect(endOf(ended).verdict.summary).toBe('the drill was interrupted before the fault: nothing was changed');
    await expectNothingLeft();
  });

  it('twice leaves at once where the fault cannot be taken back, and names what would do it', async () => {
    const apiServer = await world.pid('kube-apiserver');
    const drill = follow(world.sandbox, 'long');
    await drill.reaches('link/fault');
    process.kill(apiServer, 'SIGSTOP');
    let ended: FinishedDrill;
    try {
      drill.kill('SIGINT');
      await drill.says(/the API server does not answer; waiting for it, to take the fault back/);
      drill.kill('SIGINT');
      ended = await drill.finished();
    } finally {
      process.kill(apiServer, 'SIGCONT');
    }

    expect(ended.exitCode).toBe(8);
    expect(endOf(ended).verdict).toMatchObject({ outcome: 'not-restored' });
    expect(ended.error?.suggestions?.join('\n')).toContain(`platform chaos restore ${drill.run()}`);
    expect((await restore(drill.run())).result?.drills).toMatchObject([{ status: 'restored', differences: [] }]);
    await expectNothingLeft();
  });
});

describe('whoever comes while a drill goes on', () => {
  it('is told who is at work, and doubles nothing', async () => {
    const drill = follow(world.sandbox, 'long');
    await drill.reaches('link/fault');

    const others = [await world.run('away'), await json('up', '--local', '--provider', 'embedded'), await restore()];

    expect(others.map(({ exitCode }) => exitCode)).toEqual([5, 5, 5]);
    const [other, up, restored] = others.map(({ error }) => error?.message);
    expect(other).toContain(`(pid ${String(drill.pid)}, chaos long`);
    expect(up).toContain(`(pid ${String(drill.pid)}, chaos long`);
    expect(restored).toContain(`the drill long (run ${drill.run()}) is being run now by`);
    const records = (await world.leftovers()).filter((name) => name === `drill-${drill.run()}`);
    expect(records.length).toBeGreaterThan(0);
    expect(await world.replicas('deployment/store')).toBe(0);
    drill.kill('SIGINT');
    expect((await drill.finished()).exitCode).toBe(130);
    await expectNothingLeft();
  });

  it('may take it over by force, and the drill says that it was ended', async () => {
    const drill = follow(world.sandbox, 'long');
    await drill.reaches('link/fault');

    expect((await restore('--force')).result?.drills).toMatchObject([{ run: drill.run(), status: 'restored' }]);
    const ended = await drill.finished();

    expect(ended.exitCode).toBe(9);
    expect(endOf(ended).verdict).toMatchObject({ outcome: 'inconclusive' });
    expect(endOf(ended).observations.incidents).toContainEqual(
      expect.objectContaining({ message: expect.stringMatching(/record of this drill|was taken back by/) as string }),
    );
    await expectNothingLeft();
  });

  it('after it was killed finds its fault, and is told how to take it back', async () => {
    const drill = follow(world.sandbox, 'long');
    await drill.reaches('link/fault');
    drill.kill('SIGKILL');
    await drill.finished();

    const refused = await world.run('away');

    expect(refused.exitCode).toBe(9);
    expect(refused.error?.message).toContain(`the drill long is open (run ${drill.run()}`);
    expect(refused.error?.suggestions?.join('\n')).toContain(`platform chaos restore ${drill.run()}`);
    expect((await world.leftovers()).filter((name) => !name.includes(drill.run()))).toEqual([]);
    await restore();
    await expectNothingLeft();
  });
});

describe('without a reaper', () => {
  it('no drill runs, unless somebody stays with it', async () => {
    process.kill(await world.pid('reaper'), 'SIGKILL');
    // So that nobody has to wait for 40 s until it counts as dead.
    await edit<{ spec: object }>(world.client, leasePath('reaper'), ({ spec }) => ({
      spec: { ...spec, leaseDurationSeconds: 1, renewTime: '2000-01-01T00:00:00.000000Z' },
    }));

    const refused = await world.run('away');
    const attended = recordOf(await world.run('away', '--without-reaper'));

    expect(refused.exitCode).toBe(9);
    expect(refused.error?.message).toContain('nobody takes the fault back if this program dies');
    expect(recordOf(refused).marks.faultAt).toBeUndefined();
    expect(attended.verdict.outcome).toBe('passed');
    expect(attended.findings.find(({ check }) => check === 'reaper')).toMatchObject({ level: 'warning' });
    await expectNothingLeft();
    await world.up();
    await expect.poll(async () => (await world.run('away', '--dry-run')).exitCode, { timeout: 60_000 }).toBe(0);
  });
});
