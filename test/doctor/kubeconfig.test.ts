import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kubeconfig } from '../../src/doctor/kubeconfig.js';
import { examined } from './examined.js';

let folder = '';
let file = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'platform-kubeconfig-'));
  file = join(folder, 'config');
});
afterEach(() => rm(folder, { recursive: true }));

describe('the kubeconfig', () => {
  it('is fine when it can be read and written', async () => {
    await writeFile(file, 'apiVersion: v1\nkind: Config\ncontexts:\n- name: a\n  context: {}\n');
    expect(await examined(kubeconfig(file))).toEqual({ status: 'ok', detail: `${file}, one context` });
  });

  it('is fine when there is none yet, nor its folder', async () => {
    const missing = join(folder, '.kube', 'config');
    expect(await examined(kubeconfig(missing))).toEqual({ status: 'ok', detail: `${missing} will be made` });
  });

  it('is fine when it is empty', async () => {
    await writeFile(file, '');
    expect((await examined(kubeconfig(file))).status).toBe('ok');
  });

  it.each([
    ['is not valid YAML', 'clusters: [\n'],
    ['is not a kubeconfig', 'just a text\n'],
    ['is not a kubeconfig', '- a\n- list\n'],
  ])('blocks when it %s', async (words, content) => {
    await writeFile(file, content);
    expect(await examined(kubeconfig(file))).toMatchObject({
      status: 'blocking',
      detail: expect.stringContaining(words) as string,
    });
  });

  it('blocks when it is a folder', async () => {
    await mkdir(file);
    expect((await examined(kubeconfig(file))).status).toBe('blocking');
  });

  it('blocks when its place cannot be written', async () => {
    await writeFile(file, '');
    expect(await examined(kubeconfig(join(file, 'below', 'config')))).toMatchObject({
      status: 'blocking',
      detail: expect.stringContaining('not a folder') as string,
    });
  });
});
