import type { Clock } from '../clock.js';
import type { BuildSpec, ContainerEngine, Engine, EngineCall } from '../containers/engine.js';
import { PlatformError } from '../errors.js';
import type { StepContext } from '../plan/step.js';
import { throttle } from '../throttle.js';
import { contentTag, dockerfileOf } from './content-hash.js';
import type { ImageDestination } from './destination.js';
import type { Images } from './resolved.js';
import { joinPlatforms } from './join-platforms.js';

export interface BuilderOptions {
  readonly images: Images;
  readonly destination: () => Promise<ImageDestination>;
  readonly engine: Engine;
  readonly clock: Clock;
  /** Name of the environment that builds; on the image as a label. */
  readonly environment: string;
}

const progressIntervalMs = 200;

/**
 * Builds an image and pushes it; answers the digest that the registry has it under. What a build says is its progress,
 * and its end is in the error when it fails.
 * @throws PlatformError `conflict` when the sources changed meanwhile: nothing is pushed then
 */
export async function buildImage(name: string, options: BuilderOptions, context: StepContext): Promise<string> {
  const { images, clock } = options;
  const { signal } = context;
  const { repository, tag } = await images.reference(name);
  const engine = await options.engine();
  const said = throttle(clock, progressIntervalMs, (line: string) => {
    context.progress({ message: line });
  });
  const call: EngineCall = {
    signal,
    onLine(line) {
      if (line.trim() !== '') said.now(line.trim());
    },
  };
  const { platforms } = images.source(name);
  const builds = platforms.length > 1 ? platforms.map((platform) => platformTag(tag, platform)) : [tag];
  const specs = builds.map((one, index) => specOf(name, `${repository}:${one}`, platforms[index], tag, options));
  // One after the other: the engine's processors are shared with other images already.
  for (const spec of specs) await engine.build(spec, call);
  await expectUnchanged(name, tag, options, signal);

  const destination = await options.destination();
  await destination.prepare?.(name, engine, call);
  for (const spec of specs) await pushed(engine, spec.tag, call, context);
  const store = await images.store(name);
  if (platforms.length > 1) await joinPlatforms(store, builds, tag, signal);
  const digest = await store.digestOf(tag, signal);
  if (digest === undefined) {
    throw new PlatformError('tool', `${repository} does not have ${tag}, which was just pushed`, {
      suggestions: ['look at the registry: is its disk full, does something else remove its images?'],
    });
  }
  images.built(name, digest);
  return digest;
}

function specOf(
  name: string,
  reference: string,
  platform: string | undefined,
  version: string,
  { images, environment }: BuilderOptions,
): BuildSpec {
  const source = images.source(name);
  const { context, target, args } = source;
  return {
    context,
    dockerfile: dockerfileOf(source),
    tag: reference,
    ...(target !== undefined && { target }),
    args,
    labels: {
      'org.opencontainers.image.title': name,
      'org.opencontainers.image.version': version,
      // The one that built it first: others with the same sources use it, too.
      'platform.dev/environment': environment,
    },
    ...(platform !== undefined && { platform }),
  };
}

// The tag says what is in the image; it must be true.
async function expectUnchanged(name: string, tag: string, { images }: BuilderOptions, signal: AbortSignal) {
  if ((await contentTag(name, images.source(name), signal)) === tag) return;
  throw new PlatformError('conflict', `the sources of the image ${name} changed while it was built`, {
    suggestions: ['run the same command again'],
  });
}

async function pushed(engine: ContainerEngine, reference: string, call: EngineCall, context: StepContext) {
  context.progress({ message: `pushing ${reference}` });
  await engine.push(reference, call);
}

function platformTag(tag: string, platform: string): string {
  return `${tag}-${platform.replaceAll('/', '-')}`;
}
