import { createHash } from 'node:crypto';
import { PlatformError } from '../errors.js';
import type { Descriptor, RawManifest } from './media-types.js';

/** Where the parts of images are: a repository of a registry, or a folder. */
export interface ImageStore {
  /** For people: `docker.io/library/redis`, or a folder. */
  readonly name: string;
  /** Digest of what a tag, or a digest, stands for; `undefined` when it is not there. */
  digestOf(reference: string, signal: AbortSignal): Promise<string | undefined>;
  /** Whether it has anything of this name. */
  hasTags(signal: AbortSignal): Promise<boolean>;
  manifest(reference: string, signal: AbortSignal): Promise<RawManifest | undefined>;
  hasBlob(blob: Descriptor, signal: AbortSignal): Promise<boolean>;
  /** Not looked at: see {@link verified}. */
  blob(blob: Descriptor, signal: AbortSignal): Promise<AsyncIterable<Buffer>>;
  /** Keeps a layer or a configuration; `open` may be called more than once. Nothing is kept of what breaks off. */
  putBlob(blob: Descriptor, open: () => Promise<AsyncIterable<Buffer>>, signal: AbortSignal): Promise<void>;
  /** Keeps a manifest whose parts are there. */
  putManifest(manifest: RawManifest, place: ManifestPlace, signal: AbortSignal): Promise<void>;
}

/** What a manifest is found by: a tag, else its digest alone. */
export interface ManifestPlace {
  readonly tag?: string | undefined;
  /** It belongs to an index, and is no image of its own. */
  readonly isPart?: boolean;
}

export function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Passes a blob on and looks whether it is what its digest says; `onBytes` hears how much came each time. */
export async function* verified(
  chunks: AsyncIterable<Buffer>,
  { digest, size }: Descriptor,
  from: string,
  onBytes: (bytes: number) => void = () => undefined,
): AsyncIterable<Buffer> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of chunks) {
    hash.update(chunk);
    bytes += chunk.length;
    onBytes(chunk.length);
    yield chunk;
  }
  const found = `sha256:${hash.digest('hex')}`;
  if (found === digest && bytes === size) return;
  throw new PlatformError('tool', `${from} gave something else for ${digest}`, {
    output: `wanted ${String(size)} bytes, ${digest}\ngot    ${String(bytes)} bytes, ${found}`,
    suggestions: ['run the same command again; what was complete is not fetched again'],
    facts: { digest, found },
  });
}
