import { randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { PlatformError, systemCode } from '../errors.js';
import { writeFileAtomically } from '../files.js';
import { sha256, type ImageStore } from './image-store.js';
import { digestForm, ociIndex, ociManifest, type RawManifest } from './media-types.js';

/** The name of an image in an index of images, as container engines write it. */
const nameAnnotation = 'io.containerd.image.name';
const tagAnnotation = 'org.opencontainers.image.ref.name';

const indexSchema = z.looseObject({
  schemaVersion: z.literal(2),
  manifests: z.array(
    z.looseObject({
      mediaType: z.string(),
      digest: z.string().regex(digestForm),
      size: z.int(),
      annotations: z.record(z.string(), z.string()).optional(),
    }),
  ),
});

/** An image that a folder has. */
export interface LaidOutImage {
  /** In full: `docker.io/library/redis:7`. */
  readonly name: string;
  readonly digest: string;
}

/** A folder of images as the OCI image layout has it: `oci-layout`, `index.json`, `blobs/sha256/`. */
export interface OciLayout {
  readonly folder: string;
  /** By name. */
  images(): Promise<readonly LaidOutImage[]>;
  /** The parts of the folder for one image, by its full name without tag and digest: `docker.io/library/redis`. */
  store(name: string): ImageStore;
}

/** @param folder Made with the first image that is put there */
export function ociLayout(folder: string): OciLayout {
  const blobFile = (digest: string) => join(folder, 'blobs', 'sha256', digest.slice('sha256:'.length));
  // One writer at a time: each image adds itself to one file.
  let writing: Promise<unknown> = Promise.resolve();

  async function entries() {
    const text = await readIfThere(join(folder, 'index.json'));
    if (text === undefined) return [];
    try {
      return indexSchema.parse(JSON.parse(text.toString('utf8'))).manifests;
    } catch (error) {
      throw new PlatformError('usage', `${join(folder, 'index.json')} is no index of images`, { cause: error });
    }
  }

  async function add(name: string, manifest: RawManifest, tag: string | undefined): Promise<void> {
    const full = tag === undefined ? `${name}@${manifest.digest}` : `${name}:${tag}`;
    const others = (await entries()).filter(({ annotations }) => annotations?.[nameAnnotation] !== full);
    const annotations = { [nameAnnotation]: full, ...(tag !== undefined && { [tagAnnotation]: tag }) };
    const { mediaType, digest, bytes } = manifest;
    const manifests = [...others, { mediaType, digest, size: bytes.length, annotations }];
    manifests.sort((a, b) => orderOf(a.annotations?.[nameAnnotation] ?? '', b.annotations?.[nameAnnotation] ?? ''));
    await writeFileAtomically(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
    const index = { schemaVersion: 2, mediaType: ociIndex, manifests };
    await writeFileAtomically(join(folder, 'index.json'), JSON.stringify(index, null, 2));
  }

  function store(name: string): ImageStore {
    const digestOf = async (reference: string) => {
      if (digestForm.test(reference)) return (await sizeOf(blobFile(reference))) === undefined ? undefined : reference;
      const full = `${name}:${reference}`;
      return (await entries()).find(({ annotations }) => annotations?.[nameAnnotation] === full)?.digest;
    };
    return {
      name: folder,
      digestOf,
      async hasTags() {
        const names = (await entries()).map(({ annotations }) => annotations?.[nameAnnotation] ?? '');
        return names.some((full) => full.startsWith(`${name}:`));
      },
      async manifest(reference) {
        const digest = await digestOf(reference);
        const bytes = digest === undefined ? undefined : await readIfThere(blobFile(digest));
        if (!bytes || digest === undefined) return undefined;
        if (sha256(bytes) !== digest) throw damaged(blobFile(digest));
        return { bytes, digest, mediaType: mediaTypeOf(bytes) };
      },
      async hasBlob({ digest, size }) {
        return (await sizeOf(blobFile(digest))) === size;
      },
      async blob(blob) {
        const file = blobFile(blob.digest);
        if ((await sizeOf(file)) !== blob.size) throw damaged(file);
        return createReadStream(file);
      },
      async putBlob({ digest }, open, signal) {
        await writeWhole(blobFile(digest), async (file) => {
          await pipeline(await open(), createWriteStream(file), { signal });
        });
      },
      async putManifest(manifest, { tag, isPart = false }) {
        await writeFileAtomically(blobFile(manifest.digest), manifest.bytes);
        if (isPart) return;
        writing = writing.catch(() => undefined).then(() => add(name, manifest, tag));
        await writing;
      },
    };
  }

  return {
    folder,
    store,
    async images() {
      return (await entries()).flatMap(({ digest, annotations }) => {
        const name = annotations?.[nameAnnotation];
        return name === undefined ? [] : [{ name, digest }];
      });
    },
  };
}

/** The file appears under its name only when all of it was written. */
async function writeWhole(file: string, write: (partial: string) => Promise<void>): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const partial = `${file}.${randomBytes(6).toString('hex')}.partial`;
  try {
    await write(partial);
    await rename(partial, file);
  } finally {
    await rm(partial, { force: true });
  }
}

// Manifests of OCI may leave out their type; those of Docker never do.
function mediaTypeOf(bytes: Buffer): string {
  const content = z.looseObject({ mediaType: z.string().optional() }).parse(JSON.parse(bytes.toString('utf8')));
  return content.mediaType ?? ('manifests' in content ? ociIndex : ociManifest);
}

async function sizeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function damaged(file: string): PlatformError {
  return new PlatformError('conflict', `${file} is missing or damaged`, {
    suggestions: ['run `platform images pull --to` for its folder again, where the registries can be reached'],
  });
}

function orderOf(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
