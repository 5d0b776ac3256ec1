import { resolve } from 'node:path';
import type { Environment } from '../environment/environment.js';
import { PlatformError } from '../errors.js';
import { imageReference } from '../registry/image-reference.js';
import { ociLayout } from '../registry/oci-layout.js';
import { copyStep, type ImagesMoveResult, type MovedImage } from './images-copy-step.js';
import { engineStep } from './images-engine-step.js';
import { lockedImagesOf } from './images-locked.js';
import type { ImageParts } from './images-parts.js';
import { mirroredStore, unmirrored } from './images-pull.js';
import { runImageSteps, type ImagesRunPorts } from './images-run.js';

/** Copies all images of a folder that {@link pullImages} wrote into the local registry. */
export async function pushFolder(
  environment: Pick<Environment, 'name' | 'local'>,
  from: string,
  parts: ImageParts,
  ports: ImagesRunPorts,
): Promise<ImagesMoveResult> {
  const folder = resolve(from);
  const layout = ociLayout(folder);
  const images = (await layout.images()).flatMap(({ name, digest }) => {
    const reference = imageReference(name);
    return reference ? [{ name, digest, reference }] : [];
  });
  if (images.length === 0) {
    throw new PlatformError('usage', `there are no images in ${folder}`, {
      suggestions: [`platform images pull --to ${from}, where the registries can be reached`],
    });
  }
  const registry = parts.registryStep();
  const moved = new Map<string, MovedImage>();
  const steps = images.map(({ name, digest, reference }) =>
    copyStep({
      image: name,
      from: () => layout.store(`${reference.registry}/${reference.repository}`),
      to: () => mirroredStore(reference, parts),
      reference: digest,
      digest,
      tag: reference.tag,
      platforms: 'there',
      needs: [registry.id],
      clock: ports.clock,
      onCopied: (copied) => moved.set(name, { image: name, wasThere: false, ...copied }),
    }),
  );
  await runImageSteps('images push', environment.name, [registry, ...steps], ports);
  return {
    to: (await parts.destination()).registry,
    images: images.map(({ name, digest }) => moved.get(name) ?? { image: name, digest, bytes: 0, wasThere: true }),
    unmirrored: unmirrored(
      environment,
      images.map(({ reference }) => reference),
    ),
  };
}

/** Pushes the images of an environment that the container engine has into the local registry: those that pods run. */
export async function pushFromEngine(
  environment: Environment,
  parts: ImageParts,
  ports: ImagesRunPorts,
): Promise<ImagesMoveResult> {
  const wanted = await lockedImagesOf(environment, [], (await parts.destination()).registry);
  const registry = parts.registryStep();
  const moved = new Map<string, MovedImage>();
  const steps = wanted.map(({ image, reference }) =>
    engineStep({
      ...{ image, reference },
      engine: parts.engine,
      store: () => mirroredStore(reference, parts),
      needs: [registry.id],
      onPushed: (pushed) => moved.set(image, { image, bytes: 0, ...pushed }),
    }),
  );
  await runImageSteps('images push', environment.name, [registry, ...steps], ports);
  return {
    to: (await parts.destination()).registry,
    images: wanted.flatMap(({ image }) => moved.get(image) ?? []),
    unmirrored: unmirrored(
      environment,
      wanted.map(({ reference }) => reference),
    ),
  };
}
