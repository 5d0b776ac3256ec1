import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  contextName,
  contextNames,
  hasContext,
  kubeconfigText,
  mergeContext,
  readAccess,
  removeContext,
} from '../../src/kubernetes/kubeconfig.js';
import { systemProcesses } from '../../src/process.js';

let folder = '';
let file = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'platform-kubeconfig-'));
  file = join(folder, 'config');
});
afterEach(() => rm(folder, { recursive: true }));

const access = { cluster: { server: 'https://127.0.0.1:6443' }, user: { token: 'ours' } };
const name = contextName('shop');

/** A kubeconfig as a person keeps it. */
const theirs = `# my clusters
apiVersion: v1
kind: Config
clusters:
- name: work # the big one
  cluster:
    server: https://work.example:6443
    certificate-authority-data: ${'QUJD'.repeat(60)}
users:
- name: work
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1
      command: aws
      args:
      - eks
      - get-token
      installHint: a hint that is a good deal longer than eighty characters, and so would be folded by a careless writer
contexts:
- name: work
  context: { cluster: work, user: work, namespace: default }
current-context: work
preferences: {}
`;

describe('adding a context', () => {
  it('makes the file, readable by its owner alone', async () => {
    const deep = join(folder, 'home', '.kube', 'config');
    await mergeContext(deep, name, access);
    expect((await stat(deep)).mode & 0o777).toBe(0o600);
    expect(await readAccess(deep)).toEqual(access);
    expect(parse(await readFile(deep, 'utf8'))).toMatchObject({ apiVersion: 'v1', kind: 'Config' });
  });

  it('keeps what is there exactly as it was written', async () => {
    await writeFile(file, theirs);
    await mergeContext(file, name, access);
    const text = await readFile(file, 'utf8');
    const lines = theirs.split('\n').filter((line) => line !== '' && !line.startsWith('current-context'));
    expect(lines.filter((line) => !text.split('\n').includes(line))).toEqual([]);
    expect(await contextNames(file)).toEqual(['work', 'platform-shop']);
  });

  it('makes it the current one', async () => {
    await writeFile(file, theirs);
    await mergeContext(file, name, access);
    expect(await readAccess(file)).toEqual(access);
  });

  it('replaces an older one of the same name', async () => {
    await mergeContext(file, name, { cluster: { server: 'https://old' }, user: { token: 'old' } });
    await mergeContext(file, name, access);
    expect(await contextNames(file)).toEqual([name]);
    expect(await readFile(file, 'utf8')).not.toContain('old');
  });

  it('makes a file that others could read private', async () => {
    await writeFile(file, theirs);
    await chmod(file, 0o644);
    await mergeContext(file, name, access);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['empty', ''],
    ['only comments', '# nothing yet\n'],
    ['as kubectl leaves it', 'apiVersion: v1\nclusters: null\ncontexts: null\nkind: Config\nusers: null\n'],
    ['in JSON', '{"apiVersion":"v1","kind":"Config","clusters":[],"users":[],"contexts":[]}'],
  ])('takes a file that is %s', async (_, text) => {
    await writeFile(file, text);
    await mergeContext(file, name, access);
    expect(await hasContext(file, name, access)).toBe(true);
    expect(await readAccess(file)).toEqual(access);
  });

  it('writes through a link, as kubectl does', async () => {
    const real = join(folder, 'dotfiles');
    await mkdir(real);
    await writeFile(join(real, 'kubeconfig'), theirs);
    await symlink(join(real, 'kubeconfig'), file);
    await mergeContext(file, name, access);
    expect(await readlink(file)).toBe(join(real, 'kubeconfig'));
    expect(await contextNames(join(real, 'kubeconfig'))).toEqual(['work', name]);
  });

  it('leaves a file alone that is not valid YAML', async () => {
    const broken = 'clusters: [\n  - {name: work\n';
    await writeFile(file, broken);
    await expect(mergeContext(file, name, access)).rejects.toMatchObject({
      code: 'conflict',
      message: `${file} is not valid YAML, so it is left as it is`,
    });
    expect(await readFile(file, 'utf8')).toBe(broken);
    expect(await readdir(folder)).toEqual(['config']);
  });

  it('leaves a file alone that is something else', async () => {
    await writeFile(file, 'just some words\n');
    await expect(mergeContext(file, name, access)).rejects.toMatchObject({
      code: 'conflict',
      message: `${file} is not a kubeconfig, so it is left as it is`,
    });
    expect(await readFile(file, 'utf8')).toBe('just some words\n');
  });

  it('takes over a lock whose owner died long ago', async () => {
    await writeFile(`${file}.lock`, '');
    const longAgo = new Date(Date.now() - 120_000);
    await utimes(`${file}.lock`, longAgo, longAgo);
    await mergeContext(file, name, access);
    expect(await readdir(folder)).toEqual(['config']);
  });

  it('loses nothing when several processes do it at once', async () => {
    const writers = ['a', 'b', 'c'];
    const script = fileURLToPath(new URL('./merge-context.ts', import.meta.url));
    await Promise.all(
      writers.map((writer) => systemProcesses().run(process.execPath, ['--import', 'tsx', script, file, writer, '15'])),
    );
    const expected = writers.flatMap((writer) =>
      Array.from({ length: 15 }, (_, index) => `${writer}-${String(index)}`),
    );
    expect((await contextNames(file)).sort()).toEqual([...expected, 'passing'].sort());
    expect(await readdir(folder)).toEqual(['config']);
  });
});

