import { pinnedImage } from '../clusters/kind/node-image.js';
import type { Engine } from '../containers/engine.js';
import { engineOf } from '../containers/find-engine.js';
import type { Environment, LocalSettings } from '../environment/environment.js';
import { PlatformError } from '../errors.js';
import { localDestination, type ImageDestination } from '../images/destination.js';
import { createImages, type Images } from '../images/resolved.js';
import { registryImage } from '../local/registry/image.js';
import { findRegistry } from '../local/registry/served.js';
import { localRegistry } from '../local/registry/service.js';
import { serviceStep } from '../local/registry/service-step.js';
import { registryId } from '../local/registry/steps.js';
import type { Step } from '../plan/step.js';
import type { Ports } from '../ports.js';
import { dockerCredentials } from '../registry/docker-credentials.js';
import { createSession, type RegistrySession } from '../registry/session.js';

/** What images are built, moved and looked at with; needs no cluster. */
export interface ImageParts {
  readonly engine: Engine;
  readonly session: RegistrySession;
  /** The local registry, or where it will be when there is none yet. */
  readonly destination: () => Promise<ImageDestination>;
  readonly images: Images;
  /** Brings the local registry. */
  readonly registryStep: () => Step;
  /** Images that the container engine itself runs: the registry's, and that of kind's nodes. */
  readonly engineImages: readonly string[];
}

export async function imageParts(
  { local, images: sources }: Pick<Environment, 'local' | 'images'>,
  ports: Pick<Ports, 'processes' | 'clock' | 'variables'>,
  engine: Engine = engineOf(ports.processes),
): Promise<ImageParts> {
  const { processes, clock, variables } = ports;
  const session = createSession({ variables, credentials: await dockerCredentials(variables) });
  const destination = once(async () => {
    const found = await engine().then((one) => findRegistry(one), unlessAbsent);
    return localDestination(found?.host ?? `localhost:${String(local.registry.port.number)}`);
  });
  return {
    engine,
    session,
    destination,
    images: createImages({ sources, destination, session }),
    registryStep: () =>
      serviceStep(registryId, localRegistry(local.registry.port), {
        ...{ engine, processes, clock },
        mirrors: local.mirrors,
      }),
    engineImages: engineImages(local),
  };
}

function engineImages({ provider, kubernetes, nodeImage = pinnedImage(kubernetes) }: LocalSettings): string[] {
  const isOnKind = provider === 'kind' || provider === 'auto';
  return [registryImage, ...(isOnKind && nodeImage !== undefined ? [nodeImage] : [])];
}

// Where there is no engine there is no registry, which the registry's own step says best.
function unlessAbsent(error: unknown): undefined {
  if (!(error instanceof PlatformError) || error.code !== 'prerequisite') throw error;
}

/** All who ask at the same time get one answer. */
function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () => (running ??= ask().finally(() => (running = undefined)));
}
