import { formatDuration } from '../../clock.js';
import type { LoadSlice } from '../record.js';
import { sum } from './generator.js';

/** So many slices in which nothing is answered are no load any more: what it is made on has gone under. */
const slicesOfSilence = 2;

/** How a load fell silent, such as `nothing was answered in 20s: connection refused`; `undefined` where it did not. */
export function silenceAtEnd(slices: readonly LoadSlice[]): string | undefined {
  const lastAnswered = slices.findLastIndex(({ statuses }) => sum(statuses) > 0);
  const silent = slices.slice(lastAnswered + 1);
  if (silent.length < slicesOfSilence) return undefined;
  const durationMs = silent.reduce((total, { from, to }) => total + to - from, 0);
  const [most] = silent.flatMap(({ errors }) => Object.entries(errors)).sort(([, a], [, b]) => b - a);
  return `nothing was answered in ${formatDuration(durationMs)}${most ? `: ${most[0]}` : ', and no request was sent'}`;
}
