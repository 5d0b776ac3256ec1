import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Intent } from '../../../assets/apps/src/reaper/intent.js';
import type { WorkloadTarget } from '../../../src/chaos/drill.js';
import { grantPaths } from '../../../src/chaos/faults/grants.js';
import { planFault } from '../../../src/chaos/faults/plan-fault.js';
import { targetPath } from '../../../src/chaos/target.js';
import { keepHeartbeat, type HeartbeatLoss } from '../../../src/chaos/intent/heartbeat.js';
import { closeIntent, intentPath, listIntents, openIntent } from '../../../src/chaos/intent/intents.js';
import { newIntent } from '../../../src/chaos/intent/new-intent.js';
import { openGrants } from '../../../src/chaos/intent/open-grants.js';
import type { ReadIntent } from '../../../src/chaos/intent/read-intent.js';
import { takeBack } from '../../../src/chaos/intent/take-back.js';
import { awaitAsBefore } from '../../../src/chaos/intent/verify.js';
import { systemClock } from '../../../src/clock.js';
import { PlatformError } from '../../../src/errors.js';
import type { ClusterClient } from '../../../src/kubernetes/client.js';
import type { KubernetesObject } from '../../../src/kubernetes/objects.js';
import { claimed, leasePath, leasesPath } from '../../../src/ownership/lease-object.js';
import { acquireOwnership } from '../../../src/ownership/lock-file.js';
import { createEventHub } from '../../../src/plan/event-hub.js';
import { createInterruption } from '../../../src/plan/interruption.js';
import { restoreDrills, type RestoreRequest } from '../../../src/usecases/chaos-restore.js';
import { join } from 'node:path';
import { controlPlane, eventually, stepContext, type ControlPlane } from './control-plane.js';
import { given, namespace, ready, replicasOf, setReplicas } from './drill-workloads.js';

let plane: ControlPlane;
let client: ClusterClient;
beforeAll(async () => {
  plane = await controlPlane('drills');
  await plane.provider.create(stepContext());
  client = await plane.client({ answerTimeoutMs: 15_000 });
  await Promise.all(['apps', 'platform-system'].map((name) => client.apply(namespace(name))));
});
afterEach(async () => {
  for (const { name } of await listIntents(client)) {
    await client.delete(`/api/v1/namespaces/platform-system/configmaps/${name}`);
  }
});
afterAll(() => plane.dispose());

const signal = () => AbortSignal.timeout(100_000);
const target = (name: string): WorkloadTarget => ({ kind: 'statefulset', namespace: 'apps', name });
const options = () => ({ client, clock: systemClock, signal: signal() });

let runs = 0;

/** A drill that scaled a workload of one pod to nothing, as a killed command line leaves it. */
async function brokenBy(name: string): Promise<{ readonly open: ReadIntent; readonly target: WorkloadTarget }> {
  const run = `20261120t1100${String((runs += 1)).padStart(2, '0')}-abc`;
  const scaled = target(name);
  await given(client, scaled, 1);
  const provider = { name: 'embedded', simulation: undefined } as const;
  const fault = { type: 'scale', target: scaled, replicas: 0 } as const;
  const plan = await planFault(fault, run, { client, clock: systemClock, provider }, signal());
  const intent: Intent = newIntent({
    ...{ run, drill: 'db-down', environment: 'drills', owner: 'ann@elsewhere/7', startedAt: systemClock.now() },
    ...{ changes: plan.changes, grants: grantPaths(plan.grants) },
  });
  const open = await openIntent(intent, client);
  await openGrants(plan.grants, client);
  await plan.inject(signal());
  return { open, target: scaled };
}

/** Stops the API server as a hanging machine would, and lets it go on after a while. */
async function awayFor(milliseconds: number): Promise<{ readonly back: Promise<void> }> {
  const pid = await plane.pidOf('kube-apiserver');
  process.kill(pid, 'SIGSTOP');
  return {
    back: systemClock.sleep(milliseconds).then(() => {
      process.kill(pid, 'SIGCONT');
    }),
  };
}

