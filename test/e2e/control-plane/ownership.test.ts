import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/clock.js';
import type { ClusterClient } from '../../../src/kubernetes/client.js';
import { contextName } from '../../../src/kubernetes/kubeconfig.js';
import { claimed, leasePath, leasesPath, type Lease } from '../../../src/ownership/lease-object.js';
import { pathsFrom } from '../../../src/paths.js';
import { createEventHub } from '../../../src/plan/event-hub.js';
import type { RunEvent } from '../../../src/plan/events.js';
import { createInterruption } from '../../../src/plan/interruption.js';
import { systemProcesses } from '../../../src/process.js';
import { runSteps, type RunIdentity } from '../../../src/usecases/run-steps.js';
import { ann } from '../../ownership/given.js';
import { step } from '../../plan/given.js';
import { controlPlane, eventually, stepContext, type ControlPlane } from './control-plane.js';

const holderProgram = fileURLToPath(new URL('holder.ts', import.meta.url));

let plane: ControlPlane;
let client: ClusterClient;
let folders = 0;
beforeAll(async () => {
  plane = await controlPlane('own');
  await plane.provider.create(stepContext());
  client = await plane.client({ answerTimeoutMs: 15_000 });
});
afterAll(() => plane.dispose());

/** As of another machine: it shares nothing with others but the cluster. */
const stateFolder = () => join(plane.sandbox.folder, 'runs', String((folders += 1)));
const lease = () => client.get<Lease>(leasePath('shop'));
const holder = async () => (await lease())?.spec?.holderIdentity;

/** A run in this process with one step, given what it may know of itself. */
async function run(apply: (identity: RunIdentity, signal: AbortSignal) => Promise<string | undefined>) {
  const events: RunEvent[] = [];
  const hub = createEventHub(systemClock);
  hub.subscribe((event) => events.push(event));
  const folder = stateFolder();
  const ports = {
    processes: systemProcesses(),
    clock: systemClock,
    paths: pathsFrom({}, folder),
    events: hub,
    interruption: createInterruption(),
    variables: {},
  };
  const summary = await runSteps(
    { command: 'up', environment: 'shop', stateFolder: folder, connection: () => Promise.resolve(client) },
    (identity) => Promise.resolve([step('write', { apply: ({ signal }) => apply(identity, signal) })]),
    ports,
  );
  const notices = events.flatMap((event) => (event.type === 'notice' ? [event.message] : []));
  return { run: summary.run, result: summary.steps[0], notices };
}

const write = () => run(({ ensureOwned }, signal) => ensureOwned(signal).then(holder));

/** A run in a process of its own that holds the environment. */
async function startHolder() {
  const child = spawn(
    process.execPath,
    [
      '--import',
      import.meta.resolve('tsx'),
      holderProgram,
      plane.provider.kubeconfig,
      contextName('own'),
      stateFolder(),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = once(child, 'close');
  await eventually(() => Promise.resolve(said.includes('held') ? true : undefined));
  return { pid: child.pid ?? 0, said: () => said, ended, kill: (signal: NodeJS.Signals) => child.kill(signal) };
}

describe('the Lease of an environment in a real cluster', () => {
  it('is made with its namespace, held while a run writes, and free afterwards', async () => {
    expect(await client.get('/api/v1/namespaces/platform-system')).toBeUndefined();
    const { run: id, result } = await write();
    expect(result?.detail).toMatch(new RegExp(`/${String(process.pid)}/.+/${id}$`));
    expect((await lease())?.spec).toMatchObject({ holderIdentity: '', leaseTransitions: 0 });
    expect((await client.get('/api/v1/namespaces/platform-system'))?.metadata.labels).toMatchObject({
      'platform.dev/environment': 'shop',
    });
  });

  it('is refused while another run has it, free after its Ctrl-C, and taken over at once after a kill', async () => {
    const first = await startHolder();
    expect((await write()).result).toMatchObject({
      outcome: 'failed',
      failure: { code: 'conflict', facts: { pid: first.pid, command: 'up' } },
    });
    first.kill('SIGINT');
    await first.ended;
    expect(first.said()).toContain('ended');
    expect(await holder()).toBe('');

    const second = await startHolder();
    second.kill('SIGKILL');
    await second.ended;
    expect(await holder()).toContain(`/${String(second.pid)}/`);
    const { result, notices } = await write();
    expect(result).toMatchObject({ outcome: 'done' });
    expect(notices).toEqual([expect.stringContaining(`(pid ${String(second.pid)}, up, since`)]);
    expect(notices[0]).toContain('ended without giving this environment up');
  });

  it('is taken from a machine that is not heard of for its duration', async () => {
    await client.delete(leasePath('shop'));
    const theirs = claimed({ environment: 'shop', owner: ann, pidSpace: 'theirs' }, Date.now() + 3_600_000);
    await client.create(leasesPath, { ...theirs, spec: { ...theirs.spec, leaseDurationSeconds: 3 } });
    const { result, notices } = await write();
    expect(result).toMatchObject({ outcome: 'done' });
    expect(notices.at(-1)).toContain('ann@build-7 (pid 7, destroy, since');
    expect((await lease())?.spec?.leaseTransitions).toBe(1);
  });

  it('that somebody else took in mid-run ends the run before its next write', async () => {
    const { result } = await run(async ({ ensureOwned }, signal) => {
      await ensureOwned(signal);
      const mine = await lease();
      await client.replace(
        leasePath('shop'),
        claimed({ environment: 'shop', owner: ann, pidSpace: '' }, Date.now(), mine),
      );
      // Until the heartbeat has seen it.
      await eventually(() => ensureOwned(signal).then(() => undefined));
      return 'not reached';
    });
    expect(result).toMatchObject({
      outcome: 'failed',
      failure: {
        code: 'conflict',
        message: 'ann@build-7 (pid 7, destroy) has taken this environment over; nothing more is changed',
      },
    });
    expect(await holder()).toContain('ann@build-7');
    await client.delete(leasePath('shop'));
  });

  it('outlives an API server that is away for 20 s', async () => {
    const pid = await plane.pidOf('kube-apiserver');
    const { result, notices } = await run(async ({ ensureOwned }, signal) => {
      await ensureOwned(signal);
      const before = await lease();
      process.kill(pid, 'SIGSTOP');
      await systemClock.sleep(20_000, signal);
      await ensureOwned(signal);
      process.kill(pid, 'SIGCONT');
      await ensureOwned(signal);
      // The heartbeat goes on by itself.
      await eventually(async () => ((await lease())?.spec?.renewTime === before?.spec?.renewTime ? undefined : true));
      const { holderIdentity, leaseTransitions } = (await lease())?.spec ?? {};
      expect({ holderIdentity, leaseTransitions }).toEqual({
        holderIdentity: before?.spec?.holderIdentity,
        leaseTransitions: before?.spec?.leaseTransitions,
      });
      return 'still ours';
    });
    expect(result).toMatchObject({ outcome: 'done', detail: 'still ours' });
    expect(notices).toEqual([]);
  });
});
