import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openExportFolder, writeExport } from '../../../src/releases/argocd/export-folder.js';
import { errorOf, folderWith } from '../../environment/fixture.js';

const files = (content: Readonly<Record<string, string>>) => new Map(Object.entries(content));

async function exported(folder: string, content: Readonly<Record<string, string>>, force = false) {
  return writeExport(await openExportFolder(folder, 'shop', force), files(content));
}
const everythingIn = async (folder: string) =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

describe('the folder of an export', () => {
  it('is made, with a note of what was made', async () => {
    const folder = join(await folderWith({}), 'deploy', 'shop');
    expect(await exported(folder, { 'apps.yaml': 'a', 'values/db.yaml': 'b' })).toEqual({
      ...{ written: ['apps.yaml', 'values/db.yaml'], unchanged: [], removed: [] },
    });
    expect(await readFile(join(folder, 'values/db.yaml'), 'utf8')).toBe('b');
    expect(await everythingIn(folder)).toEqual(['.platform-export.json', 'apps.yaml', 'values', 'values/db.yaml']);
  });

  it('is left as it is where nothing changed', async () => {
    const folder = await folderWith({});
    await exported(folder, { 'apps.yaml': 'a' });
    const before = await Promise.all((await readdir(folder)).map(async (name) => (await stat(join(folder, name))).ino));

    expect(await exported(folder, { 'apps.yaml': 'a' })).toEqual({
      written: [],
      unchanged: ['apps.yaml'],
      removed: [],
    });

    const after = await Promise.all((await readdir(folder)).map(async (name) => (await stat(join(folder, name))).ino));
    expect(after).toEqual(before);
  });

  it('loses what is no longer part of the export, empty folders too, and nothing else', async () => {
    const folder = await folderWith({});
    await exported(folder, {
      'apps.yaml': 'a',
      'definitions/db/x.yaml': 'x',
      'values/db.yaml': 'b',
      'values/api.yaml': 'c',
    });
    await writeFile(join(folder, 'values', 'mine.yaml'), 'mine');

    const result = await exported(folder, { 'apps.yaml': 'a2', 'values/api.yaml': 'c' });

    expect(result).toEqual({
      ...{ written: ['apps.yaml'], unchanged: ['values/api.yaml'] },
      removed: ['definitions/db/x.yaml', 'values/db.yaml'],
    });
    expect(await everythingIn(folder)).toEqual([
      ...['.platform-export.json', 'apps.yaml', 'values', 'values/api.yaml', 'values/mine.yaml'],
    ]);
  });

  it('may be the empty root of a git repository', async () => {
    const folder = await folderWith({ '.git/HEAD': 'ref: refs/heads/main' });
    expect((await exported(folder, { 'apps.yaml': 'a' })).written).toEqual(['apps.yaml']);
  });

  it('is refused when it holds something else', async () => {
    const folder = await folderWith({ 'README.md': 'mine' });
    const { code, message } = await errorOf(exported(folder, { 'apps.yaml': 'a' }));
    expect({ code, message }).toEqual({ code: 'conflict', message: `${folder} is not empty, and no export of ours` });
    expect(await everythingIn(folder)).toEqual(['README.md']);
  });

  it('is refused when it holds the export of another environment', async () => {
    const folder = await folderWith({});
    await writeExport(await openExportFolder(folder, 'other', false), files({ 'apps.yaml': 'a' }));
    expect((await errorOf(exported(folder, {}))).message).toBe(`${folder} holds the export of other`);
  });

  it('is refused when it is a file', async () => {
    const folder = await folderWith({ file: '' });
    expect((await errorOf(exported(join(folder, 'file'), {}))).message).toBe(`${join(folder, 'file')} is not a folder`);
  });

  it('can be forced; what else is in it stays, and what is in the way is overwritten', async () => {
    const folder = await folderWith({ 'README.md': 'mine', 'apps.yaml': 'theirs' });
    expect((await exported(folder, { 'apps.yaml': 'a' }, true)).written).toEqual(['apps.yaml']);
    expect(await readFile(join(folder, 'README.md'), 'utf8')).toBe('mine');
    // From now on it is known.
    expect((await exported(folder, { 'apps.yaml': 'b' })).written).toEqual(['apps.yaml']);
  });

  it.each([
    ['a file', { 'values/api.yaml': 'mine' }],
    ['a folder', { 'values/api.yaml/x': 'mine' }],
  ])('keeps %s of somebody else in the place of a new one, and nothing is written', async (_, mine) => {
    const folder = await folderWith({});
    await exported(folder, { 'apps.yaml': 'a' });
    for (const [path, content] of Object.entries(mine)) {
      await mkdir(join(folder, path, '..'), { recursive: true });
      await writeFile(join(folder, path), content);
    }

    const { code, message } = await errorOf(exported(folder, { 'apps.yaml': 'b', 'values/api.yaml': 'c' }));

    expect({ code, message }).toEqual({
      code: 'conflict',
      message: `${join(folder, 'values/api.yaml')} is there already and was not made by an export`,
    });
    expect(await readFile(join(folder, 'apps.yaml'), 'utf8')).toBe('a');
  });

  it('can be exported into again after an export that was cut short', async () => {
    // given a second export that wrote its note and one of its files
    const folder = await folderWith({ 'apps.yaml': 'b', 'old.yaml': 'o' });
    const note = { kind: 'argocd', environment: 'shop', files: ['apps.yaml', 'new.yaml', 'old.yaml'] };
    await writeFile(join(folder, '.platform-export.json'), JSON.stringify(note));

    expect(await exported(folder, { 'apps.yaml': 'b', 'new.yaml': 'n' })).toEqual({
      ...{ written: ['new.yaml'], unchanged: ['apps.yaml'], removed: ['old.yaml'] },
    });
  });

  it('takes no note that points out of the folder', async () => {
    const outer = await folderWith({ 'keep.txt': 'k' });
    const folder = join(outer, 'deploy');
    await mkdir(folder);
    const note = { kind: 'argocd', environment: 'shop', files: ['../keep.txt'] };
    await writeFile(join(folder, '.platform-export.json'), JSON.stringify(note));
    expect((await errorOf(exported(folder, { 'apps.yaml': 'a' }))).code).toBe('conflict');
    await exported(folder, { 'apps.yaml': 'a' }, true);
    expect(await readFile(join(outer, 'keep.txt'), 'utf8')).toBe('k');
  });
});
