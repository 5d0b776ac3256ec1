import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ChaosHistoryResult } from '../../../src/usecases/chaos-history.js';
import type { ChaosRestoreResult } from '../../../src/usecases/chaos-restore.js';
import type { StatusResult } from '../../../src/usecases/status.js';
import type { UpResult } from '../../../src/usecases/up.js';
import { createSandbox, type Sandbox } from '../sandbox.js';
import type { Drilled } from './drilled.js';
import { follow, killedAt, readyFor } from './followed.js';
import { away, storeWorld } from './store.js';

// The program is killed at every step of a drill. Nothing of the drill may survive it.
let world: Drilled;
/** Another machine: it knows the environment by a kubeconfig alone. */
let elsewhere: Sandbox;
beforeAll(async () => {
  world = await storeWorld('crashes', { drills: { slowly: away('The store is away for a while', '15s') } });
  elsewhere = await createSandbox();
  const { stdout } = await world.sandbox.platform(['kubeconfig']);
  await writeFile(join(elsewhere.folder, 'crashes.kubeconfig'), stdout);
});
afterAll(async () => {
  await world.dispose();
  await elsewhere.dispose();
});
// What the drill before has left behind in Prometheus.
beforeEach(() => readyFor('away', world.sandbox));

const json = <T>(...args: string[]) => world.sandbox.platform.json<T>(args);
const status = async () => (await json<StatusResult>('status')).result;
const up = (...flags: string[]) => json<UpResult>('up', '--local', '--provider', 'embedded', ...flags);
const stepOf = ({ result }: { readonly result: UpResult }, id: string) =>
  result.summary.steps.find((step) => step.id === id);

/** Restores on the other machine; `environment` is told by the command that everybody is shown. */
function restoreElsewhere(run: string) {
  const env = { KUBECONFIG: join(elsewhere.folder, 'crashes.kubeconfig') };
  return elsewhere.platform.json<ChaosRestoreResult>(['chaos', 'restore', run, '--environment', 'crashes'], { env });
}

async function expectNothingLeft(): Promise<void> {
  expect(await world.replicas('deployment/store')).toBe(1);
  expect(await world.leftovers()).toEqual([]);
  const namespace = await world.client.get('/api/v1/namespaces/platform-system');
  expect(JSON.stringify(namespace?.metadata.annotations ?? {})).not.toContain('drill.platform.dev/');
  const told = async () => {
    const { drills, healthy, next } = await status();
    return { drills, healthy, next };
  };
  // After an API server that was away, controllers come back one by one.
  await expect.poll(told, { timeout: 60_000, interval: 500 }).toEqual({ drills: [], healthy: true, next: [] });
  expect((await up()).result.summary.counts.done).toBe(0);
}

describe('a drill whose program is killed', () => {
  it.each([
    ['before the fault', 'intent', 1, 'before the fault'],
    ['right after the fault', 'link/fault', 0, 'while its fault lasted'],
    ['while it waits for the alert to fire', 'link/pending/StoreDown', 0, 'while its fault lasted'],
    ['while it waits for the message', 'link/routed/StoreDown', 0, 'while its fault lasted'],
    ['when the message has come', 'link/delivered/StoreDown', 0, 'while its fault lasted'],
  ])('%s is told of by status, and taken back from another machine', async (_, step, replicas, tale) => {
    const run = await killedAt(step, world.sandbox, 'away');

    expect(await world.replicas('deployment/store')).toBe(replicas);
    const command = `platform chaos restore ${run} --environment crashes`;
    const told = await status();
    expect(told.drills).toMatchObject([{ run, drill: 'away', restoreCommand: command }]);
    expect(told).toMatchObject({ healthy: false, next: [`\`${command}\` takes the open drill back`] });
    const history = await world.sandbox.platform(['chaos', 'history']);
    expect(history.stdout).toMatch(new RegExp(`away +crashed .*${run}.* it ended ${tale}`));

    const { result, exitCode } = await restoreElsewhere(run);

    expect(exitCode).toBe(0);
    expect(result.drills).toMatchObject([{ run, status: 'restored', differences: [] }]);
    await expectNothingLeft();
  });

  it('while it takes the fault back is taken back by whoever comes next', async () => {
    const apiServer = await world.pid('kube-apiserver');
    const drill = follow(world.sandbox, 'slowly');
    await drill.reaches('link/delivered/StoreDown');
    process.kill(apiServer, 'SIGSTOP');
    try {
      await drill.says(/the API server does not answer; waiting for it, to take the fault back/);
      drill.kill('SIGKILL');
      await drill.finished();
    } finally {
      process.kill(apiServer, 'SIGCONT');
    }

    const drills = async () => (await status()).drills;
    await expect.poll(drills, { timeout: 60_000, interval: 500 }).toMatchObject([{ run: drill.run() }]);
    expect((await restoreElsewhere(drill.run())).result.drills).toMatchObject([{ status: 'restored' }]);
    await expectNothingLeft();
  });

  it('after it took the fault back leaves a record, which the next up removes', async () => {
    const run = await killedAt('link/restored', world.sandbox, 'away');

    expect(await world.replicas('deployment/store')).toBe(1);
    const [left] = (await status()).drills;
    expect(left).toMatchObject({ run, restoration: { results: [{ outcome: 'restored' }] } });
    const next = await up();
    expect(stepOf(next, `drill/${run}`)).toMatchObject({ outcome: 'done', detail: 'removed' });
    await expectNothingLeft();
    const { result } = await json<ChaosHistoryResult>('chaos', 'history');
    expect(result.runs.find((one) => one.run === run)).toMatchObject({ status: 'crashed' });
  });
});
