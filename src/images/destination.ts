import type { ContainerEngine, EngineCall } from '../containers/engine.js';

/** A registry that images of ours are pushed to and that nodes pull them from. */
export interface ImageDestination {
  /** Its host, with its port: `localhost:5001`. */
  readonly registry: string;
  /** The repository of an image in it, without the host. */
  path(image: string): string;
  /** What has to be done before the first push: the engine logged in, the repository made. */
  prepare?(image: string, engine: ContainerEngine, call: EngineCall): Promise<void>;
}

/**
 * The registry on this machine. Environments share it, and their images: a tag is made of all that a build depends on,
 * so the same name and tag is the same image, and what one environment has built another need not build again.
 */
export function localDestination(registry: string): ImageDestination {
  return { registry, path: (image) => image };
}
