import type { ContainerEngine, Engine, StoredImage } from '../containers/engine.js';
import { PlatformError } from '../errors.js';
import type { Check, Step } from '../plan/step.js';
import type { ImageReference } from '../registry/image-reference.js';
import type { ImageStore } from '../registry/image-store.js';
import { readManifest } from '../registry/media-types.js';
import { isSilent } from '../registry/registry-errors.js';
import { copyId } from './images-copy-step.js';

const budgetMs = 30 * 60_000;

export interface EngineStepOptions {
  /** As pods name it. */
  readonly image: string;
  readonly reference: ImageReference;
  readonly engine: Engine;
  /** Its repository in the local registry. */
  readonly store: () => Promise<ImageStore>;
  readonly needs: readonly string[];
  readonly onPushed: (pushed: { readonly digest: string; readonly wasThere: boolean }) => void;
}

/** Pushes an image that the container engine has, under another name, into the local registry. */
export function engineStep(options: EngineStepOptions): Step {
  const { image, reference, onPushed } = options;
  const tag = reference.tag ?? 'latest';
  return {
    id: copyId(image),
    title: image,
    needs: options.needs,
    lane: 'image',
    budgetMs,
    estimateMs: 10_000,
    async check({ signal }): Promise<Check> {
      const engine = await options.engine();
      const stored = await engine.image(image, { signal });
      if (!stored) return missing(image, engine);
      const there = await digestOf(stored, await options.store(), tag, signal);
      if (there === undefined) return { status: 'needed', reason: 'not there yet' };
      onPushed({ digest: there, wasThere: true });
      return { status: 'satisfied', detail: shortDigest(there) };
    },
    async apply(context) {
      const { signal } = context;
      const engine = await options.engine();
      const name = `${(await options.store()).name}:${tag}`;
      const onLine = (line: string) => {
        context.progress({ message: line.trim() });
      };
      await engine.tag(image, name, { signal });
      try {
        const digest = await engine.push(name, { signal, onLine });
        if (reference.digest !== undefined && reference.digest !== digest) throw otherDigest(image, digest);
        onPushed({ digest, wasThere: false });
        return shortDigest(digest);
      } finally {
        // Also when it was interrupted: only the name goes.
        await engine.removeImage(name);
      }
    },
  };
}

/** Digest of a tag in the registry, where it is exactly this image; engines know an image by its configuration or its manifest. */
async function digestOf(
  { id }: StoredImage,
  store: ImageStore,
  tag: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const manifest = await store.manifest(tag, signal);
    const content = manifest && readManifest(manifest);
    const isSame = content?.kind === 'image' && content.image.config.digest === id;
    return isSame || manifest?.digest === id ? manifest?.digest : undefined;
  } catch (error) {
    if (isSilent(error)) return undefined;
    throw error;
  }
}

function missing(image: string, engine: ContainerEngine): Check {
  return {
    status: 'blocked',
    by: `${engine.name} has no image ${image}`,
    fix: [`${engine.name} pull ${image}`, 'or copy it from its registry: platform images pull'],
    code: 'conflict',
  };
}

// An image that is pushed gets a new manifest, unless the engine keeps that of its origin.
function otherDigest(image: string, digest: string): PlatformError {
  return new PlatformError('conflict', `${image} is asked for by its digest, and is ${digest} when it is pushed`, {
    suggestions: ['copy it from its registry: platform images pull'],
  });
}

function shortDigest(digest: string): string {
  return digest.slice(0, 'sha256:'.length + 12);
}
