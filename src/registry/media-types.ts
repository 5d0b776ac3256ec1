import { z } from 'zod';
import { PlatformError } from '../errors.js';

export const ociIndex = 'application/vnd.oci.image.index.v1+json';
export const ociManifest = 'application/vnd.oci.image.manifest.v1+json';
const dockerIndex = 'application/vnd.docker.distribution.manifest.list.v2+json';
const dockerManifest = 'application/vnd.docker.distribution.manifest.v2+json';

/** What a registry is told that we can read. */
export const manifestTypes = [ociIndex, dockerIndex, ociManifest, dockerManifest].join(', ');

/** Of a manifest, a configuration or a layer. */
export const digestForm = /^sha256:[0-9a-f]{64}$/;

const descriptor = z.looseObject({ mediaType: z.string(), digest: z.string().regex(digestForm), size: z.int() });
const platform = z.looseObject({ os: z.string(), architecture: z.string(), variant: z.string().optional() });

const indexSchema = z.looseObject({
  manifests: z.array(z.looseObject({ ...descriptor.shape, platform: platform.optional() })),
});
const manifestSchema = z.looseObject({ config: descriptor, layers: z.array(descriptor) });

/** Something in a registry, by its content. */
export type Descriptor = z.infer<typeof descriptor>;
/** The manifests of one image for several platforms. */
export type ImageIndex = z.infer<typeof indexSchema>;
/** The configuration and the layers of an image for one platform. */
export type ImageManifest = z.infer<typeof manifestSchema>;

/** A manifest or an index as somebody pushed it; its digest is that of exactly these bytes. */
export interface RawManifest {
  readonly mediaType: string;
  readonly digest: string;
  readonly bytes: Buffer;
}

/** What a manifest says: of one image, or of the same for several platforms. */
export type ManifestContent =
  { readonly kind: 'index'; readonly index: ImageIndex } | { readonly kind: 'image'; readonly image: ImageManifest };

/**
 * Reads a manifest or an index.
 * @throws PlatformError `tool` for what is neither, such as manifests of the first version
 */
export function readManifest({ mediaType, digest, bytes }: RawManifest): ManifestContent {
  try {
    const json: unknown = JSON.parse(bytes.toString('utf8'));
    return mediaType === ociIndex || mediaType === dockerIndex
      ? { kind: 'index', index: indexSchema.parse(json) }
      : { kind: 'image', image: manifestSchema.parse(json) };
  } catch (error) {
    throw new PlatformError('tool', `${digest} is no image that can be read: its type is ${mediaType}`, {
      cause: error,
    });
  }
}

/** Layers that are in no registry on purpose, such as those of Windows. */
export function isForeign({ mediaType }: Descriptor): boolean {
  return /foreign|nondistributable/.test(mediaType);
}
