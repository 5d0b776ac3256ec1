import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Restoration } from '../../../assets/apps/src/reaper/intent.js';
import { intentPath, listIntents } from '../../../src/chaos/intent/intents.js';
import type { ReadIntent } from '../../../src/chaos/intent/read-intent.js';
import { takeBack } from '../../../src/chaos/intent/take-back.js';
import { apiServer, send, type ApiServer } from '../../kubernetes/api-server.js';
import { givenClock, intent, postgres, postgresPath, putIntent, putWorkload, run, scaled, started } from '../given.js';

let api: ApiServer;
let clock = givenClock();
beforeEach(async () => {
  api = await apiServer();
  clock = givenClock();
  putWorkload(api, postgres, { replicas: 0 });
  putIntent(api, intent([scaled], [rolePath]));
  api.objects.set(rolePath, { metadata: { name: `drill-${run}` } });
});
afterEach(() => api.close());

const rolePath = `/apis/rbac.authorization.k8s.io/v1/namespaces/app-services/roles/drill-${run}`;

async function listed(): Promise<ReadIntent> {
  const [open] = await listIntents(api.client);
  if (open?.problem !== undefined || !open) throw new Error('there is no intent');
  return open;
}

async function back(more: { readonly signal?: AbortSignal; readonly onAway?: () => void } = {}): Promise<Restoration> {
  const { signal = new AbortController().signal } = more;
  return takeBack(await listed(), 'bob@desk/7', { ...more, client: api.client, clock, signal });
}

const replicas = () => (api.objects.get(`${postgresPath}/scale`)?.['spec'] as { replicas: number }).replicas;

/** Destroys so many requests of a kind before it answers again. */
function away(times: number, isMeant: (method: string, path: string) => boolean = () => true): void {
  api.answer = (response, { method, path }) => {
    if (times === 0 || !isMeant(method, path)) return false;
    times -= 1;
    response.destroy();
    return true;
  };
}

describe('taking back', () => {
  it('brings back what was, writes down who did it, and ends the rights of the reaper', async () => {
    expect(await back()).toEqual({
      by: 'bob@desk/7',
      at: '2026-11-20T10:00:00.000Z',
      results: [{ subject: 'statefulset/postgres in app-services', outcome: 'restored', detail: '1 replica again' }],
    });
    expect(replicas()).toBe(1);
    expect((await listed()).restoration?.by).toBe('bob@desk/7');
    expect(api.objects.has(rolePath)).toBe(false);
  });

  it('was done when it was written, however long the proof of it takes', async () => {
    // What was sent and is answered late is waited for where nothing had to be written.
    putWorkload(api, postgres, { replicas: 1 });
    const { at, results } = await back();
    expect(results).toMatchObject([{ outcome: 'as-it-was' }]);
    expect(clock.now()).toBe(started + 2_000);
    expect(Date.parse(at)).toBe(started);
  });

  it('leaves it at what the reaper did', async () => {
    const restoration = { by: 'reaper', at: '2026-11-20T09:59:00Z', results: [] };
    putIntent(api, intent([scaled], [rolePath]), { 'restoration.json': JSON.stringify(restoration) });

    expect(await back()).toEqual(restoration);

    // Whoever scaled it down after that meant it.
    expect(replicas()).toBe(0);
    expect(api.objects.has(rolePath)).toBe(false);
  });

  it('gives way to who wrote it down first', async () => {
    const open = await listed();
    const restoration = { by: 'reaper', at: '2026-11-20T09:59:00Z', results: [] };
    putIntent(api, intent([scaled], [rolePath]), { 'restoration.json': JSON.stringify(restoration) });
    const { signal } = new AbortController();
    expect(await takeBack(open, 'bob@desk/7', { client: api.client, clock, signal })).toEqual(restoration);
  });

  it('goes on where a heartbeat was written in between, and where the record is gone', async () => {
    let writes = 0;
    api.answer = (response, { method, path }) => {
      if (method !== 'PATCH' || path !== intentPath(run) || writes > 0) return false;
      writes += 1;
      return send(response, 409, { reason: 'Conflict' });
    };
    await back();
    expect((await listed()).restoration).toBeDefined();

    const open = await listed();
    api.objects.delete(intentPath(run));
    expect(
      (await takeBack({ ...open }, 'x', { client: api.client, clock, signal: new AbortController().signal })).by,
    ).toBe('bob@desk/7');
  });

  it.each([
    ['the look', 'GET', `${postgresPath}/scale`],
    ['the write', 'PUT', `${postgresPath}/scale`],
    ['the record', 'PATCH', intentPath(run)],
    ['the rights', 'DELETE', rolePath],
  ])('waits where the API server is away at %s', async (_name, method, path) => {
    let told = 0;
    away(4, (asked, at) => asked === method && at === path);
    await back({ onAway: () => (told += 1) });
    expect(replicas()).toBe(1);
    expect((await listed()).restoration).toBeDefined();
    expect(api.objects.has(rolePath)).toBe(false);
    expect(told).toBe(1);
  });

  it('gives up after two minutes, and the record says that the drill is open', async () => {
    const open = await listed();
    away(1_000);
    const { signal } = new AbortController();
    await expect(takeBack(open, 'x', { client: api.client, clock, signal })).rejects.toMatchObject({ code: 'tool' });
    expect(clock.slept.reduce((sum, one) => sum + one, 0)).toBe(120_000);
    away(0);
    expect((await listed()).restoration).toBeUndefined();
  });

  it('takes back also a fault that arrives late', async () => {
    putWorkload(api, postgres, { replicas: 1 });
    const real = clock;
    let arrivals = 0;
    const sleep: typeof real.sleep = (milliseconds, signal) => {
      // It was on its way to an API server that hung.
      if (arrivals === 0) putWorkload(api, postgres, { replicas: 0 });
      arrivals += 1;
      return real.sleep(milliseconds, signal);
    };
    clock = { ...real, sleep };

    const { results } = await back();

    expect(results).toMatchObject([{ outcome: 'restored' }]);
    expect(replicas()).toBe(1);
  });

  it('says so when somebody breaks it again and again', async () => {
    api.answer = (response, { method, path }) =>
      method === 'PUT' && path === `${postgresPath}/scale` && send(response, 200, {});
    await expect(back()).rejects.toMatchObject({
      code: 'leftBehind',
      message: `the drill db-down (run ${run}) was not taken back: statefulset/postgres in app-services is as the drill made it again`,
    });
    expect((await listed()).restoration).toBeUndefined();
    expect(api.objects.has(rolePath)).toBe(true);
  });

  it('says so when it changes all the time', async () => {
    api.answer = (response, { method, path }) =>
      method === 'PUT' && path === `${postgresPath}/scale` && send(response, 409, { reason: 'Conflict' });
    await expect(back()).rejects.toMatchObject({
      code: 'leftBehind',
      message: expect.stringContaining('changed 10 times') as string,
    });
  });
});
