import type { ContainerEngine } from '../../containers/engine.js';
import { PlatformError } from '../../errors.js';
import type { StepContext } from '../../plan/step.js';

/**
 * Gets node images that the engine does not have: it says what it does meanwhile, and tells better than kind why it
 * could not.
 */
export async function provideImages(
  engine: ContainerEngine,
  images: readonly string[],
  context: StepContext,
): Promise<void> {
  const { signal } = context;
  for (const image of images) {
    // With both a tag and a digest some engines look for the tag, which a pull by digest does not make.
    const reference = image.replace(/:[^:/@]+@/, '@');
    if (await engine.image(reference, { signal })) continue;
    const message = `pulling the node image ${image.replace(/@.*$/, '')}`;
    context.progress({ message });
    const onLine = (line: string) => {
      if (/^[0-9a-f]{12}: /.test(line)) context.progress({ message: `${message}: ${line}` });
    };
    try {
      await engine.pull(reference, { signal, onLine });
    } catch (error) {
      if (!(error instanceof PlatformError) || error.code === 'interrupted') throw error;
      throw new PlatformError(error.code, error.message, {
        suggestions: [...error.suggestions, 'or name a node image that can be had here: local.nodeImage'],
        ...(error.output !== undefined && { output: error.output }),
        ...(error.command !== undefined && { command: error.command }),
        ...(error.facts && { facts: error.facts }),
        cause: error.cause,
      });
    }
  }
}
