import type { AutoscalerSample, LoadSlice, Marks } from '../record.js';

/** A moment at which the autoscaler wanted another number of replicas than before. */
export interface Move {
  readonly at: number;
  readonly from: number;
  readonly to: number;
}

/** Samples before, during and after the load. */
export interface Trajectory {
  readonly baseline: readonly AutoscalerSample[];
  readonly during: readonly AutoscalerSample[];
  readonly afterwards: readonly AutoscalerSample[];
  readonly began: number;
  readonly ended: number;
}

/** `undefined` where there was no load. A load that did not end lasted as long as the drill. */
export function trajectoryOf(
  samples: readonly AutoscalerSample[],
  { faultAt, loadEndedAt, endedAt }: Pick<Marks, 'faultAt' | 'loadEndedAt' | 'endedAt'>,
): Trajectory | undefined {
  if (faultAt === undefined) return undefined;
  const ended = loadEndedAt ?? endedAt;
  return {
    baseline: samples.filter(({ at }) => at <= faultAt),
    during: samples.filter(({ at }) => at > faultAt && at <= ended),
    afterwards: samples.filter(({ at }) => at > ended),
    began: faultAt,
    ended,
  };
}

/** In the order of the samples; of `desired`, which leads: `current` follows a sync later. */
export function movesOf(original: number, samples: readonly AutoscalerSample[]): Move[] {
  const moves: Move[] = [];
  let from = original;
  for (const { at, desired: to } of samples) {
    if (to !== from) moves.push({ at, from, to });
    from = to;
  }
  return moves;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Ups and downs under a load that goes on, or after it: a fall with a rise behind it. What a change of the load itself
 * leads to is none, so after each change the autoscaler is given time to notice. A pause is such a change.
 */
export function flapping(
  { began, ended }: Pick<Trajectory, 'began' | 'ended'>,
  moves: readonly Move[],
  slices: readonly LoadSlice[],
  noticeMs: number,
): readonly [Move, Move] | undefined {
  const waves = wavesOf(slices, { from: began, to: ended }, noticeMs);
  const phases = [
    ...waves.map(({ from, to }) => ({ from: from + noticeMs, noticed: from + noticeMs, to })),
    { from: ended, noticed: ended + noticeMs, to: Number.POSITIVE_INFINITY },
  ];
  for (const { from, noticed, to } of phases) {
    const fall = moves.find((move) => move.to < move.from && move.at > from && move.at <= to);
    const rise =
      fall && moves.find((move) => move.to > move.from && move.at > Math.max(fall.at, noticed) && move.at <= to);
    if (rise) return [fall, rise];
  }
  return undefined;
}

/** Stretches of load without a pause that an autoscaler would notice; slices that nobody answered burden nobody. */
function wavesOf(slices: readonly LoadSlice[], whole: Span, noticeMs: number): Span[] {
  const waves: { from: number; to: number }[] = [];
  for (const { from, to, statuses } of slices) {
    if (Object.keys(statuses).length === 0) continue;
    const last = waves.at(-1);
    if (last && from - last.to < noticeMs) last.to = to;
    else waves.push({ from, to });
  }
  return waves.length > 0 ? waves : [whole];
}
