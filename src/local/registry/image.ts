import type { ContainerEngine } from '../../containers/engine.js';
import { PlatformError } from '../../errors.js';
import { imageReference } from '../../registry/image-reference.js';
import type { StepContext } from '../../plan/step.js';

/** What registries and caches run. */
export const registryImage = 'registry:3';

/**
 * Sees to it that the engine has an image: from its registry, or from the mirror of that registry, if there is one.
 * @param mirrors URLs of mirrors by the host of the registry they stand for
 */
export async function ensureImage(
  engine: ContainerEngine,
  image: string,
  mirrors: Readonly<Record<string, string>>,
  context: StepContext,
): Promise<void> {
  const { signal } = context;
  if (await engine.image(image, { signal })) return;
  const source = mirroredName(image, mirrors) ?? image;
  context.progress({ message: `pulling ${source}` });
  try {
    await engine.pull(source, {
      signal,
      onLine: (line) => {
        context.progress({ message: `pulling ${source}: ${line.trim()}` });
      },
    });
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof PlatformError) || error.code !== 'tool') throw error;
    throw new PlatformError('tool', `the image ${source} could not be pulled`, {
      cause: error,
      ...(error.output !== undefined && { output: error.output }),
      ...(error.command !== undefined && { command: error.command }),
      suggestions: [
        `load it from a file: ${engine.name} load --input FILE, then ${engine.name} tag IMAGE ${image}`,
        'or name a mirror of docker.io in the environment file: `local.mirrors`',
      ],
    });
  }
  if (source !== image) await engine.tag(source, image, { signal });
}

// Our own registry cannot be where it comes from itself.
function mirroredName(image: string, mirrors: Readonly<Record<string, string>>): string | undefined {
  const reference = imageReference(image);
  const mirror = reference && mirrors[reference.registry];
  if (!reference || mirror === undefined || !URL.canParse(mirror)) return undefined;
  const { host, pathname } = new URL(mirror);
  const path = pathname.replace(/^\/v2(?=\/|$)/, '').replace(/\/$/, '');
  const tag = reference.tag === undefined ? '' : `:${reference.tag}`;
  const digest = reference.digest === undefined ? '' : `@${reference.digest}`;
  return `${host}${path}/${reference.repository}${tag}${digest}`;
}
