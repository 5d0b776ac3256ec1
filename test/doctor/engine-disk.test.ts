import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gibibyte } from '../../src/bytes.js';
import type { RunningEngine } from '../../src/containers/read-engine-info.js';
import { engineDisk } from '../../src/doctor/engine-disk.js';
import { docker, engineWith, noEngine } from './engine-given.js';
import { examined } from './examined.js';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'platform-root-'));
});
afterEach(() => rm(root, { recursive: true }));

function find(gibibytes: number, more: Partial<RunningEngine> = {}) {
  const free = () => Promise.resolve(gibibytes * gibibyte);
  return examined(engineDisk({ engine: engineWith({ root, ...more }), free, kernel: docker.kernel }));
}

describe("the disk of the engine's images", () => {
  it.each([
    [12, 'ok'],
    [10, 'ok'],
    [9, 'warning'],
    [2, 'warning'],
    [1, 'blocking'],
  ])('with %s GiB is %s', async (gibibytes, status) => {
    const finding = await find(gibibytes);
    expect(finding.status).toBe(status);
    expect(finding.detail).toContain(`${String(gibibytes)}.0 GiB free for images and volumes in ${root}`);
  });

  it('is cleared by the engine itself', async () => {
    expect((await find(1, { name: 'podman' })).fix).toEqual([
      'see what takes it: podman system df',
      'remove what no container uses: podman system prune',
    ]);
  });

  it('is not looked at where it is on another machine', async () => {
    for (const more of [{ kernel: '6.6.0-linuxkit' }, { root: join(root, 'nowhere') }, { root: undefined }]) {
      expect((await find(1, more)).detail).toMatch(/^docker keeps its images on another machine/);
    }
  });

  it('is not looked at where no engine answers', async () => {
    expect((await examined(engineDisk({ engine: noEngine }))).status).toBe('ok');
  });
});
