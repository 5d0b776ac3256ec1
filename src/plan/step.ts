import type { ErrorCode } from '../errors.js';
import type { Progress } from './events.js';

/** A concurrency class of steps; each has a limit, see {@link laneLimits}. */
export type Lane = 'tool' | 'cluster' | 'chart' | 'api' | 'helm' | 'image' | 'aws' | 'wait';

/**
 * What asking the world about a step can answer. A stored "done" flag is never evidence, so there is no other way to
 * be satisfied than to look.
 */
export type Check =
  | { readonly status: 'satisfied'; readonly detail?: string }
  | { readonly status: 'needed'; readonly reason: string }
  /** Cannot be done as things are; `fix` says what the user can do about it. */
  | { readonly status: 'blocked'; readonly by: string; readonly fix: readonly string[]; readonly code?: ErrorCode }
  /** Not done in this environment, on purpose; what needs it goes on. */
  | { readonly status: 'omitted'; readonly reason: string }
  /** An on-demand step that nothing asks for now. */
  | { readonly status: 'unneeded' };

/** What a step may use while it is checked or applied. */
export interface StepContext {
  /** Aborts when the run is being interrupted or the step's budget has ended. */
  readonly signal: AbortSignal;
  /** Says what is going on now; the newest message is what a reader sees. */
  progress(progress: Progress): void;
}

/** One node of the plan. */
export interface Step {
  /** Unique and stable, `kind/name` by convention: `release/traefik`, `gate/traefik/ready`, `cluster`. */
  readonly id: string;
  /** A short noun phrase for people. */
  readonly title: string;
  /** Ids of the steps that must be satisfied first. */
  readonly needs: readonly string[];
  readonly lane: Lane;
  /** How long `apply` may take before it is a time-out. */
  readonly budgetMs: number;
  /** Expected duration where no earlier run is known; only orders the queue. */
  readonly estimateMs: number;
  /** Applied only when a step that needs it has to be applied: tools, charts. */
  readonly onDemand?: boolean;
  check(context: StepContext): Promise<Check>;
  /** Does the work; what it returns is shown beside the step when it ends. */
  apply(context: StepContext): Promise<string | undefined>;
}

/** How many steps of a lane run at once, for a machine with `cores` processors. */
export function laneLimits(cores: number): Readonly<Record<Lane, number>> {
  return {
    // Downloads share a line and builds queue by themselves; both do better when all are known at once.
    tool: 16,
    cluster: 1,
    chart: 4,
    api: 16,
    helm: Math.max(2, Math.min(6, cores)),
    image: Math.max(1, Math.floor(cores / 2)),
    aws: 4,
    wait: Number.POSITIVE_INFINITY,
  };
}
