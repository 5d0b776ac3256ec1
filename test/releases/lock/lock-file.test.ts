import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  lockCommand,
  lockFileFor,
  lockText,
  readLock,
  type Lock,
  type LockedRelease,
} from '../../../src/releases/lock/lock-file.js';
import { complaintsOf, errorOf } from '../../environment/fixture.js';

let folder = '';
let file = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'platform-lock-'));
  file = join(folder, 'platform.lock');
});
afterEach(() => rm(folder, { recursive: true }));

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;

const web: LockedRelease = {
  chart: 'https://charts.example.org/web 1.10.0',
  name: 'web',
  version: '1.10',
  appVersion: '1.0',
  digest: digest('a'),
  kubernetes: '>= 1.22.0-0',
  helm: '>=4.3.0 <5',
  crds: { digest: digest('b'), names: ['things.example.org'] },
  uses: ['monitoring.coreos.com/ServiceMonitor'],
  images: [
    { image: 'quay.io/web:1', digest: digest('c') },
    { image: 'quay.io/web:latest', digest: null, mutable: 'tag latest' },
  ],
};
const lock: Lock = { apiVersion: 'platform/v1alpha1', kind: 'Lock', releases: { web } };

describe('a lock file', () => {
  it('reads as it was written, and says in its first line what writes it', async () => {
    const text = lockText(lock);
    await writeFile(file, text);
    expect(await readLock(file)).toEqual(lock);
    expect(text).toMatch(
      /^# Written by `platform lock`; do not edit\..*\napiVersion: platform\/v1alpha1\nkind: Lock\n/,
    );
  });

  it('has the same bytes whatever order things were found in', () => {
    const names = ['z.example.org', 'a.example.org'];
    const one = { ...web, crds: { digest: digest('b'), names }, uses: ['b/B', 'a/A'] };
    const backwards = Object.entries({
      ...one,
      crds: { names: [...names].reverse(), digest: digest('b') },
      uses: ['a/A', 'b/B'],
      images: [...web.images].reverse(),
    }).reverse();
    const other = Object.fromEntries(backwards) as typeof one;
    expect(lockText({ kind: 'Lock', apiVersion: 'platform/v1alpha1', releases: { api: other, web: one } })).toBe(
      lockText({ ...lock, releases: { web: other, api: one } }),
    );
  });

  it('keeps a version that looks like a number', () => {
    expect(lockText(lock)).toContain('version: "1.10"');
  });

  it('is nothing where there is none', async () => {
    expect(await readLock(file)).toBeUndefined();
  });

  it('may have been checked out with other line breaks', async () => {
    await writeFile(file, lockText(lock).replaceAll('\n', '\r\n'));
    expect(await readLock(file)).toEqual(lock);
  });

  it('stands beside its environment file, under the same name', () => {
    expect(lockFileFor({ file: '/x/platform.yaml' })).toBe('/x/platform.lock');
    expect(lockFileFor({ file: '/x/staging.yml' })).toBe('/x/staging.lock');
    expect(lockFileFor({ file: undefined })).toBeUndefined();
  });

  it('is brought up to date by a command that names the file and the parts, where it must', () => {
    expect(lockCommand('/x/platform.yaml', {})).toBe('platform lock');
    expect(lockCommand('/x/staging.yaml', {})).toBe('platform lock --file /x/staging.yaml');
    expect(lockCommand('/x/platform.yaml', { askedParts: ['logging', 'tracing'] })).toBe(
      'platform lock --with logging,tracing',
    );
  });
});

describe('a lock file that is none', () => {
  const complaints = async (text: string) => {
    await writeFile(file, text);
    return complaintsOf(readLock(file));
  };
  const text = lockText(lock);

  it('is told with the line: cut in the middle of a release', async () => {
    const cut = text.slice(0, text.indexOf('    kubernetes:'));
    expect(await complaints(cut)).toEqual([
      'platform.lock:5:3 releases.web.helm is missing',
      'platform.lock:5:3 releases.web.images is missing',
      'platform.lock:5:3 releases.web.uses is missing',
    ]);
  });

  it('is told with the line: cut in the middle of a digest', async () => {
    expect(await complaints(text.replace('aaaaaaaaaa', ''))).toEqual([
      expect.stringMatching(/^platform\.lock:10:13 releases\.web\.digest is "sha256:a+/),
    ]);
  });

  it('is told with the line: left over from a merge', async () => {
    const [first] = await complaints(text.replace('    name: web\n', '<<<<<<< HEAD\n    name: web\n=======\n'));
    expect(first).toMatch(/^platform\.lock:7:1 /);
  });

  it('is told with the line: a key it cannot have', async () => {
    expect(await complaints(text.replace('    helm:', '    helmet: 1\n    helm:'))).toEqual([
      'platform.lock:12:5 releases.web.helmet is not a key this file can have',
    ]);
  });

  it.each(['', '# nothing\n', '[]', 'kind: Environment\n'])('is told: %j', async (content) => {
    expect((await complaints(content)).length).toBeGreaterThan(0);
  });

  it('is a usage error that says how to get a whole one', async () => {
    await writeFile(file, '');
    const error = await errorOf(readLock(file));
    expect(error.code).toBe('usage');
    expect(error.output).toContain(
      'take platform.lock from version control again, or delete it and run `platform lock`',
    );
  });

  it('is a usage error: a folder', async () => {
    await mkdir(file);
    expect(await errorOf(readLock(file))).toMatchObject({
      code: 'usage',
      message: 'platform.lock is a folder, not a file',
    });
  });
});
