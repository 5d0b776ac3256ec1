import pLimit from 'p-limit';
import { PlatformError } from '../errors.js';
import { sha256, verified, type ImageStore } from './image-store.js';
import {
  isForeign,
  readManifest,
  type Descriptor,
  type ImageIndex,
  type ManifestContent,
  type RawManifest,
} from './media-types.js';
import { manifestsFor, type Platforms } from './platform.js';
import { isIncomplete } from './registry-errors.js';

export interface CopyOptions {
  readonly from: ImageStore;
  readonly to: ImageStore;
  /** Tag or digest to take. */
  readonly reference: string;
  /** Tag to keep it under; by its digest alone without it. */
  readonly tag: string | undefined;
  readonly platforms: Platforms;
  readonly signal: AbortSignal;
  /** Bytes of layers so far and in all, without those that are there already. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

export interface Copied {
  /** Of what the target has now. */
  readonly digest: string;
  /** What was copied, in bytes. */
  readonly bytes: number;
  /** Where the target did not take an index that names platforms that were left out: the digest of the original. */
  readonly original?: string;
}

/** How many layers of one image are copied at once. */
const lanes = 3;

/**
 * Copies an image with all that belongs to it and is not there yet: layers first, its name last, so that what has a name
 * is whole. An index stays as it is, byte for byte, also where only some of its platforms are copied.
 * @throws PlatformError `conflict` when the source does not have the image, or not for a platform
 */
export async function copyImage(options: CopyOptions): Promise<Copied> {
  const { from, to, reference, signal } = options;
  const image = `${from.name}${reference.includes(':') ? '@' : ':'}${reference}`;
  const root = await manifestOf(from, reference, image, signal);
  const content = readManifest(root);
  const chosen = content.kind === 'index' ? await chosenOf(content.index, image, options) : [];
  const parts = await Promise.all(chosen.map(({ digest }) => manifestOf(from, digest, image, signal)));
  const bytes = await copyBlobs(blobsOf(content.kind === 'index' ? parts : [root]), options);
  for (const part of parts) await to.putManifest(part, { isPart: true }, signal);
  const kept = await putRoot(root, content, chosen, options);
  return { digest: kept, bytes, ...(kept !== root.digest && { original: root.digest }) };
}

async function chosenOf(index: ImageIndex, image: string, { from, platforms, signal }: CopyOptions) {
  if (platforms !== 'there') return manifestsFor(index, platforms, image);
  const found = await Promise.all(index.manifests.map(({ digest }) => from.digestOf(digest, signal)));
  return index.manifests.filter((_, position) => found[position] !== undefined);
}

async function manifestOf(from: ImageStore, reference: string, image: string, signal: AbortSignal) {
  const manifest = await from.manifest(reference, signal);
  if (manifest) return manifest;
  throw new PlatformError('conflict', `${from.name} does not have ${image}`, { facts: { image } });
}

function blobsOf(manifests: readonly RawManifest[]): Descriptor[] {
  const blobs = manifests.map(readManifest).flatMap((one) => {
    // An index within an index is allowed, and nobody makes one.
    if (one.kind === 'index') {
      throw new PlatformError('tool', 'an image index within an image index cannot be copied');
    }
    return [one.image.config, ...one.image.layers.filter((layer) => !isForeign(layer))];
  });
  return [...new Map(blobs.map((blob) => [blob.digest, blob])).values()];
}

async function copyBlobs(blobs: readonly Descriptor[], options: CopyOptions): Promise<number> {
  const { from, to, onProgress } = options;
  const failed = new AbortController();
  const signal = AbortSignal.any([options.signal, failed.signal]);
  const limit = pLimit(lanes);
  const there = await limit.map(blobs, (blob) => to.hasBlob(blob, signal));
  const missing = blobs.filter((_, index) => !there[index]);
  const total = missing.reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  const copy = async (blob: Descriptor) => {
    const heard = (bytes: number) => {
      done += bytes;
      onProgress?.({ done, total });
    };
    await to.putBlob(blob, async () => verified(await from.blob(blob, signal), blob, from.name, heard), signal);
  };
  try {
    await limit.map(missing, copy);
  } catch (error) {
    failed.abort(error);
    throw error;
  }
  return total;
}

async function putRoot(
  root: RawManifest,
  content: ManifestContent,
  chosen: ImageIndex['manifests'],
  { to, tag, signal }: CopyOptions,
): Promise<string> {
  try {
    await to.putManifest(root, { tag }, signal);
    return root.digest;
  } catch (error) {
    const isSparse = content.kind === 'index' && chosen.length < content.index.manifests.length;
    if (!isSparse || !isIncomplete(error)) throw error;
    if (tag === undefined) {
      throw new PlatformError('conflict', `${to.name} takes ${root.digest} only with all its platforms`, {
        cause: error,
        suggestions: [
          '--platform all',
          'or let the registry take others: REGISTRY_VALIDATION_MANIFESTS_INDEXES_PLATFORMS=none',
        ],
      });
    }
    const bytes = Buffer.from(JSON.stringify({ ...content.index, manifests: chosen }));
    const smaller = { bytes, mediaType: root.mediaType, digest: sha256(bytes) };
    await to.putManifest(smaller, { tag }, signal);
    return smaller.digest;
  }
}
