import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadEnvironment, type LoadOptions } from '../../src/environment/load.js';
import { mergeValues } from '../../src/releases/values/values.js';
import { errorOf, folderWith, header, library, problemsOf } from './fixture.js';

const release = (files: string, more = '') =>
  `${header}releases: { web: { chart: service, namespace: apps, files: ${files}${more} } }\n`;

/** The release `web` of a file in a folder of its own, with other files beside it. */
async function given(content: string, beside: Readonly<Record<string, string | Uint8Array>> = {}) {
  const cwd = await folderWith({ 'platform.yaml': content, ...beside });
  const load = (options: Partial<LoadOptions> = {}) => loadEnvironment({ cwd, target: 'local', library, ...options });
  const layers = async () => (await load()).releases[0]?.values ?? [];
  return { cwd, load, layers, values: async () => mergeValues(await layers()) };
}

describe('values from a folder', () => {
  it('are its files by name, sorted, without hidden ones and without folders', async () => {
    const { layers, values } = await given(release('{ rules: ./alerts }'), {
      'alerts/b.yaml': 'b: 2\n',
      'alerts/a.yaml': 'a: 1\n',
      'alerts/.hidden.yaml': 'no\n',
      'alerts/deeper/c.yaml': 'no\n',
    });
    expect(await values()).toEqual({ rules: { 'a.yaml': 'a: 1\n', 'b.yaml': 'b: 2\n' } });
    expect(Object.keys((await values())['rules'] as object)).toEqual(['a.yaml', 'b.yaml']);
    expect((await layers()).map(({ origin }) => origin)).toEqual(['files ./alerts']);
  });

  it('are an empty map where there is nothing in it', async () => {
    const { cwd, values } = await given(release('{ rules: alerts }'));
    await mkdir(join(cwd, 'alerts'));
    expect(await values()).toEqual({ rules: {} });
  });

  it('follow links to files, as version control keeps them', async () => {
    const { cwd, values } = await given(release('{ rules: alerts }'), { 'a.yaml': 'a' });
    await mkdir(join(cwd, 'alerts'));
    await symlink('../a.yaml', join(cwd, 'alerts', 'linked.yaml'));
    expect(await values()).toEqual({ rules: { 'linked.yaml': 'a' } });
  });
});

describe('a value from a file', () => {
  it('is its text, at any depth, a dot in a key escaped', async () => {
    const files = String.raw`{ config.text: a.txt, 'annotations.example\.org/note': b.txt }`;
    const { values } = await given(release(files), { 'a.txt': '\uFEFFgrüße\n', 'b.txt': '' });
    expect(await values()).toEqual({ config: { text: 'grüße\n' }, annotations: { 'example.org/note': '' } });
  });

  it('has the words of the environment put in, and none of the braces of others', async () => {
    const text = 'https://inbox.{domain}/ {environment} {{ domain }} ${domain} {{domain}} up{job="a"}';
    const { values } = await given(release('{ text: a.txt }'), { 'a.txt': text });
    expect(await values()).toEqual({
      text: 'https://inbox.shop.localhost/ shop {{ domain }} ${domain} {{domain}} up{job="a"}',
    });
  });

  it('is weaker than the values beside it, and stronger than those of weaker layers', async () => {
    const content = `${header}blueprint: shop\nreleases: { gateway: { files: { log.level: level.txt, mode: mode.txt }, values: { mode: written } } }\n`;
    const { load } = await given(content, { 'level.txt': 'from a file', 'mode.txt': 'from a file' });
    const gateway = (await load()).releases.find(({ name }) => name === 'gateway');
    expect(mergeValues(gateway?.values ?? [])).toMatchObject({ log: { level: 'from a file' }, mode: 'written' });
  });

  it('may have a mebibyte, in one line', async () => {
    const { values } = await given(release('{ text: a.txt }'), { 'a.txt': 'a'.repeat(1024 * 1024) });
    expect((await values())['text']).toHaveLength(1024 * 1024);
  });
});