describe('taking a drill back', () => {
  it('is written down, ends the rights of the reaper, and leaves the other drill alone', async () => {
    const [one, other] = [await brokenBy('one'), await brokenBy('other')];
    expect((await listIntents(client)).map(({ intent }) => intent?.run)).toEqual([
      one.open.intent.run,
      other.open.intent.run,
    ]);

    const { by, results } = await takeBack(one.open, 'bob@here/1', options());

    expect({ by, results }).toEqual({
      by: 'bob@here/1',
      results: [{ subject: 'statefulset/one in apps', outcome: 'restored', detail: '1 replica again' }],
    });
    const listed = await listIntents(client);
    expect(listed.map(({ restoration }) => restoration?.by)).toEqual(['bob@here/1', undefined]);
    expect(await awaitAsBefore(one.open.intent, { ...options(), withinMs: 60_000 })).toEqual([]);
    expect(await client.get(one.open.intent.grants[0] ?? '')).toBeUndefined();
    expect(await replicasOf(client, other.target)).toBe(0);
    await closeIntent(one.open.intent.run, client);
    expect((await listIntents(client)).map(({ intent }) => intent?.run)).toEqual([other.open.intent.run]);
    await takeBack(other.open, 'bob@here/1', options());
  });

  it('may be done by two at once, and is done once', async () => {
    const { open, target: scaled } = await brokenBy('twice');

    const both = await Promise.all(['ann@a/1', 'bob@b/2'].map((by) => takeBack(open, by, options())));

    // What stands in the record is what both are told.
    expect(both[0]).toEqual(both[1]);
    expect(await replicasOf(client, scaled)).toBe(1);
  });

  it('leaves what somebody else set to them, and says so', async () => {
    const { open, target: scaled } = await brokenBy('scaled');
    await setReplicas(client, scaled, 3);

    const { results } = await takeBack(open, 'bob@here/1', options());

    expect(results).toMatchObject([{ outcome: 'foreign', detail: 'somebody set 3 replicas' }]);
    await ready(client, scaled, 3);
    expect(await awaitAsBefore(open.intent, { ...options(), withinMs: 10_000 })).toEqual([
      'statefulset/scaled in apps wants 3 replicas, not 1',
    ]);
  });

  it('ends also when the target was deleted', async () => {
    const { open, target: scaled } = await brokenBy('deleted');
    await client.delete(targetPath(scaled));
    await eventually(async () => ((await client.get(targetPath(scaled))) ? undefined : true));

    const { results } = await takeBack(open, 'bob@here/1', options());

    expect(results).toMatchObject([{ outcome: 'gone' }]);
    expect(await awaitAsBefore(open.intent, { ...options(), withinMs: 10_000 })).toEqual([
      'statefulset/deleted in apps is gone',
    ]);
  });

  it('waits for an API server that is away for 20 s, and goes on', async () => {
    const { open, target: scaled } = await brokenBy('patient');
    const told: string[] = [];

    const { back } = await awayFor(20_000);
    const { results } = await takeBack(open, 'bob@here/1', { ...options(), onAway: () => told.push('away') });
    await back;

    expect(results).toMatchObject([{ outcome: 'restored' }]);
    expect(told).toContain('away');
    await ready(client, scaled, 1);
  });
});

describe('a fault at an API server that goes away', () => {
  it('is injected when it is back, once, and known to be', async () => {
    const scaled = target('late');
    await given(client, scaled, 1);
    const provider = { name: 'embedded', simulation: undefined } as const;
    const fault = { type: 'scale', target: scaled, replicas: 0 } as const;
    const plan = await planFault(fault, 'late', { client, clock: systemClock, provider }, signal());

    const { back } = await awayFor(20_000);
    const { detail } = await plan.inject(signal());
    await back;

    expect(detail).toBe('statefulset/late in apps was scaled from 1 to 0');
    expect(await replicasOf(client, scaled)).toBe(0);
  });
});

describe('the heartbeat of a drill', () => {
  const texts = async (run: string) =>
    (await client.get<KubernetesObject & { data: Record<string, string> }>(intentPath(run)))?.data['heartbeat'];

  it('outlives an API server that is away for 20 s, and notices who was first', async () => {
    const { open } = await brokenBy('beating');
    const { run } = open.intent;
    const losses: HeartbeatLoss[] = [];
    const heartbeat = keepHeartbeat({ run, client, clock: systemClock, onLost: (loss) => losses.push(loss) });
    const first = await eventually(async () => {
      const text = await texts(run);
      return text === '0' ? undefined : text;
    });

    const { back } = await awayFor(20_000);
    await back;
    await eventually(async () => ((await texts(run)) === first ? undefined : true));
    expect(losses).toEqual([]);
    await takeBack(open, 'reaper', options());
    await eventually(() => Promise.resolve(losses.length > 0 ? true : undefined));
    await heartbeat.stop();

    expect(losses).toEqual([{ why: 'restored', by: 'reaper' }]);
  });

  it('notices that its record is gone', async () => {
    const { open } = await brokenBy('forgotten');
    await closeIntent(open.intent.run, client);
    const losses: HeartbeatLoss[] = [];
    const { run } = open.intent;
    const heartbeat = keepHeartbeat({ run, client, clock: systemClock, onLost: (loss) => losses.push(loss) });
    await eventually(() => Promise.resolve(losses.length > 0 ? true : undefined));
    await heartbeat.stop();
    expect(losses).toEqual([{ why: 'deleted' }]);
  });
});

