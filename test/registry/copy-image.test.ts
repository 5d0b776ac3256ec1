import { describe, expect, it } from 'vitest';
import { copyImage } from '../../src/registry/copy-image.js';
import type { WantedPlatforms } from '../../src/registry/platform.js';
import { errorOf } from '../environment/fixture.js';
import { publish, publishIndex, signal, storeIn } from './given-images.js';
import { digestOf, startOciRegistry, type OciRegistry } from './oci-registry.js';

const repository = 'library/redis';

function copy(
  from: OciRegistry,
  to: OciRegistry,
  more: { reference?: string; tag?: string | undefined; platforms?: WantedPlatforms; onProgress?: () => void } = {},
) {
  return copyImage({
    ...{ from: storeIn(from, repository), to: storeIn(to, `docker.io/${repository}`) },
    ...{ reference: '7', tag: '7', platforms: ['linux/amd64'], signal, ...more },
  });
}

const uploadsTo = ({ requests }: OciRegistry) =>
  requests.filter((line) => line.startsWith('PUT') && line.includes('/blobs/'));
const writesTo = ({ requests }: OciRegistry) => requests.filter((line) => line.startsWith('PUT'));

describe('copying an image', () => {
  it('brings all of it, its name last', async () => {
    const [from, to] = [await startOciRegistry(), await startOciRegistry()];
    const digest = publish(from, repository, '7');

    const copied = await copy(from, to);

    const layers = ['the base of all', `${repository}:7`];
    expect(copied.digest).toBe(digest);
    expect(copied.bytes).toBeGreaterThan(layers.join('').length);
    expect(await storeIn(to, `docker.io/${repository}`).digestOf('7', signal)).toBe(digest);
    expect(writesTo(to).at(-1)).toBe(`PUT /v2/docker.io/${repository}/manifests/7`);
  });

  it('tells how far it is', async () => {
    const [from, to] = [await startOciRegistry(), await startOciRegistry()];
    publish(from, repository, '7');
    const told: { done: number; total: number }[] = [];

    const { bytes } = await copyImage({
      ...{ from: storeIn(from, repository), to: storeIn(to, repository) },
      ...{ reference: '7', tag: '7', platforms: 'all', signal },
      onProgress: (progress) => told.push(progress),
    });

    expect(told.at(-1)).toEqual({ done: bytes, total: bytes });
  });

  it('does not copy again what is there', async () => {
    const [from, to] = [await startOciRegistry(), await startOciRegistry()];
    publish(from, repository, '7');
    publish(from, repository, '8');
    await copy(from, to);
    const before = uploadsTo(to).length;

    const copied = await copy(from, to, { reference: '8', tag: '8' });

    // Its own layer and its configuration; the base is there.
    expect(before).toBe(3);
    expect(uploadsTo(to)).toHaveLength(5);
    expect(copied.bytes).toBeLessThan(100);
  });

  it('refuses a layer that is not what its digest says, and gives the image no name', async () => {
    const [from, to] = [await startOciRegistry(), await startOciRegistry()];
    publish(from, repository, '7');
    const layer = digestOf(Buffer.from('the base of all'));
    from.blobs.set(`${repository}@${layer}`, Buffer.from('the base of ALL'));

    const error = await errorOf(copy(from, to));

    expect(error.message).toBe(`${from.host}/${repository} gave something else for ${layer}`);
    expect(to.manifests.size).toBe(0);
    expect([...to.blobs.keys()]).not.toContain(`docker.io/${repository}@${layer}`);
  });

  it('says when the source does not have it', async () => {
    const [from, to] = [await startOciRegistry(), await startOciRegistry()];
    const error = await errorOf(copy(from, to));
    expect(error).toMatchObject({ code: 'conflict', facts: { image: `${from.host}/${repository}:7` } });
  });
});

describe('copying an image for several platforms', () => {
  it('leaves out the others and keeps the index as it is', async () => {
    const [from, to] = [await startOciRegistry(), await startOciRegistry({ takesSparse: true })];
    const digest = publishIndex(from, repository, '7', ['amd64', 'arm64']);

    const copied = await copy(from, to);

    expect(copied.digest).toBe(digest);
    expect(copied.original).toBeUndefined();
    expect(to.manifests.get(`docker.io/${repository}:7`)?.bytes).toEqual(from.manifests.get(`${repository}:7`)?.bytes);
    expect([...to.blobs.values()].map(String).join()).not.toContain('arm64');
  });

  it('brings them all where that is asked for', async () => {
    const [from, to] = [await startOciRegistry(), await startOciRegistry()];
    const digest = publishIndex(from, repository, '7', ['amd64', 'arm64']);
    expect((await copy(from, to, { platforms: 'all' })).digest).toBe(digest);
    expect([...to.blobs.values()].map(String).join()).toContain('7 arm64');
  });

  it('writes a smaller index, and says so, where the registry takes only whole ones', async () => {
    const [from, to] = [await startOciRegistry(), await startOciRegistry()];
    const digest = publishIndex(from, repository, '7', ['amd64', 'arm64']);

    const copied = await copy(from, to);

    expect(copied.original).toBe(digest);
    expect(copied.digest).not.toBe(digest);
    expect(await storeIn(to, `docker.io/${repository}`).digestOf('7', signal)).toBe(copied.digest);
  });

  it('fails there for an image that is wanted by its digest alone', async () => {
    const [from, to] = [await startOciRegistry(), await startOciRegistry()];
    const digest = publishIndex(from, repository, '7', ['amd64', 'arm64']);
    const error = await errorOf(copy(from, to, { reference: digest, tag: undefined }));
    expect(error.message).toContain(`takes ${digest} only with all its platforms`);
    expect(error.suggestions).toContain('--platform all');
  });

  it('finds a platform without its variant, and names those there are where one is missing', async () => {
    const [from, to] = [await startOciRegistry(), await startOciRegistry({ takesSparse: true })];
    publishIndex(from, repository, '7', ['amd64', 'arm64']);

    await copy(from, to, { platforms: ['linux/arm64'] });
    const error = await errorOf(copy(from, to, { platforms: ['linux/s390x'] }));

    expect([...to.blobs.values()].map(String).join()).toContain('7 arm64');
    expect(error.message).toContain('is not made for linux/s390x');
    expect(error.suggestions[0]).toContain('linux/amd64, linux/arm64/v8');
  });
});
