import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gibibyte, mebibyte } from '../../src/bytes.js';
import { freeBytes } from '../../src/disk-space.js';
import { disk } from '../../src/doctor/disk.js';
import { examined } from './examined.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'platform-disk-'));
});
afterEach(() => rm(folder, { recursive: true }));

const find = (bytes: number) => {
  const paths = { state: join(folder, 'not', 'yet', 'state'), cache: join(folder, 'cache') };
  return examined(disk(paths, () => Promise.resolve(bytes)));
};

describe('the room on disk', () => {
  it('is measured where the folders will be, as long as they are not there', async () => {
    const { status, detail } = await find(50 * gibibyte);
    expect(status).toBe('ok');
    expect(detail).toBe(`50.0 GiB free for ${folder}/not/yet/state and ${folder}/cache`);
  });

  it('is a warning when it is less than both together need', async () => {
    expect(await find(2 * gibibyte)).toMatchObject({
      status: 'warning',
      detail: expect.stringContaining('about 2.5 GiB is needed') as string,
    });
  });

  it('blocks when it is next to nothing', async () => {
    expect((await find(100 * mebibyte)).status).toBe('blocking');
  });

  it('is really there on this machine', async () => {
    expect(await freeBytes(folder)).toBeGreaterThan(0);
  });
});
