import pLimit from 'p-limit';
import type { StepContext } from '../plan/step.js';
import type { ImageDigest, Registries } from '../registry/registry.js';
import type { Contents } from '../releases/contents/contents.js';
import { isBuiltHere } from '../releases/lock/locked-release.js';
import type { LockWork, WantedRelease } from './lock-work.js';

/** How many images are asked for at once; registries answer each in a few hundred milliseconds. */
const lanes = 8;

/** The digests of a lock's images: those that it holds, and those that registries told. */
export interface LockedImages {
  digestOf(release: string, image: string): string | undefined;
  /** Images of a release that registries are to be asked for. */
  open(wanted: WantedRelease, contents: readonly Contents[]): string[];
  /** Asks registries; says how far it is. */
  ask(images: readonly string[], context: StepContext): Promise<void>;
  /** Why an image has no digest; a clause for people. */
  reasonFor(image: string): string | undefined;
}

export function lockedImages(
  { before, updated }: Pick<LockWork, 'before' | 'updated'>,
  registries: Registries,
): LockedImages {
  const answers = new Map<string, ImageDigest>();
  const locked = (release: string, image: string) =>
    updated.has(release)
      ? undefined
      : (before?.releases[release]?.images.find((one) => one.image === image)?.digest ?? undefined);
  return {
    digestOf: (release, image) => locked(release, image) ?? answers.get(image)?.digest ?? undefined,
    open({ release, on }, contents) {
      const images = new Set(contents.flatMap((one) => one.images));
      return [...images].filter(
        (image) => locked(release.name, image) === undefined && !on.some((one) => isBuiltHere(image, one.release)),
      );
    },
    async ask(images, context) {
      const total = images.length;
      let done = 0;
      await pLimit(lanes).map(images, async (image) => {
        answers.set(image, await registries.digestOf(image, context.signal));
        done += 1;
        context.progress({ message: `${String(done)} of ${String(total)} images` });
      });
    },
    reasonFor(image) {
      const answer = answers.get(image);
      return answer && 'reason' in answer ? answer.reason : undefined;
    },
  };
}
