import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEventHub } from '../../src/plan/event-hub.js';
import { takeLease, type TakeOptions } from '../../src/ownership/take-lease.js';
import { holderIdentity, type Lease } from '../../src/ownership/lease-object.js';
import { send } from '../kubernetes/api-server.js';
import { cluster, type Cluster } from '../releases/cluster.js';
import { ann, change, hold, owner, stored } from './given.js';

const signal = new AbortController().signal;
const eve = owner('run-1');
let world: Cluster;
let notices: string[];
beforeEach(async () => {
  world = await cluster();
  notices = [];
});
afterEach(() => world.api.close());

function take(more: Partial<TakeOptions> = {}): Promise<Lease> {
  const events = createEventHub(world.clock);
  events.subscribe((event) => {
    if (event.type === 'notice') notices.push(event.message);
  });
  const options = { environment: 'shop', owner: eve, pidSpace: 'here', deadRun: undefined, clock: world.clock, events };
  return takeLease(world.api.client, { ...options, ...more }, signal);
}

/** Milliseconds for which somebody has waited. */
function waiting() {
  const waited = { ms: 0 };
  world.onSleep = (elapsedMs) => (waited.ms = elapsedMs);
  return waited;
}

describe('the Lease of an environment', () => {
  it('is made where there is none, and says who holds it', async () => {
    await take();
    expect(stored(world.api)).toMatchObject({
      metadata: {
        name: 'shop',
        namespace: 'platform-system',
        labels: { 'platform.dev/environment': 'shop', 'platform.dev/run': 'run-1' },
        annotations: { 'platform.dev/command': 'up' },
      },
      spec: {
        holderIdentity: `eve@${eve.host}/${String(eve.pid)}/${eve.startedAt}/run-1`,
        leaseDurationSeconds: 40,
        acquireTime: '2026-11-20T10:00:00.000000Z',
        renewTime: '2026-11-20T10:00:00.000000Z',
        leaseTransitions: 0,
      },
    });
    expect(notices).toEqual([]);
  });

  it('gets its namespace, with the label that others look for', async () => {
    world.api.answer = (response, { method, path: called }) => {
      const isMissing = called.endsWith('/leases') && !world.api.objects.has('/api/v1/namespaces/platform-system');
      return (
        method === 'POST' && isMissing && send(response, 404, { reason: 'NotFound', message: 'no such namespace' })
      );
    };
    await take();
    expect(stored(world.api)?.spec?.holderIdentity).toBe(holderIdentity(eve));
    expect(world.api.objects.get('/api/v1/namespaces/platform-system')?.metadata?.labels).toEqual({
      'platform.dev/environment': 'shop',
    });
  });

  it('is taken where it was given back, and counts its holders', async () => {
    hold(world.api, ann);
    change(world.api, { holderIdentity: '' });
    await take();
    expect(stored(world.api)?.spec).toMatchObject({ holderIdentity: holderIdentity(eve), leaseTransitions: 4 });
  });

  it('is always written on the condition that nobody else has written it', async () => {
    hold(world.api, ann);
    change(world.api, { holderIdentity: '' });
    // Somebody is faster, between our look and our claim.
    let raced = false;
    world.api.answer = (_, { method }) => {
      if (method === 'PUT' && !raced) {
        raced = true;
        hold(world.api, owner('run-2'), { pidSpace: 'here' });
      }
      return false;
    };
    await expect(take()).rejects.toMatchObject({ code: 'conflict', facts: { run: 'run-2' } });
    expect(stored(world.api)?.spec?.holderIdentity).toContain('run-2');
  });

  it('is still ours where an answer was lost', async () => {
    hold(world.api, eve);
    await take();
    expect(stored(world.api)?.spec?.holderIdentity).toBe(holderIdentity(eve));
    expect(notices).toEqual([]);
  });
});

describe('a Lease that somebody holds', () => {
  it('is refused at once where the holder is seen to live, naming user, host, pid, command and since when', async () => {
    hold(world.api, owner('run-2', { user: 'bob' }), { pidSpace: 'here' });
    const waited = waiting();
    await expect(take()).rejects.toMatchObject({
      code: 'conflict',
      message: `bob@${eve.host} is changing this environment now (pid ${String(eve.pid)}, up, since 2026-11-20T09:00:00.000000Z)`,
      facts: { user: 'bob', host: eve.host, pid: eve.pid, command: 'up', run: 'run-2' },
    });
    expect(waited.ms).toBe(0);
  });

  it('is refused as soon as the holder on another machine renews it', async () => {
    hold(world.api, ann, { renewTime: 'before' });
    const waited = waiting();
    world.onSleep = (elapsedMs) => {
      waited.ms = elapsedMs;
      if (elapsedMs >= 8_000) hold(world.api, ann, { renewTime: 'again' });
    };
    await expect(take()).rejects.toMatchObject({
      message: expect.stringContaining('ann@build-7 is changing this environment now (pid 7, destroy') as string,
    });
    expect(waited.ms).toBe(8_000);
    expect(notices).toEqual([expect.stringContaining('watching for 40 s whether it is still there')]);
  });

  it('is taken when it was not renewed for its own duration, whatever its times say', async () => {
    hold(world.api, ann, { renewTime: '2027-01-01T00:00:00.000000Z', seconds: 15 });
    const waited = waiting();
    await take();
    expect(waited.ms).toBe(14_000);
    expect(stored(world.api)?.spec).toMatchObject({ holderIdentity: holderIdentity(eve), leaseTransitions: 4 });
    expect(notices.at(-1)).toContain('has not been heard of for 15 s');
  });

  it('is not taken before, though it seems to have expired long ago', async () => {
    hold(world.api, ann, { renewTime: '2020-01-01T00:00:00.000000Z' });
    const waited = waiting();
    await take();
    expect(waited.ms).toBe(38_000);
  });

  it('is taken at once from a process of this machine that is dead', async () => {
    const { pid } = spawnSync('true');
    hold(world.api, owner('run-2', { pid, startedAt: '1' }), { pidSpace: 'here' });
    const waited = waiting();
    await take();
    expect(waited.ms).toBe(0);
    expect(notices).toEqual([expect.stringContaining('ended without giving this environment up')]);
  });

  it.each(['elsewhere', undefined])(
    'is watched where only the host name is the same, and pids are those of %s',
    async (pidSpace) => {
      hold(world.api, owner('run-2', { pid: 1, startedAt: 'never' }), { pidSpace });
      const waited = waiting();
      await take();
      expect(waited.ms).toBe(38_000);
    },
  );

  it('is taken at once from the run that the lock file was taken over from', async () => {
    hold(world.api, ann);
    const waited = waiting();
    await take({ deadRun: 'run-7' });
    expect(waited.ms).toBe(0);
  });

  it('is watched, too, where another program named the holder in its own way', async () => {
    hold(world.api, ann);
    change(world.api, { holderIdentity: 'operator-0_8d1f' });
    world.onSleep = () => {
      change(world.api, { renewTime: 'again' });
    };
    await expect(take()).rejects.toMatchObject({ message: expect.stringContaining('operator-0_8d1f') as string });
  });
});
