import type { Environment } from '../environment/environment.js';
import { PlatformError } from '../errors.js';
import type { Ports } from '../ports.js';
import { lockedDigests } from '../releases/lock/lock-coverage.js';
import { readLockFor } from '../releases/lock/lock-file.js';
import { assemble, type Assembly } from './assemble.js';
import { environmentOfRecord, withoutFile } from './environment-of-record.js';
import type { FoundEnvironment } from './find-environment.js';

export interface OpenEnvironment {
  /** As its file or blueprint has it now; without releases when that cannot be read. */
  readonly environment: Environment;
  readonly assembly: Assembly;
  /** Why its file could not be read. */
  readonly problem?: string;
}

/**
 * An environment that was begun on this machine, with all that works on it.
 * @throws PlatformError `conflict` when it was never begun
 */
export async function open({ name, record }: FoundEnvironment, ports: Ports): Promise<OpenEnvironment> {
  if (!record) {
    throw new PlatformError('conflict', `there is no environment ${name} on this machine`, {
      suggestions: ['build it with `platform up --local`'],
    });
  }
  const { environment = withoutFile(name), problem } = await environmentOfRecord(record);
  // Whoever only looks must be able to, whatever the lock file says.
  const lock = await readLockFor(environment).catch(() => undefined);
  const locked = lockedDigests(lock, environment);
  const assembly = assemble(environment, record.provider, ports, { locked });
  return { environment, assembly, ...(problem !== undefined && { problem }) };
}