describe('removing a context', () => {
  it('gives the file back as it was, but for the current context', async () => {
    await writeFile(file, theirs);
    await mergeContext(file, name, access);
    expect(await removeContext(file, name)).toBe(true);
    expect(await readFile(file, 'utf8')).toBe(theirs.replace('current-context: work', 'current-context: ""'));
  });

  it('leaves the current context alone when that is another', async () => {
    await mergeContext(file, name, access);
    await mergeContext(file, 'other', access);
    await removeContext(file, name);
    expect(parse(await readFile(file, 'utf8'))).toMatchObject({ 'current-context': 'other' });
  });

  it('says when it was not there, and touches nothing', async () => {
    await writeFile(file, theirs);
    expect(await removeContext(file, name)).toBe(false);
    expect(await readFile(file, 'utf8')).toBe(theirs);
  });

  it('makes no file where there is none', async () => {
    expect(await removeContext(join(folder, 'none', 'config'), name)).toBe(false);
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('comparing', () => {
  it('tells the same access from another', async () => {
    await mergeContext(file, name, access);
    expect(await hasContext(file, name, access)).toBe(true);
    expect(await hasContext(file, name, { ...access, user: { token: 'new' } })).toBe(false);
    expect(await hasContext(file, 'other', access)).toBe(false);
  });

  it('finds nothing in a file that does not exist, is broken or is something else', async () => {
    expect(await hasContext(file, name, access)).toBe(false);
    expect(await contextNames(file)).toEqual([]);
    for (const text of ['a: [', 'words', 'contexts: 5', '- list', 'a: *nowhere\n']) {
      await writeFile(file, text);
      expect(await hasContext(file, name, access)).toBe(false);
      expect(await contextNames(file)).toEqual([]);
    }
  });
});

describe('reading the access', () => {
  it('takes certificate files into the text', async () => {
    await writeFile(join(folder, 'ca.crt'), 'authority');
    await writeFile(join(folder, 'me.crt'), 'certificate');
    await writeFile(join(folder, 'me.key'), 'key');
    const files = {
      cluster: { server: 'https://127.0.0.1:6443', 'certificate-authority': join(folder, 'ca.crt') },
      user: { 'client-certificate': join(folder, 'me.crt'), 'client-key': join(folder, 'me.key') },
    };
    await writeFile(file, kubeconfigText('platform', files));
    expect(await readAccess(file)).toEqual({
      cluster: { server: 'https://127.0.0.1:6443', 'certificate-authority-data': base64('authority') },
      user: { 'client-certificate-data': base64('certificate'), 'client-key-data': base64('key') },
    });
  });

  it('looks for certificate files beside the kubeconfig', async () => {
    await writeFile(join(folder, 'ca.crt'), 'authority');
    await writeFile(file, kubeconfigText('x', { cluster: { 'certificate-authority': 'ca.crt' }, user: {} }));
    expect((await readAccess(file)).cluster).toEqual({ 'certificate-authority-data': base64('authority') });
  });

  it('refuses a file without a usable current context', async () => {
    await writeFile(file, theirs.replace('current-context: work', 'current-context: play'));
    await expect(readAccess(file)).rejects.toMatchObject({
      code: 'conflict',
      message: `${file} has no usable current context`,
    });
  });
});

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
