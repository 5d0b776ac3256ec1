import type { Outcome } from '../record.js';

/** One thing that keeps a drill from having passed. */
export interface Reason {
  readonly outcome: Exclude<Outcome, 'passed'>;
  /** A lowercase sentence without a period. */
  readonly message: string;
  /** What to do about it. */
  readonly next: readonly string[];
}
