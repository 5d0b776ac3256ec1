import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keepHeartbeat, type Heartbeat, type HeartbeatLoss } from '../../../src/chaos/intent/heartbeat.js';
import { intentPath } from '../../../src/chaos/intent/intents.js';
import type { Clock } from '../../../src/clock.js';
import { apiServer, type ApiServer } from '../../kubernetes/api-server.js';
import { putIntent, run, started } from '../given.js';

let api: ApiServer;
let now = started;
/** Ends the wait that is under way. */
let pass: () => void = () => undefined;
let waits: number[] = [];
let losses: HeartbeatLoss[] = [];
let heartbeat: Heartbeat | undefined;
beforeEach(async () => {
  api = await apiServer();
  putIntent(api);
  now = started;
  waits = [];
  losses = [];
});
afterEach(async () => {
  await heartbeat?.stop();
  await api.close();
});

const clock: Clock = {
  now: () => now,
  sleep: (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      waits.push(milliseconds);
      signal?.addEventListener('abort', () => {
        reject(signal.reason as Error);
      });
      pass = () => {
        now += milliseconds;
        resolve();
      };
    }),
};

function begin(): void {
  heartbeat = keepHeartbeat({ run, client: api.client, clock, onLost: (loss) => losses.push(loss) });
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}

const text = () => (api.objects.get(intentPath(run))?.['data'] as Record<string, string>)['heartbeat'];

describe('a heartbeat', () => {
  it('changes its text at once and every ten seconds, and nothing else', async () => {
    begin();
    await until(() => waits.length === 1);
    const first = text();
    pass();
    await until(() => waits.length === 2);

    expect(first).toBe('2026-11-20T10:00:00.000Z 1');
    expect(text()).toBe('2026-11-20T10:00:10.000Z 2');
    expect(waits).toEqual([10_000, 10_000]);
    expect(heartbeat?.lastAt).toBe(started + 10_000);
    expect(api.objects.get(intentPath(run))).toMatchObject({ data: { 'intent.json': expect.any(String) as string } });
  });

  it('tries soon again when the API server does not answer', async () => {
    api.answer = (response) => {
      response.destroy();
      return true;
    };
    begin();
    await until(() => waits.length === 1);
    expect({ waits, lastAt: heartbeat?.lastAt, losses }).toEqual({ waits: [2_000], lastAt: undefined, losses: [] });
    api.answer = () => false;
    pass();
    await until(() => waits.length === 2);
    expect(waits).toEqual([2_000, 10_000]);
  });

  it('says who took the drill back, and ends', async () => {
    const restoration = { by: 'reaper', at: '2026-11-20T10:01:00Z', results: [] };
    putIntent(api, undefined, { 'restoration.json': JSON.stringify(restoration) });
    begin();
    await until(() => losses.length > 0);
    expect(losses).toEqual([{ why: 'restored', by: 'reaper' }]);
    expect(waits).toEqual([]);
  });

  it('says that its record is gone, and ends', async () => {
    api.objects.delete(intentPath(run));
    begin();
    await until(() => losses.length > 0);
    expect(losses).toEqual([{ why: 'deleted' }]);
    expect(api.requests).toHaveLength(1);
  });

  it('is shown at once when that is asked for, and tells once that the drill is over', async () => {
    begin();
    await until(() => waits.length === 1);
    const { signal } = new AbortController();

    await heartbeat?.show(signal);
    expect(text()).toBe('2026-11-20T10:00:00.000Z 2');
    expect(losses).toEqual([]);

    const restoration = { by: 'reaper', at: '2026-11-20T10:01:00Z', results: [] };
    putIntent(api, undefined, { 'restoration.json': JSON.stringify(restoration) });
    await heartbeat?.show(signal);
    expect(losses).toEqual([{ why: 'restored', by: 'reaper' }]);
    pass();
    await until(() => api.requests.length === 4);
    await heartbeat?.stop();
    expect(losses).toHaveLength(1);
  });

  it('tells who asked for it that it has not arrived', async () => {
    begin();
    await until(() => waits.length === 1);
    api.answer = (response) => {
      response.destroy();
      return true;
    };
    await expect(heartbeat?.show(new AbortController().signal)).rejects.toMatchObject({ code: 'tool' });
    expect(losses).toEqual([]);
  });

  it('ends when it is stopped, in the middle of a wait', async () => {
    begin();
    await until(() => waits.length === 1);
    await heartbeat?.stop();
    expect(api.requests).toHaveLength(1);
    expect(losses).toEqual([]);
  });
});
