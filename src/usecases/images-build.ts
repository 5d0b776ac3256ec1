import type { Environment } from '../environment/environment.js';
import { imageSteps } from '../images/image-steps.js';
import { imageId } from '../releases/settle.js';
import type { ImageParts } from './images-parts.js';
import { runImageSteps, type ImagesRunPorts } from './images-run.js';

export interface BuiltImage {
  readonly name: string;
  /** `localhost:5001/auth`. */
  readonly repository: string;
  readonly tag: string;
  /** In the registry. */
  readonly digest: string;
  /** False when the registry had it already, made from the same sources. */
  readonly built: boolean;
}

export interface ImagesBuildResult {
  readonly environment: string;
  readonly images: readonly BuiltImage[];
}

/**
 * Builds images of an environment and pushes them into the local registry, which is started if need be.
 * @param names All without any
 */
export async function buildImages(
  environment: Pick<Environment, 'name'>,
  names: readonly string[],
  parts: Pick<ImageParts, 'images' | 'destination' | 'engine' | 'registryStep'>,
  ports: ImagesRunPorts,
): Promise<ImagesBuildResult> {
  const { images, registryStep } = parts;
  const wanted = names.length > 0 ? [...new Set(names)] : images.names;
  const registry = registryStep();
  const options = { ...parts, clock: ports.clock, environment: environment.name, names: wanted };
  const builds = imageSteps({ ...options, needs: [registry.id] });
  const results =
    builds.length > 0 ? await runImageSteps('images build', environment.name, [registry, ...builds], ports) : [];
  return {
    environment: environment.name,
    images: await Promise.all(
      wanted.map(async (name) => ({
        name,
        ...(await images.reference(name)),
        digest: (await images.digest(name, ports.interruption.draining)) ?? '',
        built: results.some(({ id, outcome }) => id === imageId(name) && outcome === 'done'),
      })),
    ),
  };
}
