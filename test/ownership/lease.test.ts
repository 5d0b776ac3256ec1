import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEventHub } from '../../src/plan/event-hub.js';
import { createLease, type EnvironmentLease } from '../../src/ownership/lease.js';
import { holderIdentity } from '../../src/ownership/lease-object.js';
import type { ClusterClient } from '../../src/kubernetes/client.js';
import { apiServer, type ApiServer } from '../kubernetes/api-server.js';
import { ann, hold, manualClock, owner, path, stored, type ManualClock } from './given.js';

const signal = new AbortController().signal;
const eve = owner('run-1');
let api: ApiServer;
let clock: ManualClock;
let connected: () => ClusterClient | undefined;
let notices: string[];
let lease: EnvironmentLease;
beforeEach(async () => {
  api = await apiServer();
  clock = manualClock();
  connected = () => api.client;
  notices = [];
  const events = createEventHub(clock);
  events.subscribe((event) => {
    if (event.type === 'notice') notices.push(event.message);
  });
  const connection = () => Promise.resolve(connected());
  lease = createLease({ environment: 'shop', owner: eve, deadRun: undefined, connection, clock, events, signal });
});
afterEach(async () => {
  await lease.release();
  await api.close();
});

const renewTime = () => stored(api)?.spec?.renewTime;
const calls = () => api.requests.map(({ method }) => method);
/** The API server gives up every request, as a proxy without a server behind it does. */
const goAway = () => {
  api.answer = (response) => {
    response.destroy();
    return true;
  };
};
const comeBack = () => (api.answer = () => false);

describe('holding a Lease', () => {
  it('costs nothing before it is asked for', async () => {
    await clock.advance(60_000);
    expect(api.requests).toEqual([]);
  });

  it('is taken once for all who ask at the same time, and asked for again costs nothing', async () => {
    await Promise.all([lease.ensureHeld(signal), lease.ensureHeld(signal), lease.ensureHeld(signal)]);
    await lease.ensureHeld(signal);
    expect(calls()).toEqual(['GET', 'POST']);
  });

  it('needs no cluster: nobody else can have one that does not exist', async () => {
    connected = () => undefined;
    await lease.ensureHeld(signal);
    connected = () => api.client;
    await lease.ensureHeld(signal);
    expect(stored(api)?.spec?.holderIdentity).toBe(holderIdentity(eve));
  });

  it('ends for the one who is interrupted, not for the others', async () => {
    const one = new AbortController();
    const first = lease.ensureHeld(one.signal);
    const second = lease.ensureHeld(signal);
    one.abort(new Error('enough'));
    await expect(first).rejects.toThrow('enough');
    await second;
  });

  it('is given back at the end: the object stays, free for the next one', async () => {
    await lease.ensureHeld(signal);
    await lease.release();
    expect(stored(api)?.spec).toMatchObject({ holderIdentity: '', leaseTransitions: 0 });
    const { length } = api.requests;
    await clock.advance(60_000);
    expect(api.requests).toHaveLength(length);
  });

  it('is not given back by somebody who has lost it', async () => {
    await lease.ensureHeld(signal);
    hold(api, ann);
    await lease.release();
    expect(stored(api)?.spec?.holderIdentity).toBe(holderIdentity(ann));
  });

  it('ends without a failure when the API server is gone', async () => {
    await lease.ensureHeld(signal);
    goAway();
    await lease.release();
    expect(stored(api)?.spec?.holderIdentity).toBe(holderIdentity(eve));
  });
});

describe('the heartbeat of a Lease', () => {
  it('renews it each ten seconds', async () => {
    await lease.ensureHeld(signal);
    await clock.advance(9_999);
    expect(renewTime()).toBe('2026-11-20T10:00:00.000000Z');
    await clock.advance(1);
    expect(renewTime()).toBe('2026-11-20T10:00:10.000000Z');
    await clock.advance(10_000);
    expect(renewTime()).toBe('2026-11-20T10:00:20.000000Z');
    expect(stored(api)?.spec?.acquireTime).toBe('2026-11-20T10:00:00.000000Z');
  });

  it('may fail for twenty seconds, is tried again soon, and costs nobody anything', async () => {
    await lease.ensureHeld(signal);
    goAway();
    for (let ms = 0; ms < 20_000; ms += 2_000) await clock.advance(2_000);
    const { length } = api.requests;
    expect(length).toBeGreaterThan(4);
    await lease.ensureHeld(signal);
    expect(api.requests).toHaveLength(length);
    comeBack();
    await clock.advance(2_000);
    expect(renewTime()).toBe('2026-11-20T10:00:22.000000Z');
    expect(notices).toEqual([]);
  });

  it('that failed for the whole duration is made up for before anything is written', async () => {
    await lease.ensureHeld(signal);
    goAway();
    await clock.advance(40_000);
    await expect(lease.ensureHeld(signal)).rejects.toMatchObject({ code: 'tool' });
    comeBack();
    await lease.ensureHeld(signal);
    expect(renewTime()).toBe('2026-11-20T10:00:40.000000Z');
    expect(stored(api)?.spec).toMatchObject({ holderIdentity: holderIdentity(eve), leaseTransitions: 0 });
  });

  it('finds out that another one has taken it over: nothing more is changed', async () => {
    await lease.ensureHeld(signal);
    hold(api, ann);
    clock.pass(10_000);
    await expect.poll(() => notices).toHaveLength(1);
    const lost = {
      code: 'conflict',
      message: 'ann@build-7 (pid 7, destroy) has taken this environment over; nothing more is changed',
      facts: { user: 'ann', host: 'build-7', pid: 7, run: 'run-7' },
    };
    await expect(lease.ensureHeld(signal)).rejects.toMatchObject(lost);
    // Also when that one has gone again: what it did is not known.
    api.objects.delete(path);
    await expect(lease.ensureHeld(signal)).rejects.toMatchObject(lost);
    expect(notices).toEqual([lost.message]);
  });

  it('finds out the same when the machine slept beyond the duration', async () => {
    await lease.ensureHeld(signal);
    goAway();
    await clock.advance(3_600_000);
    comeBack();
    hold(api, ann);
    await expect(lease.ensureHeld(signal)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('goes on when it was written by us or by a bystander without our knowing', async () => {
    await lease.ensureHeld(signal);
    hold(api, eve);
    await clock.advance(10_000);
    expect(renewTime()).toBe('2026-11-20T10:00:10.000000Z');
    await lease.ensureHeld(signal);
  });

  it('takes the Lease anew when it is gone with its cluster', async () => {
    await lease.ensureHeld(signal);
    api.objects.clear();
    await clock.advance(10_000);
    expect(stored(api)).toBeUndefined();
    await lease.ensureHeld(signal);
    expect(stored(api)?.spec?.holderIdentity).toBe(holderIdentity(eve));
    await clock.advance(10_000);
    expect(renewTime()).toBe('2026-11-20T10:00:20.000000Z');
  });
});
