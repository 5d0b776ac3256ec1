import { formatDuration } from '../../clock.js';
import type { PredictedScaling } from '../record.js';
import { counted } from '../words.js';
import type { Judgement } from './judgement.js';
import type { Trajectory } from './trajectory.js';

export interface ReturnedQuestion {
  readonly trajectory: Trajectory;
  /** Replicas at which it is back. */
  readonly home: number;
  readonly peak: number;
  readonly final: number;
  /** After the load ended. */
  readonly returnedMs: number | undefined;
  readonly prediction: PredictedScaling;
  readonly slackMs: number;
}

/** Whether it came back after the load, and in time. */
export function judgeReturned(question: ReturnedQuestion): Judgement {
  const { trajectory, home, peak, final, returnedMs, prediction, slackMs } = question;
  if (peak <= home) return { weak: [] };
  const dueMs = prediction.down.find((step) => step.replicas <= home)?.afterMs;
  if (dueMs === undefined) {
    const weak =
      returnedMs === undefined ? [`it stays at ${counted(final, 'replica')}: its behavior does not scale down`] : [];
    return { weak };
  }
  const predicted = `it is predicted to be back at ${String(home)} after ${formatDuration(dueMs)}`;
  if (returnedMs !== undefined) {
    const isLate = returnedMs > dueMs + slackMs;
    return { weak: isLate ? [`it was back after ${formatDuration(returnedMs)}; ${predicted}`] : [] };
  }
  const watchedMs = (trajectory.afterwards.at(-1)?.at ?? trajectory.ended) - trajectory.ended;
  if (watchedMs < dueMs + slackMs) {
    const unsure = `nobody watched it for more than ${formatDuration(watchedMs)} after the load; ${predicted}`;
    return { weak: [], unsure };
  }
  const where =
    final >= peak ? `was stuck at ${counted(final, 'replica')}` : `was still at ${counted(final, 'replica')}`;
  return { weak: [`it ${where} ${formatDuration(watchedMs)} after the load had ended; ${predicted}`] };
}
