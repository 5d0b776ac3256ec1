import { beforeEach, describe, expect, it } from 'vitest';
import { openMetrics, type Metrics } from '../../../assets/apps/src/kit/metrics.js';
import { ApiRefusal } from '../../../assets/apps/src/reaper/api-server.js';
import { intents, type Intent, type Restoration } from '../../../assets/apps/src/reaper/intent.js';
import { reaperMetrics } from '../../../assets/apps/src/reaper/reaper-metrics.js';
import { openReaper, type Reaper } from '../../../assets/apps/src/reaper/reaper.js';
import { fakeApi, type FakeApi } from './api.js';
import { intentOf, rolePath, scaledToZero, scaleOf, scalePath } from './given.js';

const path = `${intents.collection}/drill-a1`;
const countAtMostMs = 6_000;

let api: FakeApi;
let registry: Metrics['registry'];
let said: string[];
let clock: number;
beforeEach(() => {
  api = fakeApi({ [scalePath]: scaleOf(0), [rolePath]: {} });
  ({ registry } = openMetrics());
  said = [];
  clock = 5_000_000;
});

function write(data: Readonly<Record<string, string>>, uid = 'uid-drill'): void {
  api.edit(path, { metadata: { name: 'drill-a1', uid, labels: { 'platform.dev/drill': 'db-down' } }, data });
}
const open = (intent: Partial<Intent> = {}, heartbeat = '1') => {
  write({ 'intent.json': JSON.stringify({ ...intentOf([scaledToZero]), ...intent }), heartbeat });
};
const beat = (heartbeat: string) => {
  write({ ...api.objects.get(path)?.data, heartbeat });
};
const replicas = () => api.objects.get(scalePath)?.spec?.['replicas'] ?? 0;
const restoration = () => {
  const text = api.objects.get(path)?.data?.['restoration.json'];
  return text === undefined ? undefined : (JSON.parse(text) as Restoration);
};
const metric = async (name: string) => (await registry.getSingleMetric(name)?.get())?.values;

function reaper(by = 'reaper'): Reaper {
  const say = (...words: unknown[]) => said.push(String(words.at(-1)));
  ({ registry } = openMetrics());
  return openReaper({
    ...{ api, by, countAtMostMs, metrics: reaperMetrics(registry) },
    log: { info: say, warn: say, error: say },
    monotonicNow: () => clock,
    now: () => new Date('2026-11-21T12:01:00Z'),
  });
}

/** Looks every two seconds, as the program does. */
async function lookFor(seconds: number, watching: Reaper): Promise<void> {
  for (let passed = 0; passed < seconds; passed += 2) {
    clock += 2_000;
    await watching.look().catch((error: unknown) => said.push(String(error)));
  }
}

describe('a drill whose owner is gone', () => {
  it('is taken back once its time without a heartbeat is over, not before, and says by whom', async () => {
    open();
    const watching = reaper();
    await lookFor(30, watching);
    expect(replicas()).toBe(0);
    await lookFor(2, watching);
    expect(replicas()).toBe(1);
    expect(restoration()).toEqual({
      by: 'reaper',
      at: '2026-11-21T12:01:00.000Z',
      results: [{ subject: scaledToZero.subject, outcome: 'restored', detail: '1 replica again' }],
    });
    expect(await metric('reaper_restorations_total')).toMatchObject([{ labels: { outcome: 'restored' }, value: 1 }]);
  });

  it('leaves no rights behind', async () => {
    open();
    await lookFor(32, reaper());
    expect(api.writes.at(-1)).toBe(`DELETE ${rolePath}`);
  });

  it('is left alone while heartbeats come, whatever their owner’s clock says', async () => {
    open({ startedAt: '2001-01-01T00:00:00Z' });
    const watching = reaper();
    for (let number = 2; number < 8; number += 1) {
      await lookFor(26, watching);
      beat(String(number));
    }
    expect(replicas()).toBe(0);
    expect(await metric('reaper_open_drills')).toMatchObject([{ value: 1 }]);
    await lookFor(34, watching);
    expect(replicas()).toBe(1);
  });

  it('is counted from when it was first seen, by a reaper that was started anew', async () => {
    open();
    await lookFor(28, reaper());
    await lookFor(28, reaper());
    expect(replicas()).toBe(0);
  });

  it('is taken back once by two of them, and the record is of the first', async () => {
    open();
    const [first, second] = [reaper('first'), reaper('second')];
    for (let passed = 0; passed < 40; passed += 2) {
      clock += 2_000;
      await Promise.all([first.look(), second.look()]);
    }
    expect(api.writes.filter((write) => write.startsWith('PUT'))).toHaveLength(1);
    expect(api.writes.filter((write) => write === `PATCH ${path}`)).toHaveLength(1);
  });

  it('that was restored by somebody else keeps their record, and is closed', async () => {
    open();
    const theirs = { by: 'ann@build-7/9', at: '2026-11-21T12:00:30Z', results: [] };
    write({ ...api.objects.get(path)?.data, 'restoration.json': JSON.stringify(theirs) });
    await lookFor(60, reaper());
    expect(restoration()).toEqual(theirs);
    expect(replicas()).toBe(0);
    expect(api.writes).toEqual([`DELETE ${rolePath}`]);
    expect(await metric('reaper_open_drills')).toMatchObject([{ value: 0 }]);
  });

  it('keeps the record of who was faster in the last moment', async () => {
    open();
    const theirs = { by: 'ann@build-7/9', at: '2026-11-21T12:00:30Z', results: [] };
    api.before = (call) => {
      if (call !== `PATCH ${path}`) return;
      api.before = () => undefined;
      write({ ...api.objects.get(path)?.data, 'restoration.json': JSON.stringify(theirs) });
    };
    await lookFor(34, reaper());
    expect(restoration()).toEqual(theirs);
  });

  it('is left to an owner who comes back before its fault', async () => {
    open();
    api.edit(scalePath, scaleOf(1));
    api.before = (call) => {
      if (call !== `PATCH ${path}`) return;
      api.before = () => undefined;
      beat('2');
    };
    const watching = reaper();
    await lookFor(34, watching);
    expect(restoration()).toBeUndefined();
    expect(api.objects.has(rolePath)).toBe(true);
    expect(said.at(-1)).toContain('its owner is back');

    // From then on its silence is counted anew.
    api.edit(scalePath, scaleOf(0));
    await lookFor(28, watching);
    expect(replicas()).toBe(0);
    await lookFor(6, watching);
    expect(replicas()).toBe(1);
  });

  it('writes nothing to another drill that took the name in the last moment', async () => {
    open();
    api.before = (call) => {
      if (call === `GET ${path}`) write({ 'intent.json': '{}', heartbeat: '1' }, 'another');
    };
    await lookFor(34, reaper());
    expect(replicas()).toBe(1);
    expect(restoration()).toBeUndefined();
  });

  it('that is removed while it is restored ends without a record', async () => {
    open();
    api.before = (call) => {
      if (call === `PUT ${scalePath}`) api.objects.delete(path);
    };
    await lookFor(40, reaper());
    expect(replicas()).toBe(1);
    expect(api.objects.has(path)).toBe(false);
  });
});