describe('files of a catalogue entry', () => {
  const entry = (files: string) =>
    `apiVersion: platform/v1alpha1\nkind: CatalogueEntry\nchart: { bundled: service }\nnamespace: apps\nfiles: ${files}\n`;
  const watched = `${header}releases: { watcher: {} }\n`;

  it('are relative to the entry, weaker than its values.yaml', async () => {
    const { cwd, load } = await given(watched, {
      'catalogue/watcher/release.yaml': entry('{ rules: ../../rules }'),
      'catalogue/watcher/values.yaml': 'rules: { b.yaml: null }\n',
      'rules/a.yaml': 'a',
      'rules/b.yaml': 'b',
    });
    const [release] = (await load({ library: { ...library, catalogue: join(cwd, 'catalogue') } })).releases;
    expect(mergeValues(release?.values ?? [])).toEqual({ rules: { 'a.yaml': 'a', 'b.yaml': null } });
    expect(release?.values.map(({ origin }) => origin)).toEqual([
      'files ../../rules',
      'helm-values/watcher/values.yaml',
    ]);
  });

  it('that are not there are told with their place in it', async () => {
    const { cwd, load } = await given(watched, {
      'catalogue/watcher/release.yaml': entry('{ rules: ../../rules }'),
    });
    const attempt = load({ library: { ...library, catalogue: join(cwd, 'catalogue') } });
    expect(await problemsOf(attempt)).toMatchObject([
      {
        ...{ file: 'helm-values/watcher/release.yaml', line: 5, column: 17, path: 'files.rules' },
        message: '../../rules does not exist',
      },
    ]);
  });
});

describe('files that cannot be values', () => {
  it('are told with the place that names them', async () => {
    const files = '{ a: gone, b: large.txt, c: latin, d: /dev/null }';
    const { load } = await given(release(files), {
      'large.txt': 'x'.repeat(1024 * 1024 + 1),
      'latin/a.txt': 'fine',
      'latin/b.txt': Uint8Array.from([0x67, 0xfc]),
      'latin/c.txt': Uint8Array.from([0xff]),
    });
    expect(await problemsOf(load())).toMatchObject([
      {
        ...{ path: 'releases.web.files.a', line: 4, column: 65, value: 'gone' },
        ...{ message: 'gone does not exist', allowed: 'a folder or a file, relative to this file' },
      },
      {
        ...{ path: 'releases.web.files.b', value: 'large.txt' },
        ...{ message: 'large.txt has 1048577 bytes', allowed: 'at most 1048576 (1 MiB) in a file' },
      },
      { path: 'releases.web.files.c', message: 'latin/b.txt is not UTF-8', allowed: 'text in the encoding UTF-8' },
      { path: 'releases.web.files.c', message: 'latin/c.txt is not UTF-8' },
      { path: 'releases.web.files.d', message: '/dev/null is neither a folder nor a file' },
    ]);
  });

  it('are told where a folder leads to nothing', async () => {
    const { cwd, load } = await given(release('{ rules: alerts }'), { 'alerts/a.yaml': 'a', 'b.yaml': 'b' });
    await symlink('../b.yaml', join(cwd, 'alerts', 'b.yaml'));
    await rm(join(cwd, 'b.yaml'));
    const [problem] = await problemsOf(load());
    expect(problem?.message).toBe('alerts/b.yaml does not exist');
  });

  it('are told for a path that names no value', async () => {
    for (const path of ['', 'a..b', '.a', 'a=b']) {
      const { load } = await given(release(`{ '${path}': a.txt }`), { 'a.txt': 'a' });
      expect((await errorOf(load())).output, path).toContain('a path in the values, such as rules or grafana.files');
    }
  });

  it('leave the rest of the environment to be checked', async () => {
    const { cwd, load } = await given(release('{ a: gone }', ', needs: ["nobody:ready"]'));
    await writeFile(join(cwd, 'other'), '');
    expect((await problemsOf(load())).map(({ path }) => path)).toEqual([
      'releases.web.files.a',
      'releases.web.needs[0]',
    ]);
  });
});
