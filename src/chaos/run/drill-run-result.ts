import type { PlatformError } from '../../errors.js';
import type { Link, Marks, Observations, RestoreResult } from '../record.js';

/** What a run has to tell when it is over. */
export interface DrillRunResult {
  readonly marks: Marks;
  readonly clockOffsetsMs: Readonly<Record<string, number>>;
  readonly observations: Observations;
  readonly links: readonly Link[];
  readonly restore?: RestoreResult;
  /** What ended it before its end. */
  readonly problem?: string;
  readonly isInterrupted: boolean;
  /** What somebody else did that ended it. */
  readonly endedBy?: string;
  /** The fault may still be there. */
  readonly leftBehind?: PlatformError;
}
