import type { LoadSlice, PredictedScaling } from '../record.js';
import type { Trajectory } from './trajectory.js';

/** What is wrong, and what that says: of the system, of the drill, or nothing. */
export interface Judgement {
  readonly weak: readonly string[];
  /** The load ended too early to say. */
  readonly early?: string;
  /** The load asked for too little to say. */
  readonly small?: string;
  /** Something else kept it from being said. */
  readonly unsure?: string;
}

/** Whether it went up as far and as fast as it should have. */
export interface ReachedQuestion {
  readonly trajectory: Trajectory;
  readonly original: number;
  readonly wanted: number;
  readonly maximum: number;
  readonly peak: number;
  /** After the load began. */
  readonly firstStepMs: number | undefined;
  readonly reachedMs: number | undefined;
  readonly prediction: PredictedScaling;
  readonly load: readonly LoadSlice[];
  readonly slackMs: number;
}

/** Milliseconds after which so many replicas are predicted under a load that asks for them at once. */
export function dueMsOf({ up }: PredictedScaling, replicas: number): number | undefined {
  return up.find((step) => step.replicas >= replicas)?.afterMs;
}
