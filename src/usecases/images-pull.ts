import { resolve } from 'node:path';
import type { Environment } from '../environment/environment.js';
import type { Step } from '../plan/step.js';
import { mirrorPath } from '../registry/address.js';
import { addDockerArchive } from '../registry/docker-archive.js';
import { imageReference, repositoryName, type ImageReference } from '../registry/image-reference.js';
import type { ImageStore } from '../registry/image-store.js';
import { ociLayout } from '../registry/oci-layout.js';
import type { WantedPlatforms } from '../registry/platform.js';
import { repositoryStore } from '../registry/repository.js';
import { copyStep, type ImagesMoveResult, type MovedImage } from './images-copy-step.js';
import { lockedImagesOf, type WantedImage } from './images-locked.js';
import type { ImageParts } from './images-parts.js';
import { runImageSteps, type ImagesRunPorts } from './images-run.js';

export interface ImagesPullOptions {
  /** A folder to write to, absolute; the local registry without it. */
  readonly to?: string | undefined;
  readonly platforms: WantedPlatforms;
  /** What the container engine here runs on: `linux/amd64`. */
  readonly machine: string;
}

/**
 * Copies the images that an environment's lock holds, and those that make its cluster, from their registries to a
 * folder, or into the local registry. What is there already is not copied again.
 */
export async function pullImages(
  environment: Environment,
  options: ImagesPullOptions,
  parts: ImageParts,
  ports: ImagesRunPorts,
): Promise<ImagesMoveResult> {
  const { session, engineImages, registryStep } = parts;
  const folder = options.to === undefined ? undefined : resolve(options.to);
  const layout = folder === undefined ? undefined : ociLayout(folder);
  const { registry: local } = await parts.destination();
  const wanted = await lockedImagesOf(environment, engineImages, local);
  const registry = layout ? [] : [registryStep()];
  const moved = new Map<string, MovedImage>();
  const steps: Step[] = wanted.map((one) =>
    copyStep({
      ...referencesOf(one),
      image: one.image,
      from: () => repositoryStore(session, one.reference.registry, one.reference.repository),
      to: () => layout?.store(repositoryName(one.reference)) ?? mirroredStore(one.reference, parts),
      digest: one.digest,
      platforms: options.platforms,
      needs: registry.map(({ id }) => id),
      clock: ports.clock,
      onCopied: (copied) => moved.set(one.image, { image: one.image, wasThere: false, ...copied }),
    }),
  );
  await runImageSteps('images pull', environment.name, [...registry, ...steps], ports);
  if (layout) {
    const names = engineImages.flatMap((image) => fullNameOf(image) ?? []);
    await addDockerArchive(layout, names, options.machine, ports.interruption.draining);
  }
  return {
    to: folder ?? (await parts.destination()).registry,
    images: wanted.map((one) => moved.get(one.image) ?? whatWasThere(one)),
    unmirrored: layout
      ? []
      : unmirrored(
          environment,
          wanted.map(({ reference }) => reference),
        ),
  };
}

/** The repository of the local registry that nodes ask for an image of another one. */
export async function mirroredStore(
  { registry, repository }: ImageReference,
  { session, destination }: Pick<ImageParts, 'session' | 'destination'>,
): Promise<ImageStore> {
  const target = await destination();
  return repositoryStore(session, target.registry, `${mirrorPath(registry)}/${repository}`);
}

/** Registries of images that nodes still ask themselves. */
export function unmirrored({ local }: Pick<Environment, 'local'>, references: readonly ImageReference[]): string[] {
  const registries = new Set(references.map(({ registry }) => registry));
  return [...registries].filter((registry) => local.mirrors[registry] !== 'local').sort();
}

// An image without a tag and a digest is `latest`, as everywhere.
function referencesOf({ reference, digest }: WantedImage): { reference: string; tag: string | undefined } {
  const tag = reference.tag ?? (reference.digest === undefined ? 'latest' : undefined);
  return { reference: digest ?? tag ?? 'latest', tag };
}

function whatWasThere({ image, digest }: WantedImage): MovedImage {
  return { image, ...(digest !== undefined && { digest }), bytes: 0, wasThere: true };
}

function fullNameOf(image: string): string | undefined {
  const reference = imageReference(image);
  return reference && `${repositoryName(reference)}:${reference.tag ?? 'latest'}`;
}