describe('an API server that is away', () => {
  it('does not count as silence of the owner, who cannot write either', async () => {
    open();
    const watching = reaper();
    await lookFor(20, watching);
    api.before = () => {
      throw new Error('connection refused');
    };
    await lookFor(60, watching);
    api.before = () => undefined;
    await lookFor(8, watching);
    expect(replicas()).toBe(0);
    await lookFor(6, watching);
    expect(replicas()).toBe(1);
  });

  it('in the middle of a restoration is waited for, and the record says what was done before', async () => {
    open({ changes: [{ type: 'pods', path: '/api/v1/pods', uid: 'u', subject: 'pods' }, scaledToZero] });
    api.before = (call) => {
      if (call.endsWith(path)) throw new Error('connection reset');
    };
    const watching = reaper();
    await lookFor(40, watching);
    expect(replicas()).toBe(1);
    expect(restoration()).toBeUndefined();
    expect(said.filter((words) => words.includes('connection reset'))).toHaveLength(1);

    api.before = () => undefined;
    await lookFor(2, watching);
    expect(restoration()?.results).toMatchObject([{ outcome: 'restored' }, { outcome: 'as-it-was' }]);
  });
});

describe('a reaper that slept', () => {
  it('does not take its own sleep for the owner’s silence', async () => {
    open();
    const watching = reaper();
    await lookFor(2, watching);
    clock += 3_600_000;
    await watching.look();
    expect(replicas()).toBe(0);
  });
});

describe('what cannot be taken back', () => {
  it('is no restoration where the state says otherwise', async () => {
    open();
    api.before = (call) => {
      if (call === `GET ${scalePath}` && replicas() === 1) api.edit(scalePath, scaleOf(0));
    };
    await lookFor(40, reaper());
    expect(restoration()).toBeUndefined();
    expect(said).toContainEqual(expect.stringContaining('still as the drill made it: statefulset/postgres'));
  });

  it('stops no other drill', async () => {
    open();
    const other = `${intents.collection}/drill-b2`;
    const broken = { ...scaledToZero, path: '/apis/apps/v1/namespaces/other/statefulsets/postgres' };
    api.edit(other, {
      metadata: { name: 'drill-b2', uid: 'uid-b2', labels: { 'platform.dev/drill': 'db-down' } },
      data: { 'intent.json': JSON.stringify(intentOf([broken], { run: 'b2' })), heartbeat: '1' },
    });
    api.before = (call) => {
      if (call.includes('/other/')) throw new ApiRefusal(403, call, 'forbidden');
    };
    await lookFor(34, reaper());
    expect(restoration()).toBeDefined();
    expect(api.objects.get(other)?.data?.['restoration.json']).toBeUndefined();
    expect(said).toContainEqual(expect.stringMatching(/^drill-b2 is not restored yet: .*403/));
  });

  it('is finished when the right to give the rights back is gone with them', async () => {
    open();
    let asked = 0;
    api.before = (call) => {
      if (call !== `DELETE ${rolePath}`) return;
      asked += 1;
      throw new ApiRefusal(403, call, 'forbidden');
    };
    await lookFor(60, reaper());
    expect(asked).toBe(1);
    expect(said.filter((words) => words.includes('not restored yet'))).toEqual([]);
  });
});

describe('an intent that is not understood', () => {
  it.each([
    ['it has no intent.json', undefined],
    ['its intent.json is no JSON', '{'],
    ['its intent.json is not understood: version', JSON.stringify({ ...intentOf([scaledToZero]), version: 2 })],
    [
      'its intent.json is not understood: changes.0.path',
      JSON.stringify(intentOf([{ ...scaledToZero, path: '/api/v1/x?watch=1' }])),
    ],
    [
      'its intent.json is not understood: changes.0.type',
      JSON.stringify({ ...intentOf([]), changes: [{ ...scaledToZero, type: 'delete-everything' }] }),
    ],
  ])('is left alone and named once: %s', async (problem, text) => {
    write({ heartbeat: '1', ...(text !== undefined && { 'intent.json': text }) });
    await lookFor(60, reaper());
    expect(api.writes).toEqual([]);
    expect(said).toEqual([expect.stringContaining(`drill-a1 is left alone: ${problem}`)]);
    expect(await metric('reaper_unreadable_intents')).toMatchObject([{ value: 1 }]);
  });
});
