import { z } from 'zod';
import { PlatformError } from '../errors.js';
import { sha256, type ImageStore } from '../registry/image-store.js';
import { ociIndex, readManifest } from '../registry/media-types.js';

const configSchema = z.object({ os: z.string(), architecture: z.string(), variant: z.string().optional() });

/**
 * Makes one image of several that were built for one platform each, and are in the registry already. So every engine
 * can build for several platforms, also those that keep only one of an image.
 */
export async function joinPlatforms(
  store: ImageStore,
  tags: readonly string[],
  tag: string,
  signal: AbortSignal,
): Promise<void> {
  const manifests = await Promise.all(
    tags.map(async (one) => {
      const manifest = await store.manifest(one, signal);
      if (!manifest) throw new PlatformError('tool', `${store.name} does not have ${one}, which was just pushed`);
      const content = readManifest(manifest);
      if (content.kind === 'index') throw new PlatformError('tool', `${store.name}:${one} is for several platforms`);
      const { mediaType, digest, bytes } = manifest;
      const config = await jsonOf(await store.blob(content.image.config, signal));
      const { os, architecture, variant } = configSchema.parse(config);
      const platform = { os, architecture, ...(variant !== undefined && variant !== '' && { variant }) };
      return { mediaType, digest, size: bytes.length, platform };
    }),
  );
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: ociIndex, manifests }));
  await store.putManifest({ bytes, mediaType: ociIndex, digest: sha256(bytes) }, { tag }, signal);
}

async function jsonOf(chunks: AsyncIterable<Buffer>): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return JSON.parse(Buffer.concat(parts).toString('utf8'));
}
