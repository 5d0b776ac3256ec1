import type { Change, Intent } from '../../../assets/apps/src/reaper/intent.js';

/**
 * How long the command line may be silent before the reaper takes a fault back: five heartbeats may be missed, and an API
 * server that is away for 20 s costs two.
 */
const expireAfterSeconds = 60;

export interface NewIntent {
  readonly run: string;
  readonly drill: string;
  readonly environment: string;
  /** `user@host/pid`. */
  readonly owner: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly changes: readonly Change[];
  /** Paths of Roles, see `grantPaths`. */
  readonly grants: readonly string[];
}

/** What is written before a fault. */
export function newIntent({ startedAt, ...given }: NewIntent): Intent {
  return {
    version: 1,
    ...given,
    startedAt: new Date(startedAt).toISOString(),
    expireAfterSeconds,
    restoreCommand: restoreCommand(given.environment, given.run),
  };
}

/** Pasteable, on any machine that reaches the cluster. */
export function restoreCommand(environment: string, run: string): string {
  return `platform chaos restore ${run} --environment ${environment}`;
}
