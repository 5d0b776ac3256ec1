import { formatDuration } from '../../clock.js';
import { counted } from '../words.js';
import { asking, askingOfReady } from './demand.js';
import { dueMsOf, type Judgement, type ReachedQuestion } from './judgement.js';
import { judgeMissed } from './missed.js';

/** Whether it went up as far and as fast as it should have, and if not, why. */
export function judgeReached(question: ReachedQuestion): Judgement {
  const { trajectory, original, wanted, maximum, firstStepMs, reachedMs } = question;
  if (wanted > maximum) {
    return { weak: [`${counted(wanted, 'replica')} are wanted, but its maximum is ${String(maximum)}`] };
  }
  if (reachedMs === undefined) return judgeMissed(question);
  const ready = Math.max(0, ...[...trajectory.during, ...trajectory.afterwards].map((sample) => sample.ready));
  const first = latenessOf('its first step came', original + 1, firstStepMs ?? reachedMs, question);
  const whole = latenessOf(`it reached ${counted(wanted, 'replica')}`, wanted, reachedMs, question);
  return {
    weak: [
      ...first.weak,
      ...whole.weak,
      ...(ready < wanted
        ? [`it asked for ${counted(wanted, 'replica')}, of which at most ${String(ready)} were ready`]
        : []),
    ],
    ...(whole.unsure !== undefined && { unsure: whole.unsure }),
  };
}

/**
 * Counted from the first sample in which the pods asked for so many replicas: a load may grow slowly, and says nothing of
 * the autoscaler until then.
 * @param tookMs from the beginning of the load
 */
function latenessOf(
  what: string,
  replicas: number,
  tookMs: number,
  { trajectory: { during, began }, prediction, slackMs }: ReachedQuestion,
): Judgement {
  const dueMs = dueMsOf(prediction, replicas);
  const isLate = (ms: number) => dueMs !== undefined && ms > dueMs + slackMs;
  if (!isLate(tookMs)) return { weak: [] };
  const predicted = `${formatDuration(dueMs ?? 0)} are predicted`;
  const [asked] = asking(during, replicas);
  if (!asked) {
    const unsure = `${what} after ${formatDuration(tookMs)}, ${predicted}; when the load asked for it is not known`;
    return { weak: [], unsure };
  }
  const afterMs = began + tookMs - asked.at;
  if (!isLate(afterMs)) return { weak: [] };
  const [askedOfReady] = askingOfReady(during, replicas);
  const isHeldUp = !askedOfReady || !isLate(began + tookMs - askedOfReady.at);
  const why = isHeldUp ? ': it waited for pods that were not ready yet, and count as idle until then' : '';
  return { weak: [`${what} ${formatDuration(afterMs)} after the load asked for it, ${predicted}${why}`] };
}
