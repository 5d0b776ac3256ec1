import type { Clock } from '../../clock.js';
import type { ContainerEngine, Engine } from '../../containers/engine.js';
import { PlatformError } from '../../errors.js';
import type { StepContext } from '../../plan/step.js';
import type { Processes } from '../../process.js';
import { isPortFree } from '../ports.js';
import { answers } from './answers.js';
import { choosePort } from './choose-port.js';
import { foreignContainer, foreignFix } from './foreign-container.js';
import { ensureImage, registryImage } from './image.js';
import { containerPort } from './names.js';
import type { RegistryService } from './service.js';
import { stateOfService } from './service-state.js';

/** Its data's folder in the image. */
const dataFolder = '/var/lib/registry';

export interface ServiceOptions {
  readonly engine: Engine;
  readonly processes: Processes;
  readonly clock: Clock;
  /** Where the image comes from instead: `local.mirrors`. */
  readonly mirrors: Readonly<Record<string, string>>;
  /** Instead of registry:3. */
  readonly image?: string;
}

export interface ServiceUp {
  readonly port: number;
  /** What somebody who knows the service should hear. */
  readonly note?: string;
}

/** Makes or starts a service's container; it need not answer yet. What it keeps survives being made again. */
export async function bringUp(
  engine: ContainerEngine,
  service: RegistryService,
  options: ServiceOptions,
  context: StepContext,
): Promise<ServiceUp> {
  const { signal } = context;
  const { name } = service;
  const image = options.image ?? registryImage;
  const found = await stateOfService(engine, service, signal);
  switch (found.status) {
    case 'absent':
      return make();
    case 'foreign':
      throw new PlatformError('conflict', foreignContainer(service), { suggestions: foreignFix(service, engine) });
    case 'unfit':
      return remake(found.reason);
    case 'stopped':
      return start(found.port);
    case 'running':
      if (await answers(found.port, signal)) return { port: found.port };
      await engine.stop(name, { signal });
      return start(found.port);
  }

  async function start(port: number): Promise<ServiceUp> {
    if (!(await isPortFree(port))) {
      // Throws where the port is insisted on.
      const other = await wantedPort(service, options, signal);
      return remake(`port ${String(port)} is taken, so it moves to ${String(other)}`);
    }
    try {
      await engine.start(name, { signal });
      return { port };
    } catch (error) {
      // A container cannot start any more once a network that it was on has been removed.
      if (!(error instanceof PlatformError) || !['tool', 'conflict'].includes(error.code)) throw error;
      context.progress({ message: error.message });
      return remake('it could not be started');
    }
  }

  async function remake(reason: string): Promise<ServiceUp> {
    context.progress({ message: `${reason}; making it again, with its images` });
    // What may fail comes before anything is removed.
    await ensureImage(engine, image, options.mirrors, context);
    await wantedPort(service, options, signal);
    await engine.remove(name, { signal });
    return { ...(await make()), note: `made again: ${reason}` };
  }

  async function make(): Promise<ServiceUp> {
    await ensureImage(engine, image, options.mirrors, context);
    const port = await wantedPort(service, options, signal);
    const { labels, env } = service;
    // The one network that is always there, and that leads to registries outside.
    const network = 'bridge';
    const ports = [{ host: '127.0.0.1', hostPort: port, containerPort }];
    try {
      await engine.run({ name, image, labels, env, ports, network, volumes: { [dataFolder]: name } }, { signal });
    } catch (error) {
      signal.throwIfAborted();
      // Another environment's run may have made it in this moment.
      const now = await stateOfService(engine, service, signal);
      if (now.status !== 'running') throw error;
      return { port: now.port };
    }
    return { port };
  }
}

/**
 * The port that a service gets when it is made now.
 * @throws PlatformError `conflict` that names who has the port
 */
export function wantedPort(
  service: RegistryService,
  { processes }: Pick<ServiceOptions, 'processes'>,
  signal: AbortSignal,
): Promise<number> {
  return choosePort(service.port, service.title, processes, signal);
}
