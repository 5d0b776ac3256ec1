import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readJsonFile, writeFileAtomically } from '../src/files.js';
import { temporaryFolder } from './toolchain/fixture.js';

describe('writing a file atomically', () => {
  it('makes the folders and sets the permissions', async () => {
    const file = join(await temporaryFolder(), 'a', 'b', 'secret');
    await writeFileAtomically(file, 'text', { mode: 0o600 });
    expect(await readFile(file, 'utf8')).toBe('text');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('replaces what was there and leaves nothing beside it', async () => {
    const folder = await temporaryFolder();
    await writeFileAtomically(join(folder, 'file'), 'old');
    await writeFileAtomically(join(folder, 'file'), 'new');
    expect(await readFile(join(folder, 'file'), 'utf8')).toBe('new');
    expect(await readdir(folder)).toEqual(['file']);
  });

  it('leaves nothing behind when it fails', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'target'));
    await expect(writeFileAtomically(join(folder, 'target'), 'text')).rejects.toThrow();
    expect(await readdir(folder)).toEqual(['target']);
  });
});

describe('reading a JSON file', () => {
  const schema = z.object({ count: z.number() });

  it('gives what fits the schema, and nothing for what is absent, broken or different', async () => {
    const folder = await temporaryFolder();
    const contents = { right: '{"count":1}', torn: '{"count":', different: '{"count":"one"}' };
    for (const [name, text] of Object.entries(contents)) await writeFile(join(folder, name), text);
    expect(await readJsonFile(join(folder, 'right'), schema)).toEqual({ count: 1 });
    for (const name of ['torn', 'different', 'absent']) {
      expect(await readJsonFile(join(folder, name), schema), name).toBeUndefined();
    }
  });

  it('does not take a folder for an absent file', async () => {
    const folder = await temporaryFolder();
    await expect(readJsonFile(folder, schema)).rejects.toThrow('EISDIR');
  });
});
