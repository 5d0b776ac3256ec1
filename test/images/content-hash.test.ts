import { chmod, cp, mkdir, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ImageSource } from '../../src/environment/environment.js';
import { contentTag } from '../../src/images/content-hash.js';
import { errorOf, folderWith } from '../environment/fixture.js';

const files = {
  Dockerfile: 'FROM scratch\nCOPY . /\n',
  'src/main.js': 'main',
  'src/lib/a.js': 'a',
  'README.md': 'read me',
};

let context = '';
beforeEach(async () => {
  context = await folderWith(files);
});

const tagOf = (more: Partial<ImageSource> = {}) => contentTag('auth', { context, args: {}, platforms: [], ...more });
const write = (path: string, content: string) => writeFile(join(context, path), content);

describe('the tag of an image', () => {
  it('is 16 hexadecimal digits, and the same for the same sources anywhere', async () => {
    const tag = await tagOf();
    const copy = await folderWith({});
    await cp(context, copy, { recursive: true });
    await utimes(join(copy, 'src/main.js'), 1, 1);

    expect(tag).toMatch(/^[0-9a-f]{16}$/);
    expect(await tagOf({ context: copy })).toBe(tag);
  });

  it('is the same whatever else the folder was in between', async () => {
    const tag = await tagOf();
    await write('src/main.js', 'another');
    await write('src/main.js', 'main');
    expect(await tagOf()).toBe(tag);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['a content', () => write('src/main.js', 'MAIN')],
    ['a name', () => rename(join(context, 'src/main.js'), join(context, 'src/other.js'))],
    ['a new file', () => write('src/new.js', '')],
    ['a file less', () => rm(join(context, 'README.md'))],
    ['an empty folder', () => mkdir(join(context, 'data'))],
    ['an executable bit', () => chmod(join(context, 'src/main.js'), 0o755)],
    ['a link', () => symlink('main.js', join(context, 'src/link.js'))],
    ['the Dockerfile', () => write('Dockerfile', 'FROM scratch\n')],
  ])('is another after a change of %s', async (_, change) => {
    const tag = await tagOf();
    await change();
    expect(await tagOf()).not.toBe(tag);
  });

  it('is another for another Dockerfile outside of what is sent', async () => {
    await write('.dockerignore', 'Dockerfile\n');
    const tag = await tagOf();
    await write('Dockerfile', 'FROM scratch\n');
    expect(await tagOf()).not.toBe(tag);
  });

  it('is another after a change at the end of a large file', async () => {
    const large = Buffer.alloc(1.5 * 1024 ** 2);
    await write('large', large.toString('latin1'));
    const tag = await tagOf();
    large[large.length - 1] = 1;
    await write('large', large.toString('latin1'));
    expect(await tagOf()).not.toBe(tag);
  });

  it('goes by where a link leads, not by what is there', async () => {
    await symlink('/nowhere/at/all', join(context, 'link'));
    const tag = await tagOf();
    await rm(join(context, 'link'));
    await symlink('/nowhere/else', join(context, 'link'));
    expect(await tagOf()).not.toBe(tag);
  });

  it.each<[string, Partial<ImageSource>]>([
    ['target', { target: 'test' }],
    ['arguments', { args: { VERSION: '1' } }],
    ['platforms', { platforms: ['linux/arm64'] }],
  ])('is another for another choice of %s', async (_, more) => {
    expect(await tagOf(more)).not.toBe(await tagOf());
  });

  it('does not depend on the order of arguments and platforms', async () => {
    const one = await tagOf({ args: { A: '1', B: '2' }, platforms: ['linux/amd64', 'linux/arm64'] });
    const other = await tagOf({ args: { B: '2', A: '1' }, platforms: ['linux/arm64', 'linux/amd64'] });
    expect(other).toBe(one);
  });

  it('does not take one file that ends early for two', async () => {
    const one = await folderWith({ Dockerfile: '', a: '1', b: '2' });
    const other = await folderWith({ Dockerfile: '', a: '1b2' });
    expect(await tagOf({ context: one })).not.toBe(await tagOf({ context: other }));
  });

  it('leaves out what .dockerignore names, however large', async () => {
    await write('.dockerignore', '# not for images\n*.md\n**/node_modules\n');
    const tag = await tagOf();
    await write('README.md', 'another');
    await mkdir(join(context, 'src/node_modules/x'), { recursive: true });
    await write('src/node_modules/x/index.js', '');
    expect(await tagOf()).toBe(tag);
    await write('src/lib/a.js', 'A');
    expect(await tagOf()).not.toBe(tag);
  });

  it('goes by <Dockerfile>.dockerignore where there is one', async () => {
    await write('.dockerignore', 'src\n');
    await write('Api.Dockerfile', 'FROM scratch\n');
    await write('Api.Dockerfile.dockerignore', 'README.md\n');
    const tag = await tagOf({ dockerfile: 'Api.Dockerfile' });
    await write('README.md', 'another');
    expect(await tagOf({ dockerfile: 'Api.Dockerfile' })).toBe(tag);
    await write('src/main.js', 'another');
    expect(await tagOf({ dockerfile: 'Api.Dockerfile' })).not.toBe(tag);
  });

  it('leaves out sockets, as engines do', async () => {
    const tag = await tagOf();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(context, 'socket'), resolve));
    try {
      expect(await tagOf()).toBe(tag);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });
});

