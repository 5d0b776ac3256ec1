import type { Course } from './effect.js';
import type { LiveSeries } from './live-series.js';
import type { TrialClock } from './trial-clock.js';

/**
 * A series in promtool's notation: its past as it was, and then as it goes on, or as the fault makes it. The first
 * sample that knows of the fault is the one after `historyMs`.
 */
export function samplesIn(series: LiveSeries, clock: TrialClock, now: number, course?: Course): string {
  const { stepMs, historyMs, horizonMs } = clock;
  const steps = series.everyMs / stepMs;
  const unasked = historyMs / stepMs - (series.values.length - 1) * steps;
  const stretches = [none(unasked), ...past(series, steps), ...future(series, horizonMs / stepMs, stepMs, now, course)];
  return stretches.filter((stretch) => stretch !== '').join(' ');
}

function past(series: LiveSeries, steps: number): readonly string[] {
  const { values } = series;
  return values.flatMap((value, at) => {
    const count = at === values.length - 1 ? 1 : steps;
    if (value === undefined) return values[at - 1] === undefined ? [none(count)] : ['stale', none(count - 1)];
    const next = values[at + 1];
    const rises = next !== undefined && next > value && isCounter(series);
    return [even(value, rises ? (next - value) / steps : 0, count)];
  });
}

function future(series: LiveSeries, count: number, stepMs: number, now: number, course?: Course): readonly string[] {
  const last = series.values.at(-1);
  if (last === undefined) return [none(count)];
  switch (course?.type) {
    case undefined: {
      const slope = slopeOf(series, now) * stepMs;
      return [even(last + slope, slope, count)];
    }
    case 'value':
      return [even(course.value, 0, count)];
    case 'gone':
      return ['stale', none(count - 1)];
    case 'dip': {
      const dip = Math.min(count, Math.ceil(course.forMs / stepMs));
      const during = course.by === 'gone' ? ['stale', none(dip - 1)] : [even(Math.max(0, last - course.by), 0, dip)];
      return [...during, even(last, 0, count - dip)];
    }
  }
}

function isCounter({ labels }: LiveSeries): boolean {
  return /_(total|count|sum|bucket)$/.test(labels['__name__'] ?? '');
}

/** How long the past is that the future of a series is told from. */
const trendMs = 5 * 60_000;
const dayMs = 24 * 3_600_000;

/** By how much it rises in a millisecond: counters do, and gauges that tell a moment which moves on. */
function slopeOf(series: LiveSeries, now: number): number {
  const recent = series.values.slice(-Math.floor(trendMs / series.everyMs) - 1);
  const first = recent.findIndex((value, at) =>
    recent.slice(at).every((later) => later !== undefined && later >= (value ?? NaN)),
  );
  const from = recent[first];
  const to = recent.at(-1);
  if (from === undefined || to === undefined || first === recent.length - 1) return 0;
  const slope = (to - from) / ((recent.length - 1 - first) * series.everyMs);
  const tellsNow = Math.abs(to * 1_000 - now) < dayMs && slope * 1_000 > 0.5;
  return tellsNow || isCounter(series) ? slope : 0;
}

/** `1+2x3`: four samples, as promtool counts. */
function even(value: number, slope: number, count: number): string {
  if (count < 1) return '';
  if (count === 1) return written(value);
  const change = slope === 0 ? '' : `${slope < 0 ? '-' : '+'}${written(Math.abs(slope))}`;
  return `${written(value)}${change}x${String(count - 1)}`;
}

function none(count: number): string {
  return count < 1 ? '' : `_x${String(count)}`;
}

function written(value: number): string {
  return String(value).replace('Infinity', 'Inf');
}