describe('chaos restore', () => {
  const stateFolder = () => join(plane.sandbox.paths.state, 'drills');
  const restore = (request: RestoreRequest = {}) => {
    const ports = { clock: systemClock, events: createEventHub(systemClock), interruption: createInterruption() };
    return restoreDrills({ environment: 'drills', client, stateFolder: stateFolder() }, request, ports);
  };

  it('takes everything back after a kill -9, and removes the records', async () => {
    const [one, other] = [await brokenBy('first'), await brokenBy('second')];

    const { drills, left, failure } = await restore();

    expect(drills.map(({ run, status }) => ({ run, status }))).toEqual([
      { run: one.open.intent.run, status: 'restored' },
      { run: other.open.intent.run, status: 'restored' },
    ]);
    expect({ left, failure }).toEqual({ left: [], failure: undefined });
    await Promise.all([ready(client, one.target, 1), ready(client, other.target, 1)]);
    expect(await listIntents(client)).toEqual([]);
    expect(await restore()).toEqual({ environment: 'drills', drills: [], left: [] });
  });

  it('takes one back by its run, and knows which there are', async () => {
    const [one, other] = [await brokenBy('named'), await brokenBy('unnamed')];
    const { run } = one.open.intent;

    await expect(restore({ run: 'nothing' })).rejects.toMatchObject({
      code: 'conflict',
      message: 'drills has no open drill of the run nothing',
      suggestions: [`the open ones are ${run}, ${other.open.intent.run}`],
    });
    expect((await restore({ run })).drills).toMatchObject([{ run, status: 'restored' }]);
    expect(await replicasOf(client, other.target)).toBe(0);
    await restore();
  });

  it('ends with 8 where somebody else changed the target', async () => {
    const { target: scaled } = await brokenBy('elsewhere');
    await setReplicas(client, scaled, 2);

    const { drills, failure } = await restore();

    expect(drills).toMatchObject([{ status: 'not-restored', restoration: { results: [{ outcome: 'foreign' }] } }]);
    expect(failure).toMatchObject({
      exitCode: 8,
      message: 'not everything is as it was before the drill: statefulset/elsewhere in apps wants 2 replicas, not 1',
    });
    expect(await listIntents(client)).toEqual([]);
  });

  it('tells of a record that cannot be read, and leaves it', async () => {
    const configMap = {
      ...{ apiVersion: 'v1', kind: 'ConfigMap' },
      metadata: { name: 'drill-torn', namespace: 'platform-system', labels: { 'platform.dev/drill': 'db-down' } },
      data: { 'intent.json': '{' },
    };
    await client.create('/api/v1/namespaces/platform-system/configmaps', configMap);

    const { left, failure } = await restore();

    expect(left).toHaveLength(1);
    expect(left[0]).toContain('the record drill-torn of a drill cannot be read (its intent.json is no JSON');
    expect(failure?.exitCode).toBe(8);
    expect(await listIntents(client)).toHaveLength(1);
  });

  it('leaves a drill alone that is being run on this machine, unless it is forced', async () => {
    const { open, target: scaled } = await brokenBy('running');
    const { run } = open.intent;
    const ownership = await acquireOwnership(stateFolder(), run, 'chaos run');
    try {
      await expect(restore()).rejects.toMatchObject({
        code: 'conflict',
        message: `the drill db-down (run ${run}) is being run now by ann@elsewhere/7`,
      });
      expect(await replicasOf(client, scaled)).toBe(0);
      expect((await restore({ force: true })).drills).toMatchObject([{ status: 'restored' }]);
    } finally {
      await ownership.release();
    }
  });

  it('watches whoever runs it on another machine: one with a heartbeat lives, one without is dead', async () => {
    const { open } = await brokenBy('watched');
    const { run } = open.intent;
    const owner = { user: 'ann', host: 'elsewhere', pid: 7, startedAt: '1', run, command: 'chaos run' };
    const lease = claimed({ environment: 'drills', owner, pidSpace: 'another' }, systemClock.now());
    await client.create(leasesPath, lease);
    const heartbeat = keepHeartbeat({ run, client, clock: systemClock, onLost: () => undefined });

    await expect(restore()).rejects.toBeInstanceOf(PlatformError);
    await heartbeat.stop();
    expect((await restore()).drills).toMatchObject([{ run, status: 'restored' }]);
    await client.delete(leasePath('drills'));
  });
});
