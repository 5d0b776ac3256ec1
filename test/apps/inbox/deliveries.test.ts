import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDeliveries } from '../../../assets/apps/src/inbox/deliveries.js';
import type { Notification } from '../../../assets/apps/src/inbox/delivery.js';
import { folder } from '../folder.js';

const notification = (receiver: string): Notification => ({
  kind: 'webhook',
  receiver,
  groupKey: null,
  status: 'firing',
  alerts: [],
  body: {},
});

const file = async () => join(await folder(), 'deliveries.jsonl');
const lines = async (path: string) => (await readFile(path, 'utf8')).split('\n').filter(Boolean);

describe('keeping the newest deliveries', () => {
  it('forgets the oldest, and shortens the file now and then', async () => {
    const path = await file();
    const deliveries = await openDeliveries(path, { keep: 10 });

    for (let index = 0; index < 25; index++) await deliveries.add(notification(String(index)));

    expect(deliveries.list({}).map(({ receiver }) => receiver)).toEqual([
      '15',
      '16',
      '17',
      '18',
      '19',
      '20',
      '21',
      '22',
      '23',
      '24',
    ]);
    expect((await lines(path)).length).toBeLessThanOrEqual(12);
  });

  it('forgets them at the next start too', async () => {
    const path = await file();
    const deliveries = await openDeliveries(path);
    for (let index = 0; index < 5; index++) await deliveries.add(notification(String(index)));

    const next = await openDeliveries(path, { keep: 2 });

    expect(next.list({}).map(({ receiver }) => receiver)).toEqual(['3', '4']);
    expect(await lines(path)).toHaveLength(2);
  });

  it('keeps no more bytes than it may, and the newest in any case', async () => {
    const deliveries = await openDeliveries(await file(), { keepBytes: 500 });
    for (const receiver of ['a', 'b', 'c', 'd']) await deliveries.add(notification(receiver));
    expect(deliveries.list({}).map(({ receiver }) => receiver)).toEqual(['c', 'd']);
    await deliveries.add(notification('e'.repeat(1_000)));
    expect(deliveries.list({})).toHaveLength(1);
  });

  it('writes one after the other what comes at once', async () => {
    const path = await file();
    const deliveries = await openDeliveries(path);
    await Promise.all(Array.from({ length: 50 }, (_, index) => deliveries.add(notification(String(index)))));
    await deliveries.close();
    const receivers = (await lines(path)).map((line) => (JSON.parse(line) as Notification).receiver);
    expect(receivers).toEqual(Array.from({ length: 50 }, (_, index) => String(index)));
  });
});
