import { formatBytes } from '../bytes.js';
import type { Clock } from '../clock.js';
import type { Step } from '../plan/step.js';
import { copyImage, type Copied } from '../registry/copy-image.js';
import type { ImageStore } from '../registry/image-store.js';
import type { Platforms } from '../registry/platform.js';
import { isSilent } from '../registry/registry-errors.js';
import { throttle } from '../throttle.js';

/** Large images on a slow line. */
const budgetMs = 60 * 60_000;
const progressIntervalMs = 200;

export interface MovedImage {
  readonly image: string;
  /** What the target has; absent where it is not known. */
  readonly digest?: string;
  /** Copied just now, in bytes; 0 when all of it was there. */
  readonly bytes: number;
  readonly wasThere: boolean;
  /** The digest of the original, where the registry did not take it without all its platforms. */
  readonly original?: string;
}

export interface ImagesMoveResult {
  /** A folder, or the local registry: `localhost:5001`. */
  readonly to: string;
  readonly images: readonly MovedImage[];
  /** Registries whose images are in the local registry now, and which `local.mirrors` does not send nodes there for. */
  readonly unmirrored: readonly string[];
}

export interface CopyStepOptions {
  /** For people, and what the step is called by. */
  readonly image: string;
  readonly from: () => Promise<ImageStore> | ImageStore;
  readonly to: () => Promise<ImageStore> | ImageStore;
  /** Tag or digest to take. */
  readonly reference: string;
  /** What it must be; `undefined` where any will do. */
  readonly digest: string | undefined;
  readonly tag: string | undefined;
  readonly platforms: Platforms;
  readonly needs: readonly string[];
  readonly clock: Clock;
  /** Hears what was copied. */
  readonly onCopied: (copied: Copied) => void;
}

export function copyId(image: string): string {
  return `copy/${image}`;
}

/** Copies one image from a place to another, if it is not there yet. */
export function copyStep(options: CopyStepOptions): Step {
  const { image, reference, digest, tag, platforms, clock } = options;
  return {
    id: copyId(image),
    title: image,
    needs: options.needs,
    // The class of what is downloaded from registries.
    lane: 'chart',
    budgetMs,
    estimateMs: 10_000,
    async check({ signal }) {
      try {
        const to = await options.to();
        const there = await to.digestOf(tag ?? digest ?? reference, signal);
        if (there === undefined) return { status: 'needed', reason: 'not there yet' };
        // What has a name is whole: names come last.
        if (digest === undefined || there === digest) return { status: 'satisfied', detail: shortDigest(there) };
        return { status: 'needed', reason: `there is ${shortDigest(there)}, wanted ${shortDigest(digest)}` };
      } catch (error) {
        if (isSilent(error)) return { status: 'needed', reason: 'not there yet' };
        throw error;
      }
    },
    async apply(context) {
      const said = throttle(clock, progressIntervalMs, (bytes: { done: number; total: number }) => {
        context.progress({ message: `copying ${image}`, ...bytes, unit: 'bytes' });
      });
      const [from, to] = [await options.from(), await options.to()];
      const copied = await copyImage({
        ...{ from, to, reference, tag, platforms, signal: context.signal },
        onProgress: (bytes) => {
          said.now(bytes);
        },
      });
      options.onCopied(copied);
      return `${shortDigest(copied.digest)}, ${formatBytes(copied.bytes)}`;
    },
  };
}

function shortDigest(digest: string): string {
  return digest.slice(0, 'sha256:'.length + 12);
}
