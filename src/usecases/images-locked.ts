import { basename } from 'node:path';
import type { Environment } from '../environment/environment.js';
import { PlatformError } from '../errors.js';
import { imageReference, type ImageReference } from '../registry/image-reference.js';
import { isBuiltHere } from '../releases/lock/locked-release.js';
import { checkLockCovers } from '../releases/lock/lock-coverage.js';
import { lockCommand, lockFileOf, readLockFor, type LockedImage } from '../releases/lock/lock-file.js';

/** An image of others that an environment runs. */
export interface WantedImage {
  /** As the environment names it: `redis:7`. */
  readonly image: string;
  readonly reference: ImageReference;
  /** Which one of that name; `undefined` where the lock could not tell: then the one that its registry has. */
  readonly digest: string | undefined;
}

/**
 * The images that the lock of an environment holds for its releases, without those that are built from its own
 * sources, and what the container engine itself runs.
 * @param local The local registry: what is in it already is not wanted from elsewhere
 * @throws PlatformError `usage` without a lock, `conflict` when it does not fit the environment any more
 */
export async function lockedImagesOf(
  environment: Pick<Environment, 'name' | 'file' | 'releases' | 'askedParts'>,
  engineImages: readonly string[],
  local: string,
): Promise<readonly WantedImage[]> {
  const lock = await readLockFor(environment);
  const { file, name, releases } = environment;
  if (!lock || file === undefined) {
    throw new PlatformError('usage', `nothing says which images ${name} needs: it has no lock file`, {
      suggestions: file === undefined ? ['platform init', 'then: platform lock'] : [lockCommand(file, environment)],
    });
  }
  await checkLockCovers(lock, environment);
  const locked = releases.flatMap((release) =>
    (lock.releases[release.name]?.images ?? [])
      .filter(({ image }) => !isBuiltHere(image, release))
      .map((image) => wantedImage(image, `${basename(lockFileOf(file))}: ${release.name}`)),
  );
  const own = engineImages.map((image) => wantedImage({ image, digest: null }, 'the container engine'));
  const all = [...own, ...locked].filter(({ reference }) => reference.registry !== local);
  return [...new Map(all.map((one) => [one.image, one])).values()].sort((a, b) => (a.image < b.image ? -1 : 1));
}

function wantedImage({ image, digest }: Pick<LockedImage, 'image' | 'digest'>, where: string): WantedImage {
  const reference = imageReference(image);
  if (!reference) throw new PlatformError('usage', `${where} names the image ${image}, which is no image reference`);
  return { image, reference, digest: reference.digest ?? digest ?? undefined };
}
