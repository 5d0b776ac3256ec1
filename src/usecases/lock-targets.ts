import { resolve } from 'node:path';
import type { Environment, Target } from '../environment/environment.js';
import { environmentFileName, findEnvironmentFile } from '../environment/find-file.js';
import type { Library } from '../environment/library.js';
import { loadEnvironment } from '../environment/load.js';
import type { Problem } from '../environment/problems.js';
import { PlatformError } from '../errors.js';

export interface LockTargets {
  /** Absolute path of the environment file. */
  readonly file: string;
  /** One for each target that the file can be loaded for. */
  readonly environments: readonly Environment[];
  readonly leftOut: readonly LeftOutTarget[];
}

/** A target that a lock cannot cover, and why: a clause for people. */
export interface LeftOutTarget {
  readonly target: Target;
  readonly reason: string;
}

export interface LockFileOptions {
  readonly cwd: string;
  /** The environment file; by default the nearest platform.yaml. */
  readonly file?: string | undefined;
  /** Optional parts beside those of the file; what belongs to a part that is off is not locked. */
  readonly parts?: readonly string[] | undefined;
  readonly library?: Library;
}

/**
 * The environment on every target that its file can be loaded for.
 * @throws PlatformError `usage` where there is no file, and when it can be loaded for no target
 */
export async function loadLockTargets({ cwd, parts, library, ...options }: LockFileOptions): Promise<LockTargets> {
  const file = options.file === undefined ? await findEnvironmentFile(cwd) : resolve(cwd, options.file);
  if (file === undefined) {
    throw new PlatformError('usage', `there is no ${environmentFileName} here, and a lock stands beside one`, {
      suggestions: ['`platform init` writes one', 'or name another: --file FILE'],
    });
  }
  const load = (target: Target) => loadEnvironment({ file, cwd, target, parts, ...(library && { library }) });
  const [local, aws] = await Promise.allSettled([load('local'), load('aws')]);
  if (local.status === 'rejected' && aws.status === 'rejected') throw local.reason;
  return {
    file,
    environments: [local, aws].flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])),
    leftOut: [
      ...(local.status === 'rejected' ? [{ target: 'local' as const, reason: reasonOf(local.reason) }] : []),
      ...(aws.status === 'rejected' ? [{ target: 'aws' as const, reason: reasonOf(aws.reason) }] : []),
    ],
  };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof PlatformError) || error.code !== 'usage') throw error;
  const problems = (error.facts?.['problems'] ?? []) as readonly Problem[];
  return problems.map(({ message }) => message).join('; ') || error.message;
}
