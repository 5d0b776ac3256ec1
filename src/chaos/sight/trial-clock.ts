import { formatDuration } from '../../clock.js';
import { PlatformError } from '../../errors.js';
import type { ReadSelector } from './expression.js';

/** How a trial's time runs; every length is a multiple of `stepMs`. */
export interface TrialClock {
  /** Between two measurements and between two evaluations: longer than the group's interval for long ranges. */
  readonly stepMs: number;
  /** Before the fault. */
  readonly historyMs: number;
  /** After the fault. */
  readonly horizonMs: number;
}

/** Evaluations of one trial, which take promtool a second or two. */
const mostSteps = 1_500;
/** Nobody waits longer for a drill's alert, whatever its ranges cover. */
const mostRangeMs = 15 * 60_000;
/** For a sample to be replaced, or to count no longer. */
const settlingMs = 5 * 60_000;
/** So many samples a range needs at least for a rate. */
const samplesInRange = 4;

/**
 * The time that a trial of a rule needs: all that it looks back on, and then until its `for` is over.
 * @throws PlatformError `inconclusive` when that is too long for the shortest range of its expression
 */
export function trialClock(
  selectors: readonly ReadSelector[],
  { forMs, intervalMs }: { readonly forMs: number; readonly intervalMs: number },
): TrialClock {
  const lookbackMs = Math.max(settlingMs, ...selectors.map((selector) => selector.lookbackMs));
  const ranges = selectors.flatMap(({ rangeMs }) => rangeMs ?? []);
  const wantedMs = forMs + Math.min(mostRangeMs, Math.max(0, ...ranges)) + settlingMs;
  const stepMs = intervalMs * Math.ceil((lookbackMs + wantedMs) / intervalMs / mostSteps);
  if (stepMs > intervalMs && stepMs * samplesInRange > Math.min(settlingMs, ...ranges)) {
    throw new PlatformError(
      'inconclusive',
      `it looks back ${formatDuration(lookbackMs)}, which is too long to be tried in steps of ${formatDuration(intervalMs)}`,
    );
  }
  const whole = (length: number) => Math.ceil(length / stepMs) * stepMs;
  return { stepMs, historyMs: whole(lookbackMs), horizonMs: whole(wantedMs) };
}
