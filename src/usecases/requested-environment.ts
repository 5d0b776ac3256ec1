import type { Environment } from '../environment/environment.js';
import { loadEnvironment } from '../environment/load.js';
import { PlatformError } from '../errors.js';
import type { Ports } from '../ports.js';
import { environmentOfRecord } from './environment-of-record.js';
import { findEnvironment, type FoundEnvironment } from './find-environment.js';

/** Which local environment is meant, begun or not. */
export interface EnvironmentRequest {
  /** Its name; without it, that of the nearest environment file, or the only one there is. */
  readonly environment?: string | undefined;
  /** Its file or blueprint, where it was not begun yet. */
  readonly file?: string | undefined;
  readonly blueprint?: string | undefined;
  /** Another domain than its file's. */
  readonly domain?: string | undefined;
  /** Optional parts beside those of its file; without any, those that it was begun with. */
  readonly parts?: readonly string[] | undefined;
  readonly cwd: string;
}

/**
 * The environment as its file wants it.
 * @throws PlatformError `usage` for a file that cannot be read, `conflict` when there is no such environment
 */
export async function requestedEnvironment(
  request: EnvironmentRequest,
  ports: Pick<Ports, 'paths'>,
): Promise<Environment> {
  const { file, blueprint, environment, cwd } = request;
  if (file !== undefined || blueprint !== undefined) return load(request, environment);
  return wantedByFound(await findEnvironment(environment, cwd, ports), request);
}

/** The same for an environment that was found already. */
export async function wantedByFound(
  { name, record }: FoundEnvironment,
  request: EnvironmentRequest,
): Promise<Environment> {
  if (record && request.domain === undefined && request.parts === undefined) {
    const { environment, problem } = await environmentOfRecord(record);
    if (environment) return environment;
    throw new PlatformError('usage', `what ${name} consists of cannot be read: ${problem ?? 'its file is gone'}`);
  }
  const { file = request.file, blueprint = request.blueprint } = record ?? {};
  const environment = await load({ ...request, file, blueprint }, record?.name, record?.parts);
  if (environment.name === name) return environment;
  throw new PlatformError('conflict', `there is no environment ${name} on this machine`, {
    suggestions: ['name its file with --file, or its blueprint with --blueprint'],
  });
}

function load(
  { file, blueprint, domain, parts, cwd }: EnvironmentRequest,
  name: string | undefined,
  begunWith: readonly string[] = [],
): Promise<Environment> {
  const rememberedParts = () => Promise.resolve(parts === undefined ? begunWith : []);
  return loadEnvironment({ file, blueprint, domain, parts, rememberedParts, cwd, name, target: 'local' });
}
