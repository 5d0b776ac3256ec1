import { formatDuration } from '../../clock.js';
import type { Expectation, LoadFault } from '../drill.js';
import type { LoadResult, LoadSlice } from '../record.js';
import { number, percent } from '../words.js';
import { sum } from './generator.js';
import { percentilesOf } from './percentiles.js';
import { silenceAtEnd } from './unanswered.js';

/**
 * What the slices of a load come to, and what of it is not as expected. A redirect is no success: behind it may be a page
 * to log in. Percentiles are what they are at most, see {@link percentilesOf}.
 * @param simulatedMs how long it was pretended, where nothing was sent
 */
export function loadResult(
  slices: readonly LoadSlice[],
  fault: Pick<LoadFault, 'tool'>,
  expectation: Expectation['load'],
  simulatedMs?: number,
): LoadResult {
  const isSimulated = simulatedMs !== undefined;
  const statuses = added(slices.map((slice) => slice.statuses));
  const errors = added(slices.map((slice) => slice.errors));
  const requests = slices.reduce((total, slice) => total + slice.requests, 0);
  const answered = sum(statuses);
  const succeeded = sum(only(statuses, /^2/));
  const latency = percentilesOf(slices);
  const successRatio = answered > 0 ? succeeded / requests : undefined;
  const silence = silenceAtEnd(slices);
  const counts = { tool: fault.tool, requests, statuses, errors, answered, successRatio, latency, silence };
  return {
    tool: fault.tool,
    requests,
    durationMs: simulatedMs ?? (slices.at(-1)?.to ?? 0) - (slices[0]?.from ?? 0),
    ...(successRatio !== undefined && { successRatio }),
    ...(latency && { latency }),
    statuses,
    errors,
    // Of requests that nobody sends, nothing is to be expected.
    problems: isSimulated ? [] : problemsOf(counts, expectation),
    isSimulated,
  };
}

interface Counts extends Pick<LoadResult, 'tool' | 'requests' | 'statuses' | 'errors'> {
  readonly answered: number;
  readonly successRatio: number | undefined;
  readonly latency: LoadResult['latency'];
  /** How it fell silent in the end. */
  readonly silence: string | undefined;
}

function problemsOf(counts: Counts, expectation: Expectation['load']): string[] {
  const { tool, requests, statuses, errors, answered, successRatio, latency, silence } = counts;
  if (requests === 0) return [`${tool} sent no request`];
  const unknown = requests - answered - sum(errors);
  const failures = { ...errors, ...without2xx(statuses), ...(unknown > 0 && { 'no word of them': unknown }) };
  if (successRatio === undefined) {
    return [`none of ${number(requests)} requests was answered: ${mostFrequent(failures)}`];
  }
  const redirects = sum(only(statuses, /^3/));
  const isBelow = expectation !== undefined && successRatio < expectation.successRatio;
  const isSlow = expectation?.p95Ms !== undefined && latency !== undefined && latency.p95 > expectation.p95Ms;
  return [
    ...(silence === undefined ? [] : [`in the end ${silence}`]),
    ...(isBelow
      ? [
          `${percent(successRatio)} of ${number(requests)} requests succeeded, ${percent(expectation.successRatio)} are expected: ${mostFrequent(failures)}`,
        ]
      : []),
    ...(redirects > 0
      ? [`${number(redirects)} answers were redirects, such as to a page to log in; they are no success`]
      : []),
    ...(unknown === 0
      ? []
      : [`${tool} says that it sent ${number(requests)} requests, and what became of ${number(requests - unknown)}`]),
    ...(isSlow
      ? [
          `95% of the answers came within ${formatDuration(latency.p95)}, ${formatDuration(expectation.p95Ms ?? 0)} are expected`,
        ]
      : []),
  ];
}

function added(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const [name, count] of counts.flatMap((each) => Object.entries(each))) total[name] = (total[name] ?? 0) + count;
  return total;
}

function only(statuses: Readonly<Record<string, number>>, pattern: RegExp): Record<string, number> {
  return Object.fromEntries(Object.entries(statuses).filter(([status]) => pattern.test(status)));
}

function without2xx(statuses: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(only(statuses, /^[^2]/)).map(([status, count]) => [`status ${status}`, count]),
  );
}

/** `status 500 (100), EOF (4)`. */
function mostFrequent(failures: Readonly<Record<string, number>>): string {
  return Object.entries(failures)
    .sort(([, a], [, b]) => b - a)
    .slice(0, 3)
    .map(([reason, count]) => `${reason} (${number(count)})`)
    .join(', ');
}
