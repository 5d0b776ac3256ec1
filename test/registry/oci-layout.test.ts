import { readdir, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { copyImage } from '../../src/registry/copy-image.js';
import { addDockerArchive } from '../../src/registry/docker-archive.js';
import { ociLayout } from '../../src/registry/oci-layout.js';
import { errorOf, folderWith } from '../environment/fixture.js';
import { publish, publishIndex, signal, storeIn } from './given-images.js';
import { startOciRegistry } from './oci-registry.js';

const redis = 'docker.io/library/redis';

/** A folder with an image for two platforms, of which it has one, and one for any. */
async function given() {
  const folder = join(await folderWith({}), 'images');
  const from = await startOciRegistry();
  const index = publishIndex(from, 'library/redis', '7', ['amd64', 'arm64']);
  const single = publish(from, 'jetstack/cm', 'v1');
  const layout = ociLayout(folder);
  const pull = (repository: string, reference: string, tag?: string) =>
    copyImage({
      from: storeIn(from, repository),
      to: layout.store(repository === 'library/redis' ? redis : `quay.io/${repository}`),
      ...{ reference, tag, platforms: ['linux/amd64'], signal },
    });
  await Promise.all([pull('library/redis', index, '7'), pull('jetstack/cm', single)]);
  return { folder, layout, index, single, from, pull };
}

describe('a folder of images', () => {
  it('lists what it has by full names, also what has no tag', async () => {
    const { layout, folder, index, single } = await given();
    expect(await layout.images()).toEqual([
      { name: `${redis}:7`, digest: index },
      { name: `quay.io/jetstack/cm@${single}`, digest: single },
    ]);
    expect(JSON.parse(await readFile(join(folder, 'oci-layout'), 'utf8'))).toEqual({ imageLayoutVersion: '1.0.0' });
  });

  it('is empty before it is made', async () => {
    const layout = ociLayout(join(await folderWith({}), 'none'));
    expect(await layout.images()).toEqual([]);
    expect(await layout.store(redis).manifest('7', signal)).toBeUndefined();
  });

  it('has every file under its digest, and no leftovers', async () => {
    const { folder } = await given();
    const names = await readdir(join(folder, 'blobs', 'sha256'));
    expect(names.every((name) => /^[0-9a-f]{64}$/.test(name))).toBe(true);
  });

  it('is pushed into a registry as it was pulled', async () => {
    const { layout, index } = await given();
    const to = await startOciRegistry({ takesSparse: true });
    const store = storeIn(to, redis);

    await copyImage({ from: layout.store(redis), to: store, reference: index, tag: '7', platforms: 'there', signal });

    expect(await store.digestOf('7', signal)).toBe(index);
  });

  it('replaces what it had under a tag', async () => {
    const { layout, from, pull } = await given();
    const other = publish(from, 'library/redis', '7', 'another');
    await pull('library/redis', other, '7');
    expect(await layout.images()).toContainEqual({ name: `${redis}:7`, digest: other });
    expect(await layout.images()).toHaveLength(2);
  });

  it('says which file is damaged', async () => {
    const { layout, folder, index } = await given();
    const file = join(folder, 'blobs', 'sha256', index.slice('sha256:'.length));
    await truncate(file, 10);
    const error = await errorOf(layout.store(redis).manifest('7', signal));
    expect(error.message).toBe(`${file} is missing or damaged`);
  });

  it('copies a file that was cut short again', async () => {
    const { layout, folder, pull, index, from } = await given();
    const manifest = await layout.store(redis).manifest('7', signal);
    const digest = (JSON.parse(String(manifest?.bytes)) as { manifests: { digest: string }[] }).manifests[0]?.digest;
    const image = JSON.parse(String(from.manifests.get(`library/redis@${digest ?? ''}`)?.bytes)) as {
      layers: { digest: string; size: number }[];
    };
    const [layer] = image.layers;
    await truncate(join(folder, 'blobs', 'sha256', layer?.digest.slice('sha256:'.length) ?? ''), 3);

    const copied = await pull('library/redis', index, '7');

    expect(copied.bytes).toBe(layer?.size);
  });

  it('refuses an index that is none', async () => {
    const folder = await folderWith({ 'index.json': '[]' });
    expect((await errorOf(ociLayout(folder).images())).message).toBe(
      `${join(folder, 'index.json')} is no index of images`,
    );
  });
});

describe('a folder of images for container engines', () => {
  it('lists the configuration and layers of this platform under the short name', async () => {
    const { folder, layout } = await given();
    await addDockerArchive(layout, [`${redis}:7`, `${redis}:none`], 'linux/amd64', signal);

    const list = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as {
      Config: string;
      RepoTags: string[];
      Layers: string[];
    }[];

    expect(list).toHaveLength(1);
    expect(list[0]?.RepoTags).toEqual(['redis:7']);
    expect(await readFile(join(folder, list[0]?.Config ?? ''), 'utf8')).toContain('amd64');
    expect(await readFile(join(folder, list[0]?.Layers[1] ?? ''), 'utf8')).toBe('library/redis:7 amd64');
  });
});
