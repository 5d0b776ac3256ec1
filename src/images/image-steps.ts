import type { ClusterProvider } from '../clusters/cluster.js';
import type { Check, Step } from '../plan/step.js';
import { isSilent } from '../registry/registry-errors.js';
import { imageId } from '../releases/settle.js';
import { buildImage, type BuilderOptions } from './builder.js';

/** A base image on a slow line, and a build without a cache. */
const budgetMs = 30 * 60_000;

export interface ImageStepOptions extends BuilderOptions {
  /** Those to build; all without it. */
  readonly names?: readonly string[];
  /** Where its nodes are no machines, no container runs and no image is needed; absent for building them anyway. */
  readonly provider?: Pick<ClusterProvider, 'machines'>;
  /** Ids of the steps that bring the registry. */
  readonly needs: readonly string[];
}

/** Builds and pushes the images of an environment that the registry does not have as their sources are now. */
export function imageSteps(options: ImageStepOptions): Step[] {
  const { images, names = images.names } = options;
  return [...new Set(names)].map((name) => imageStep(name, options));
}

function imageStep(name: string, options: ImageStepOptions): Step {
  const { images, provider, needs } = options;
  // Here and not only when it is built: a wrong name must not wait for a registry.
  images.source(name);
  return {
    id: imageId(name),
    title: `image ${name}`,
    needs,
    lane: 'image',
    budgetMs,
    estimateMs: 20_000,
    async check({ signal }): Promise<Check> {
      if (provider && !provider.machines) return { status: 'omitted', reason: 'no container runs here' };
      const { tag } = await images.reference(name);
      if ((await images.digest(name, signal)) !== undefined) return { status: 'satisfied', detail: tag };
      return { status: 'needed', reason: await reasonFor(name, signal) };
    },
    async apply(context) {
      // Another run may have built it while this one waited.
      const digest = (await images.digest(name, context.signal)) ?? (await buildImage(name, options, context));
      const { tag } = await images.reference(name);
      return `${tag}, ${digest.slice(0, 'sha256:'.length + 12)}`;
    },
  };

  async function reasonFor(image: string, signal: AbortSignal): Promise<string> {
    try {
      return (await (await images.store(image)).hasTags(signal)) ? 'its sources changed' : 'not built yet';
    } catch (error) {
      if (isSilent(error)) return 'not built yet';
      throw error;
    }
  }
}
