import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { manifestDigest, readManifest } from '../../../src/local/network/manifest.js';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'platform-manifest-'));
  file = join(folder, 'network.yaml');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const offline = { text: () => Promise.reject(new Error('nobody should download')) };
const read = async (text: string) => {
  await writeFile(file, text);
  return readManifest(file, offline);
};
const account = 'apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: calico-node\n  namespace: kube-system\n';

describe('reading the manifest of a pod network', () => {
  it('gives its objects in their order, lists opened', async () => {
    const list = `apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: config}}\n`;
    const objects = await read(`# Calico\n---\n${account}---\n\n# nothing\n---\n${list}`);
    expect(objects.map(({ kind }) => kind)).toEqual(['ServiceAccount', 'ConfigMap']);
  });

  it('takes line ends of Windows', async () => {
    expect(await read(`${account}---\n${account}`.replaceAll('\n', '\r\n'))).toHaveLength(2);
  });

  it('downloads what is behind a URL', async () => {
    const asked: string[] = [];
    const text = (url: string) => {
      asked.push(url);
      return Promise.resolve(account);
    };
    expect(await readManifest('https://example.org/network.yaml', { text })).toHaveLength(1);
    expect(asked).toEqual(['https://example.org/network.yaml']);
  });

  it('names the file that is not there', async () => {
    await expect(readManifest(file, offline)).rejects.toMatchObject({
      code: 'usage',
      message: `local.cni names ${file}, which does not exist`,
    });
  });

  it.each([
    [
      'is not valid YAML',
      `${account}---\nkind: [\n`,
      /^the document at line 6 of .*network\.yaml is not valid YAML: .* at line 8, column 1$/,
    ],
    [
      'is a page of a proxy',
      '<!DOCTYPE html>\n<html></html>\n',
      /^the document at line 1 .* is no Kubernetes object: it has no apiVersion and kind$/,
    ],
    ['has values instead', `${account}---\nreplicas: 2\n`, /^the document at line 6 .* is no Kubernetes object/],
    ['lacks metadata', `kind: Pod\napiVersion: v1\n`, /^the document at line 1 .* has an object without metadata$/],
    [
      'lacks a name',
      `kind: Pod\napiVersion: v1\nmetadata: {}\n`,
      /^the document at line 1 .* has a Pod without a name$/,
    ],
    ['is empty', '# later\n---\n', /network\.yaml has no Kubernetes objects$/],
  ])('says where a manifest %s', async (_case, text, words) => {
    const failed = read(text);
    await expect(failed).rejects.toMatchObject({ code: 'usage' });
    await expect(failed).rejects.toThrow(words);
  });
});

describe('telling one manifest from another', () => {
  it('goes by what is in a file', async () => {
    await writeFile(file, account);
    const before = await manifestDigest(file);
    expect(await manifestDigest(file)).toBe(before);
    await writeFile(file, `${account}\n`);
    expect(await manifestDigest(file)).not.toBe(before);
  });

  it('goes by the address of what has to be downloaded', async () => {
    const [one, two] = ['https://example.org/v1.yaml', 'https://example.org/v2.yaml'];
    expect(await manifestDigest(one)).toBe(await manifestDigest(one));
    expect(await manifestDigest(one)).not.toBe(await manifestDigest(two));
  });
});