describe('sources of an image that cannot be read', () => {
  const asNobody = process.getuid?.() === 0;
  afterEach(() => {
    if (asNobody) process.seteuid?.(0);
  });

  it('are told by the key and the path where the folder is not there', async () => {
    const error = await errorOf(tagOf({ context: join(context, 'nowhere') }));
    expect(error).toMatchObject({
      code: 'usage',
      message: `images.auth.context: there is no folder ${join(context, 'nowhere')}`,
    });
  });

  it('are told where it is a file', async () => {
    const error = await errorOf(tagOf({ context: join(context, 'README.md') }));
    expect(error.message).toBe(`images.auth.context: ${join(context, 'README.md')} is not a folder`);
  });

  it('are told where there is no Dockerfile, with what to write', async () => {
    await rm(join(context, 'Dockerfile'));
    const error = await errorOf(tagOf());
    expect(error.message).toBe(`images.auth.context: there is no Dockerfile in ${context}`);
    expect(error.suggestions).toEqual(['name another one: images.auth.dockerfile, relative to its context']);
  });

  it('are told where the Dockerfile of another name is not there, or a folder', async () => {
    expect((await errorOf(tagOf({ dockerfile: 'docker/Api' }))).message).toBe(
      `images.auth.dockerfile: there is no Api in ${join(context, 'docker')}`,
    );
    expect((await errorOf(tagOf({ dockerfile: 'src' }))).message).toBe(
      `images.auth.dockerfile: ${join(context, 'src')} is a folder, not a Dockerfile`,
    );
  });

  it('are told where a file or a folder is closed to this user', async () => {
    await chmod(context, 0o755);
    await write('src/secret.js', '');
    await chmod(join(context, 'src/secret.js'), 0);
    if (asNobody) process.seteuid?.(65_534);

    const file = await errorOf(tagOf());
    if (asNobody) process.seteuid?.(0);
    await chmod(join(context, 'src'), 0);
    if (asNobody) process.seteuid?.(65_534);
    const folder = await errorOf(tagOf());
    if (asNobody) process.seteuid?.(0);
    await chmod(join(context, 'src'), 0o755);

    expect(file).toMatchObject({
      code: 'usage',
      message: `images.auth.context: this user may not read ${join(context, 'src/secret.js')}`,
      suggestions: ['name src/secret.js in .dockerignore, or change its permissions'],
    });
    expect(folder.message).toContain(`may not read ${join(context, 'src')}`);
  });
});
