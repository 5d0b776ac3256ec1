import { PlatformError } from '../errors.js';
import type { Environment } from '../environment/environment.js';
import { dockerfileOf } from '../images/content-hash.js';
import type { Images } from '../images/resolved.js';
import type { ImageStore } from '../registry/image-store.js';
import { readManifest } from '../registry/media-types.js';

export interface ListedImage {
  readonly name: string;
  /** Absolute paths. */
  readonly context: string;
  readonly dockerfile: string;
  readonly target?: string;
  readonly platforms: readonly string[];
  /** Names of the releases that run it. */
  readonly releases: readonly string[];
  /** Where it is, or will be, as its sources are now; absent when they cannot be read. */
  readonly repository?: string;
  readonly tag?: string;
  /** Of what the registry has under the tag; absent where it has nothing. */
  readonly digest?: string;
  /** What a node downloads at most: its layers, compressed. */
  readonly bytes?: number;
  /** Why nothing can be told of it: a sentence of an error. */
  readonly problem?: string;
}

export interface ImagesListResult {
  readonly environment: string;
  readonly images: readonly ListedImage[];
}

/** The images that an environment builds, and what the registry has of them; builds nothing, starts nothing. */
export async function listImages(
  environment: Pick<Environment, 'name' | 'releases'>,
  images: Images,
  signal: AbortSignal,
): Promise<ImagesListResult> {
  return {
    environment: environment.name,
    images: await Promise.all(
      images.names.map(async (name) => {
        const { context, target, platforms, ...source } = images.source(name);
        return {
          name,
          context,
          dockerfile: dockerfileOf({ context, platforms, ...source }),
          ...(target !== undefined && { target }),
          platforms,
          releases: environment.releases.filter(({ image }) => image === name).map((release) => release.name),
          ...(await stateOf(name, images, signal)),
        };
      }),
    ),
  };
}

type State = Pick<ListedImage, 'repository' | 'tag' | 'digest' | 'bytes' | 'problem'>;

async function stateOf(name: string, images: Images, signal: AbortSignal): Promise<State> {
  try {
    const reference = await images.reference(name);
    const digest = await images.digest(name, signal);
    if (digest === undefined) return reference;
    return { ...reference, digest, bytes: await bytesOf(await images.store(name), digest, signal) };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof PlatformError)) throw error;
    return { problem: error.message };
  }
}

// Of several platforms the largest: a node needs one.
async function bytesOf(store: ImageStore, digest: string, signal: AbortSignal): Promise<number> {
  const manifest = await store.manifest(digest, signal);
  const content = manifest && readManifest(manifest);
  if (!content) return 0;
  if (content.kind === 'image') return content.image.layers.reduce((sum, { size }) => sum + size, 0);
  const parts = content.index.manifests.map((one) => bytesOf(store, one.digest, signal));
  return Math.max(0, ...(await Promise.all(parts)));
}
