import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writableFolders } from '../../src/doctor/writable-folders.js';
import { examined } from './examined.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'platform-folders-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function find(state: string) {
  const [first] = writableFolders({ state, cache: folder });
  return first && examined(first);
}

describe('the folders that are written', () => {
  it('are fine where they can be made, which is not done yet', async () => {
    expect(await find(join(folder, 'a', 'b'))).toMatchObject({ status: 'ok' });
    expect(await readdir(folder)).toEqual([]);
  });

  it('block where a file is in their way', async () => {
    await writeFile(join(folder, 'a'), '');
    expect(await find(join(folder, 'a', 'b'))).toMatchObject({
      status: 'blocking',
      fix: [expect.stringContaining('XDG_STATE_HOME') as string],
    });
    expect((await find(join(folder, 'a')))?.detail).toContain(`${folder}/a is not a folder`);
  });
});
