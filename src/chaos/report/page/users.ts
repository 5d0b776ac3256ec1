import { formatDuration } from '../../../clock.js';
import type { DrillRecord, ProbeSample } from '../../record.js';
import { offsetText } from '../moments.js';
import { lanesPlot, type Stretch } from '../plot/lanes-plot.js';
import { figure, type Section, table } from './elements.js';

const lanes = ['as usual', 'what is designed for this', 'something else', 'no answer'] as const;
type Lane = (typeof lanes)[number];

interface Seen extends Stretch {
  readonly what: string;
  readonly slowestMs: number;
}

/** What users got from the address of the symptom, over time. */
export function usersSection(record: DrillRecord): Section {
  const { drill, observations, marks } = record;
  const { probes } = observations;
  const zero = marks.faultAt ?? marks.startedAt;
  const title = `What users got from ${drill.expect.symptom?.url ?? 'the address'}`;
  const seen = stretchesOf(record, zero);
  const span = { from: (probes[0]?.at ?? zero) - zero, to: (probes.at(-1)?.at ?? zero) - zero };
  return {
    id: 'users',
    title: 'What users got',
    content: probes.length === 0 ? '' : figure('users', title, lanesPlot(title, lanes, seen, span), seenTable(seen)),
  };
}

/** Neighbours of the same kind are one stretch; it lasts until the next one begins. */
function stretchesOf({ drill, observations }: DrillRecord, zero: number): Seen[] {
  const seen: Seen[] = [];
  for (const probe of observations.probes) {
    const at = probe.at - zero;
    const [lane, what] = [laneOf(probe, drill.expect.symptom), wordsOf(probe)];
    const last = seen.at(-1);
    if (last) seen[seen.length - 1] = { ...last, to: at };
    const current = seen.at(-1);
    if (current?.lane === lane && current.what === what) {
      const slowestMs = Math.max(current.slowestMs, probe.durationMs);
      seen[seen.length - 1] = { ...current, count: current.count + 1, slowestMs };
    } else {
      seen.push({ lane, what, from: at, to: at, count: 1, slowestMs: probe.durationMs });
    }
  }
  return seen;
}

function laneOf({ status, hasText, error }: ProbeSample, symptom: DrillRecord['drill']['expect']['symptom']): Lane {
  if (error !== undefined || status === undefined) return 'no answer';
  if (status === symptom?.status && (symptom.text === undefined || hasText === true)) {
    return 'what is designed for this';
  }
  return status < 400 ? 'as usual' : 'something else';
}

function wordsOf({ status, hasText, error }: ProbeSample): string {
  if (error !== undefined || status === undefined) return error ?? 'no answer';
  return `${String(status)}${hasText === true ? ' with the expected text' : ''}`;
}

function seenTable(seen: readonly Seen[]): string {
  return table(
    'Answers to users, stretch by stretch',
    ['From', 'For', 'Kind', 'Answer', 'Times', 'Slowest'],
    seen.map(({ from, to, lane, what, count, slowestMs }) => [
      offsetText(from),
      formatDuration(to - from),
      lane,
      what,
      String(count),
      formatDuration(slowestMs),
    ]),
  );
}
