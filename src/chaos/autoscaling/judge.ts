import type { AutoscalerSample, LoadSlice, Marks, PredictedScaling, ScalingResult } from '../record.js';
import { counted } from '../words.js';
import type { AutoscalerBounds } from './autoscaler.js';
import { interference } from './interference.js';
import { judgeReached } from './reached.js';
import { judgeReturned } from './returned.js';
import { flapping, movesOf, trajectoryOf, type Trajectory } from './trajectory.js';

export interface ScalingEvidence {
  readonly samples: readonly AutoscalerSample[];
  readonly marks: Pick<Marks, 'faultAt' | 'loadEndedAt' | 'endedAt'>;
  /** Replicas it should reach; its maximum without it. */
  readonly wanted?: number;
  /** As it was before the load. */
  readonly bounds: AutoscalerBounds;
  /** As it is after the drill; absent where it is there no longer. */
  readonly boundsAfter: AutoscalerBounds | undefined;
  readonly prediction: PredictedScaling;
  /** Empty where the load was only pretended. */
  readonly load: readonly LoadSlice[];
  /** Milliseconds by which it may miss what is predicted: pods that start, samples that are taken now and then. */
  readonly slackMs: number;
}

/**
 * Judges everything that an autoscaler did, from before the load until it is at rest again. `unobserved` says that it
 * could not be judged, and `problems` why: somebody changed it, it was not at rest, nobody watched for long enough. That
 * is neither passed nor weak.
 */
export function judgeScaling(evidence: ScalingEvidence): ScalingResult {
  const { samples, marks, bounds, prediction, load, slackMs } = evidence;
  const { wanted = bounds.maximum } = evidence;
  const trajectory = trajectoryOf(samples, marks);
  const last = samples.at(-1);
  if (!trajectory || !last || trajectory.during.length === 0) {
    const { original } = prediction;
    const figures = { original, wanted, maximum: bounds.maximum, peak: original, final: original, path: [original] };
    return { ...figures, problems: ['nobody saw it during a load'], status: 'unobserved' };
  }
  const { baseline, during, afterwards, began, ended } = trajectory;
  const original = baseline.at(-1)?.desired ?? prediction.original;
  const home = Math.max(original, prediction.down.at(-1)?.replicas ?? original);
  const loaded = [...during, ...afterwards];
  const moves = movesOf(original, loaded);
  const peak = Math.max(original, ...loaded.map(({ desired }) => desired));
  const final = last.desired;
  const firstStepMs = since(began, moves.find(({ to }) => to > original)?.at);
  const reachedMs = since(began, loaded.find(({ desired }) => desired >= wanted)?.at);
  const returnedMs = peak > home ? since(ended, backSince(afterwards, home)) : undefined;
  const figures = { original, wanted, maximum: bounds.maximum, peak, final, firstStepMs, reachedMs, returnedMs };

  const disturbed = [
    ...interference(bounds, evidence.boundsAfter),
    ...unrest(trajectory, bounds),
    ...(original >= wanted
      ? [`it had ${counted(original, 'replica')} before the load, as many as it should reach`]
      : []),
  ];
  const noticeMs = prediction.up[0]?.afterMs ?? 0;
  const up = judgeReached({ ...figures, trajectory, prediction, load, slackMs });
  const down = judgeReturned({ ...figures, trajectory, home, prediction, slackMs });
  const flap = flapping(trajectory, moves, load, noticeMs);
  const weak = [
    ...outOfBounds(loaded, bounds, original),
    ...(flap ? [`it flapped: ${[flap[0].from, flap[0].to, flap[1].to].join(' → ')}`] : []),
    ...up.weak,
    ...down.weak,
  ];
  const early = up.early === undefined ? [] : [up.early];
  const small = up.small === undefined ? [] : [up.small];
  const unsure = [up.unsure, down.unsure].filter((text) => text !== undefined);
  return {
    ...{ original, wanted, maximum: bounds.maximum, peak, final },
    ...(firstStepMs !== undefined && { firstStepMs }),
    ...(reachedMs !== undefined && { reachedMs }),
    ...(returnedMs !== undefined && { returnedMs }),
    path: [original, ...moves.map(({ to }) => to)],
    // Whatever else there is may come of the disturbance.
    problems: disturbed.length > 0 ? disturbed : [...weak, ...early, ...small, ...unsure],
    status: statusOf({ disturbed, weak, early, small, unsure }),
  };
}

function statusOf(found: Readonly<Record<'disturbed' | 'weak' | 'early' | 'small' | 'unsure', readonly string[]>>) {
  if (found.disturbed.length > 0) return 'unobserved';
  if (found.weak.length > 0) return 'weak';
  if (found.early.length > 0) return 'ended-early';
  if (found.small.length > 0) return 'too-small';
  return found.unsure.length > 0 ? 'unobserved' : 'as-expected';
}

function since(start: number, at: number | undefined): number | undefined {
  return at === undefined ? undefined : at - start;
}

/** The first of the samples at its end that are all at home. */
function backSince(afterwards: readonly AutoscalerSample[], home: number): number | undefined {
  const away = afterwards.findLastIndex(({ desired }) => desired > home);
  return afterwards[away + 1]?.at;
}

/** Otherwise what an earlier load left behind would be taken for its normal state. */
function unrest({ baseline }: Trajectory, { minimum }: AutoscalerBounds): string[] {
  const last = baseline.at(-1);
  if (!last) return [];
  const path = [...new Set(baseline.map(({ desired }) => desired))];
  const shrinking = last.desired > minimum && last.conditions.some((text) => text.includes('ScaleDownStabilized'));
  const isMoving = path.length > 1 || last.desired !== last.current;
  if (!isMoving && !shrinking) return [];
  const states = [...path, ...(last.desired === last.current ? [] : [`of which ${String(last.current)} are there`])];
  const why = isMoving ? states.join(' → ').replace(' → of', ', of') : `${String(last.desired)}, and about to shrink`;
  return [`it was not at rest before the load: ${why}`];
}

function outOfBounds(samples: readonly AutoscalerSample[], bounds: AutoscalerBounds, original: number): string[] {
  const { minimum, maximum } = bounds;
  const highest = Math.max(...samples.flatMap(({ desired, current }) => [desired, current]));
  const lowest = Math.min(...samples.map(({ desired }) => desired));
  return [
    ...(highest > maximum
      ? [`it went to ${counted(highest, 'replica')}, above its maximum of ${String(maximum)}`]
      : []),
    ...(lowest < Math.min(minimum, original)
      ? [`it went to ${counted(lowest, 'replica')}, below its minimum of ${String(minimum)}`]
      : []),
  ];
}
