import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inotify } from '../../src/doctor/inotify.js';
import { examined } from './examined.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'platform-inotify-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function limits(watches: number, instances: number) {
  await writeFile(join(folder, 'max_user_watches'), `${String(watches)}\n`);
  await writeFile(join(folder, 'max_user_instances'), `${String(instances)}\n`);
}

describe('the inotify limits', () => {
  it('are fine from what kind recommends on', async () => {
    await limits(524_288, 512);
    expect(await examined(inotify('yes', folder))).toEqual({
      status: 'ok',
      detail: 'max_user_watches 524288, max_user_instances 512',
    });
  });

  it('are a warning when one is lower, with the command that raises just that one', async () => {
    await limits(1_000_000, 128);
    expect(await examined(inotify('yes', folder))).toMatchObject({
      status: 'warning',
      fix: ['sudo sysctl -w fs.inotify.max_user_instances=512'],
    });
  });

  it('are high enough for the embedded provider as they are', async () => {
    await limits(8192, 128);
    expect((await examined(inotify('no', folder))).status).toBe('ok');
  });
});
