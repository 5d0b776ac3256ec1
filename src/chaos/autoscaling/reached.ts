import { formatDuration } from '../../clock.js';
import type { AutoscalerSample, LoadSlice, PredictedScaling } from '../record.js';
import { counted } from '../words.js';
import type { Trajectory } from './trajectory.js';

/** What is wrong, and what that says: of the system, of the drill, or nothing. */
export interface Judgement {
  readonly weak: readonly string[];
  /** The load ended too early to say. */
  readonly early?: string;
  /** Something else kept it from being said. */
  readonly unsure?: string;
}

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

/** Its tolerance: it does nothing about a tenth of work too much. */
const tolerated = 1.1;

/** Whether it went up as far and as fast as it should have, and if not, why. */
export function judgeReached(question: ReachedQuestion): Judgement {
  const { trajectory, wanted, maximum, firstStepMs, reachedMs, prediction, slackMs } = question;
  const firstDueMs = prediction.up[0]?.afterMs;
  const dueMs = prediction.up.find(({ replicas }) => replicas >= wanted)?.afterMs;
  if (wanted > maximum)
    return { weak: [`${counted(wanted, 'replica')} are wanted, but its maximum is ${String(maximum)}`] };
  if (reachedMs === undefined) return judgeMissed(question, (dueMs ?? firstDueMs ?? 0) + slackMs);
  const ready = Math.max(0, ...[...trajectory.during, ...trajectory.afterwards].map((sample) => sample.ready));
  return {
    weak: [
      ...(firstStepMs !== undefined && isLate(firstStepMs, firstDueMs, slackMs)
        ? [`its first step came after ${formatDuration(firstStepMs)}, ${formatDuration(firstDueMs ?? 0)} are predicted`]
        : []),
      ...(isLate(reachedMs, dueMs, slackMs)
        ? [
            `it reached ${counted(wanted, 'replica')} after ${formatDuration(reachedMs)}, ${formatDuration(dueMs ?? 0)} are predicted`,
          ]
        : []),
      ...(ready < wanted
        ? [`it asked for ${counted(wanted, 'replica')}, of which at most ${String(ready)} were ready`]
        : []),
    ],
  };
}

function judgeMissed(question: ReachedQuestion, allowedMs: number): Judgement {
  const { trajectory, original, wanted, peak, load } = question;
  const { during, began, ended } = trajectory;
  const inactive = during.flatMap(({ conditions }) =>
    conditions.filter((text) => text.startsWith('ScalingActive=False')),
  );
  const isBlind = during.length > 0 && inactive.length >= during.length;
  const lastedMs = ended - began;
  if (load.length > 0 && load.every(({ statuses }) => Object.keys(statuses).length === 0)) {
    return { weak: [], unsure: 'nothing of the load was answered, so it gave the pods no work' };
  }
  if (!isBlind && lastedMs < allowedMs) {
    const early = `the load lasted ${formatDuration(lastedMs)}; the autoscaler may take ${formatDuration(allowedMs)} to reach ${counted(wanted, 'replica')}`;
    return { weak: [], early };
  }
  const what =
    peak > original
      ? `it stopped at ${String(peak)} of ${counted(wanted, 'replica')}`
      : `it never left ${counted(original, 'replica')}`;
  return { weak: [`${what}: ${causeOf(during, inactive)}`] };
}

function causeOf(during: readonly AutoscalerSample[], inactive: readonly string[]): string {
  const [condition] = inactive;
  if (condition !== undefined) return `it did not know what the pods use, ${condition}`;
  const cpu = during.flatMap((sample) => (sample.cpu === undefined ? [] : [sample.cpu])).slice(-3);
  const target = during.find((sample) => sample.target !== undefined)?.target;
  if (target === undefined) return 'it is not held to a share of processor time, and its own metrics are not sampled';
  const [highest] = cpu.sort((a, b) => b - a);
  if (highest === undefined) return 'what the pods use was never known';
  const held = `the pods used ${String(highest)} % of the processor time they request, and it is held to ${String(target)} %`;
  if (highest <= target * tolerated) return `${held}: the load asks for no more`;
  const limits = [...new Set(during.slice(-3).flatMap(({ conditions }) => conditions))];
  return [held, ...limits].join(', ');
}

function isLate(tookMs: number, dueMs: number | undefined, slackMs: number): boolean {
  return dueMs !== undefined && tookMs > dueMs + slackMs;
}
