import { z } from 'zod';
import type { StoredImage } from './engine.js';

const imagesSchema = z
  .array(z.object({ Id: z.string(), RepoDigests: z.array(z.string()).nullish(), Size: z.number().default(0) }))
  .max(1);

/** Reads the answer of `image inspect` for one image; Podman writes ids without their algorithm. */
export function readImage(output: string): StoredImage | undefined {
  const [image] = imagesSchema.parse(JSON.parse(output || '[]'));
  return (
    image && {
      id: image.Id.includes(':') ? image.Id : `sha256:${image.Id}`,
      digests: image.RepoDigests ?? [],
      bytes: image.Size,
    }
  );
}
