import { chmod, mkdir, mkdtemp, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileDigest, folderDigest } from '../../../src/releases/charts/chart-digest.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'platform-digest-'));
});
afterEach(() => rm(folder, { recursive: true }));

const files = { 'Chart.yaml': 'name: web', 'templates/a.yaml': 'a', 'templates/sub/b.yaml': 'b', 'values.yaml': '' };

/** A chart, its files written in the order given. */
async function chart(name: string, contents: Readonly<Record<string, string>> = files): Promise<string> {
  const root = join(folder, name);
  for (const [file, content] of Object.entries(contents)) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), content);
  }
  return root;
}

describe('the digest of a chart folder', () => {
  it('is the same wherever and in whatever order its files were written', async () => {
    const one = await folderDigest(await chart('one'));
    const reversed = Object.fromEntries(Object.entries(files).reverse());
    expect(one).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(await folderDigest(await chart('two/deeper', reversed))).toBe(one);
  });

  it('does not depend on times and modes', async () => {
    const root = await chart('one');
    const before = await folderDigest(root);
    await utimes(join(root, 'Chart.yaml'), 0, 0);
    await chmod(join(root, 'Chart.yaml'), 0o600);
    expect(await folderDigest(root)).toBe(before);
  });

  it.each<[string, (root: string) => Promise<void>]>([
    ['a changed file', (root) => writeFile(join(root, 'Chart.yaml'), 'name: api')],
    ['a renamed file', (root) => rename(join(root, 'templates/a.yaml'), join(root, 'templates/c.yaml'))],
    ['a moved file', (root) => rename(join(root, 'templates/a.yaml'), join(root, 'templates/sub/a.yaml'))],
    ['a new file, an empty one too', (root) => writeFile(join(root, 'notes'), '')],
    ['a removed file', (root) => rm(join(root, 'values.yaml'))],
    [
      'a byte that moved to the next file',
      async (root) => {
        await writeFile(join(root, 'templates/a.yaml'), '');
        await writeFile(join(root, 'templates/sub/b.yaml'), 'ab');
      },
    ],
  ])('changes with %s', async (_, change) => {
    const root = await chart('one');
    const before = await folderDigest(root);
    await change(root);
    expect(await folderDigest(root)).not.toBe(before);
  });

  it('changes with the contents of a linked file, which Helm follows', async () => {
    const root = await chart('one');
    await writeFile(join(folder, 'shared.yaml'), 'before');
    await symlink(join(folder, 'shared.yaml'), join(root, 'templates', 'shared.yaml'));
    const before = await folderDigest(root);
    await writeFile(join(folder, 'shared.yaml'), 'after');
    expect(await folderDigest(root)).not.toBe(before);
  });
});

describe('the digest of a file', () => {
  it('is what sha256sum says', async () => {
    const root = await chart('one', { 'chart.tgz': 'abc' });
    expect(await fileDigest(join(root, 'chart.tgz'))).toBe(
      'sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });
});
