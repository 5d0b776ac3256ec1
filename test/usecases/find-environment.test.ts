import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeRecord, type EnvironmentRecord } from '../../src/environment/record.js';
import { pathsFrom } from '../../src/paths.js';
import { findEnvironment } from '../../src/usecases/find-environment.js';
import { errorOf } from '../environment/fixture.js';
import { temporaryFolder } from '../toolchain/fixture.js';

const record = (name: string): EnvironmentRecord => ({
  name,
  target: 'local',
  provider: 'embedded',
  createdAt: '2026-01-01T00:00:00.000Z',
});

/** A machine on which environments of these names were begun, and a folder that may have a platform.yaml. */
async function given({ begun = [], file }: { begun?: string[]; file?: string } = {}) {
  const home = await temporaryFolder();
  const paths = pathsFrom({}, home);
  for (const name of begun) await writeRecord(paths, record(name));
  const cwd = join(home, 'work');
  await mkdir(cwd);
  if (file !== undefined) await writeFile(join(cwd, 'platform.yaml'), file);
  return { paths, cwd, find: (named?: string) => findEnvironment(named, cwd, { paths }) };
}

describe('which environment is meant', () => {
  it('is the one that is named, whatever file is here', async () => {
    const { find } = await given({ begun: ['shop', 'other'], file: 'name: other\n' });
    expect(await find('shop')).toEqual({ name: 'shop', record: record('shop') });
  });

  it('is that of the file here, also when several were begun', async () => {
    const { find } = await given({ begun: ['shop', 'other'], file: 'name: other\n' });
    expect(await find()).toEqual({ name: 'other', record: record('other') });
  });

  it('has no record when it was never begun on this machine', async () => {
    const { find } = await given({ begun: ['shop'], file: 'name: fresh\n' });
    expect(await find()).toEqual({ name: 'fresh', record: undefined });
    expect(await find('unknown')).toEqual({ name: 'unknown', record: undefined });
  });

  it('is the only one there is', async () => {
    const { find } = await given({ begun: ['shop'] });
    expect(await find()).toEqual({ name: 'shop', record: record('shop') });
  });

  it('has to be said when there are several', async () => {
    const { find } = await given({ begun: ['shop', 'other'] });
    expect(await errorOf(find())).toMatchObject({
      code: 'usage',
      message: 'there are several environments: other, shop',
      suggestions: ['say which one with --environment NAME'],
    });
  });

  it('is none when none was begun', async () => {
    const { find } = await given();
    expect(await errorOf(find())).toMatchObject({
      code: 'conflict',
      exitCode: 5,
      message: 'there is no environment on this machine',
      suggestions: ['build one with `platform up --local`'],
    });
  });

  it('passes over what else lies in the state folder', async () => {
    const { find, paths } = await given({ begun: ['shop'] });
    await mkdir(join(paths.state, 'half-made'));
    await mkdir(join(paths.state, 'torn'));
    await writeFile(join(paths.state, 'torn', 'environment.json'), '{"name":');
    await writeFile(join(paths.state, 'torn.txt'), '');
    expect((await find()).name).toBe('shop');
  });
});

describe('the name in a broken file', () => {
  it.each([
    ['wrong values', 'name: other\nlocal: 3\nreleases: [1, 2\n'],
    ['keys twice', 'name: other\nlocal: {}\nlocal: {}\n'],
    ['tabs', 'name: other\nlocal:\n\tworkers: 1\n'],
    ['an unknown tag', 'name: other\nlocal: !secret x\n'],
  ])('is read all the same, so that it can be destroyed: %s', async (_, file) => {
    const { find } = await given({ begun: ['shop', 'other'], file });
    expect((await find()).name).toBe('other');
  });

  it.each([
    ['no name', 'local: {}\n'],
    ['a name that is no text', 'name: [a]\n'],
    ['nothing', ''],
    ['a list', '- name: other\n'],
    ['a text', 'other\n'],
  ])('is passed over where there is %s', async (_, file) => {
    const { find } = await given({ begun: ['shop'], file });
    expect((await find()).name).toBe('shop');
  });
});

describe('a name that cannot be one', () => {
  it.each(['..', '.', '', '../../home', 'shop/../other', '/etc', 'Shop', 'a-name-that-is-far-too-long', '-shop'])(
    'is refused, since it becomes part of a path: %j',
    async (name) => {
      const { find } = await given({ begun: ['shop'] });
      expect(await errorOf(find(name))).toMatchObject({
        code: 'usage',
        message: expect.stringContaining(`no environment can be called ${JSON.stringify(name)}`) as string,
      });
    },
  );

  it('is refused in a file too', async () => {
    const { find } = await given({ begun: ['shop'], file: 'name: ../..\n' });
    expect(await errorOf(find())).toMatchObject({ code: 'usage' });
  });
});
