import type { Failure } from '../errors.js';
import type { Check, Lane } from './step.js';

/** What a running step says about itself. */
export interface Progress {
  readonly message: string;
  /** Since when `message` is waited for, in milliseconds since the epoch: it is shown as `waiting 12s for <message>`. */
  readonly since?: number;
  /** Work done so far and in all, in `unit`; absent where it is not known. */
  readonly done?: number;
  readonly total?: number;
  readonly unit?: 'bytes' | 'packages';
}

export interface StepSummary {
  readonly id: string;
  readonly title: string;
  readonly needs: readonly string[];
  readonly lane: Lane;
}

/** How a step ended. */
export type Outcome =
  /** Applied. */
  | 'done'
  /** Was as wanted already. */
  | 'unchanged'
  /** Nothing that runs now needs it. */
  | 'unneeded'
  /** Not part of this environment here, with a reason. */
  | 'omitted'
  | 'failed'
  /** Not tried, because a step it needs failed. */
  | 'skipped'
  | 'interrupted';

/**
 * All that happens in a run. The journal stores these as JSON lines, renderers show them, `--output ndjson` prints
 * them; `at` is milliseconds since the epoch.
 */
export type RunEvent = { readonly at: number } & (
  | {
      readonly type: 'run-started';
      readonly run: string;
      readonly command: string;
      readonly environment: string;
      readonly steps: readonly StepSummary[];
    }
  | { readonly type: 'step-checked'; readonly id: string; readonly check: Check }
  | { readonly type: 'step-started'; readonly id: string; readonly reason: string }
  | ({ readonly type: 'step-progress'; readonly id: string } & Progress)
  | {
      readonly type: 'step-finished';
      readonly id: string;
      readonly outcome: Outcome;
      readonly durationMs: number;
      readonly detail?: string;
      readonly failure?: Failure;
      /** For skipped steps: the failed step that is the cause. */
      readonly because?: string;
    }
  | { readonly type: 'process-started'; readonly pid: number; readonly startedAt: string; readonly command: string }
  | { readonly type: 'process-finished'; readonly pid: number; readonly exitCode: number | undefined }
  | { readonly type: 'notice'; readonly level: 'info' | 'warning'; readonly message: string }
  | { readonly type: 'interrupted'; readonly force: boolean; readonly message: string }
  | { readonly type: 'run-finished'; readonly summary: RunSummary }
);

export type RunEventBody = RunEvent extends infer E ? (E extends RunEvent ? Omit<E, 'at'> : never) : never;

/** Where events go; a journal and a renderer are both listeners. */
export interface Events {
  emit(event: RunEventBody): void;
}

export interface StepResult {
  readonly id: string;
  readonly title: string;
  readonly outcome: Outcome;
  readonly durationMs: number;
  readonly reason?: string;
  readonly detail?: string;
  readonly failure?: Failure;
  readonly because?: string;
}

/** One edge of the critical path: a step and what it added to the whole. */
export interface CriticalStep {
  readonly id: string;
  readonly title: string;
  readonly durationMs: number;
  /** Time between the end of what it needed last and its start: waiting for its lane. */
  readonly waitedMs: number;
}

export interface RunSummary {
  readonly run: string;
  readonly durationMs: number;
  readonly counts: Readonly<Record<Outcome, number>>;
  readonly steps: readonly StepResult[];
  readonly criticalPath: readonly CriticalStep[];
  /** Duration of the last run that did the same steps, where one is known. */
  readonly previousDurationMs?: number;
  readonly journal: string;
}
