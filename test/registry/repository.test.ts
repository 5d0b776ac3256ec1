import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/registry/image-store.js';
import { ociManifest } from '../../src/registry/media-types.js';
import { isIncomplete, isSilent } from '../../src/registry/registry-errors.js';
import { errorOf } from '../environment/fixture.js';
import { refusedUrl } from '../toolchain/fixture.js';
import { publish, signal, storeIn, textOf } from './given-images.js';
import { startOciRegistry } from './oci-registry.js';

const login = (host: string) => (registry: string) =>
  registry === host ? { username: 'me', password: 'pw' } : undefined;

async function* chunks(text: string): AsyncIterable<Buffer> {
  yield await Promise.resolve(Buffer.from(text));
}

describe('a repository of a registry', () => {
  it('tells digests, manifests and whether it has anything', async () => {
    const registry = await startOciRegistry();
    const digest = publish(registry, 'shop/web', '1.0');
    const store = storeIn(registry, 'shop/web');

    expect(await store.digestOf('1.0', signal)).toBe(digest);
    expect(await store.digestOf('2.0', signal)).toBeUndefined();
    expect(await store.manifest(digest, signal)).toMatchObject({ digest, mediaType: ociManifest });
    expect(await store.hasTags(signal)).toBe(true);
    expect(await storeIn(registry, 'shop/none').hasTags(signal)).toBe(false);
  });

  it('has a digest also where its registry does not say it', async () => {
    const registry = await startOciRegistry({ saysDigests: false });
    const digest = publish(registry, 'shop/web', '1.0');
    expect(await storeIn(registry, 'shop/web').digestOf('1.0', signal)).toBe(digest);
  });

  it('takes and gives blobs', async () => {
    const registry = await startOciRegistry();
    const store = storeIn(registry, 'shop/web');
    const blob = { mediaType: 'layer', digest: sha256(Buffer.from('content')), size: 7 };

    expect(await store.hasBlob(blob, signal)).toBe(false);
    await store.putBlob(blob, () => Promise.resolve(chunks('content')), signal);

    expect(await store.hasBlob(blob, signal)).toBe(true);
    expect(await textOf(await store.blob(blob, signal))).toBe('content');
  });

  it('does not take a manifest whose layers it does not have, and says so', async () => {
    const [from, to] = [await startOciRegistry(), await startOciRegistry()];
    publish(from, 'shop/web', '1.0');
    const manifest = await storeIn(from, 'shop/web').manifest('1.0', signal);
    if (!manifest) throw new Error('it is not there');

    const error = await errorOf(storeIn(to, 'shop/web').putManifest(manifest, { tag: '1.0' }, signal));

    expect(isIncomplete(error)).toBe(true);
    expect(error).toMatchObject({
      code: 'tool',
      message: `${to.host} answered 400 when asked to take ${to.host}/shop/web:1.0`,
      output: 'MANIFEST_BLOB_UNKNOWN: blob unknown to registry',
    });
  });

  it('is not believed when a manifest is not what its digest says', async () => {
    const registry = await startOciRegistry();
    const digest = publish(registry, 'shop/web', '1.0');
    registry.manifests.set(`shop/web@${digest}`, { mediaType: ociManifest, bytes: Buffer.from('{}') });
    const error = await errorOf(storeIn(registry, 'shop/web').manifest(digest, signal));
    expect(error.message).toContain(`gave something else for ${digest}`);
  });

  it.each([
    [403, 'lets nobody read 1.0 without a login', 'docker login'],
    [429, 'allows no more requests for now', 'raise the limit by a login'],
    [500, 'answered 500 when asked to read', undefined],
  ])('explains what it answers: %i', async (status, words, fix) => {
    const registry = await startOciRegistry();
    registry.refuse(/manifests/, status, 'something broke');
    const error = await errorOf(storeIn(registry, 'shop/web').digestOf('1.0', signal));
    expect(error.message).toContain(words.replace('1.0', `${registry.host}/shop/web:1.0`));
    if (fix !== undefined) expect(error.suggestions.join()).toContain(fix);
    expect(isSilent(error)).toBe(false);
  });

  it('is silent where nothing listens, also behind a proxy', async () => {
    const { host } = new URL(await refusedUrl());
    const error = await errorOf(storeIn({ host }, 'shop/web').digestOf('1.0', signal));
    expect(isSilent(error)).toBe(true);
    expect(error).toMatchObject({
      code: 'prerequisite',
      message: `${host} cannot be reached: it refused the connection`,
    });
  });

  it('ends when it is interrupted', async () => {
    const registry = await startOciRegistry();
    const aborted = AbortSignal.abort(new Error('stop'));
    await expect(storeIn(registry, 'shop/web').digestOf('1.0', aborted)).rejects.toThrow('stop');
  });
});

describe('the right to use a repository', () => {
  it('is asked for once for reading, and once for writing', async () => {
    const registry = await startOciRegistry({ asksForTokens: true });
    const digest = publish(registry, 'shop/web', '1.0');
    const store = storeIn(registry, 'shop/web');

    await store.digestOf('1.0', signal);
    const manifest = await store.manifest(digest, signal);
    if (!manifest) throw new Error('it is not there');
    await store.putManifest(manifest, { tag: '2.0' }, signal);
    await store.putManifest(manifest, { tag: '3.0' }, signal);

    expect(registry.requests.filter((line) => line === 'GET /token')).toHaveLength(2);
    expect(registry.manifests.has('shop/web:3.0')).toBe(true);
  });

  it('is asked for again when it has ended', async () => {
    const registry = await startOciRegistry({ asksForTokens: true });
    const digest = publish(registry, 'shop/web', '1.0');
    const store = storeIn(registry, 'shop/web');
    await store.digestOf('1.0', signal);

    registry.expireTokens();
    const both = await Promise.all([store.digestOf('1.0', signal), store.digestOf(digest, signal)]);

    expect(both).toEqual([digest, digest]);
    expect(registry.requests.filter((line) => line === 'GET /token')).toHaveLength(2);
  });

  it('is given to who is logged in, and refused with a hint to others', async () => {
    const registry = await startOciRegistry({ asksForTokens: true, user: 'me:pw' });
    const digest = publish(registry, 'shop/web', '1.0');

    expect(await storeIn(registry, 'shop/web', login(registry.host)).digestOf('1.0', signal)).toBe(digest);
    const error = await errorOf(storeIn(registry, 'shop/web').digestOf('1.0', signal));
    expect(error.suggestions[0]).toBe(`docker login ${registry.host}`);
  });

  it('is not shown to another host that has the blobs', async () => {
    const elsewhere = await startOciRegistry();
    const blobsAt = () => `http://${elsewhere.host}`;
    const registry = await startOciRegistry({ asksForTokens: true, blobsAt });
    const digest = sha256(Buffer.from('the base of all'));
    publish(registry, 'shop/web', '1.0');
    publish(elsewhere, 'shop/web', '1.0');

    const blob = await storeIn(registry, 'shop/web').blob({ mediaType: 'layer', digest, size: 15 }, signal);

    expect(await textOf(blob)).toBe('the base of all');
    expect(elsewhere.authorizations).toEqual([undefined]);
    expect(registry.authorizations.at(-1)).toMatch(/^Bearer /);
  });
});
