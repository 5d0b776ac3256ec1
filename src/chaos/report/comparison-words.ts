import { formatDuration } from '../../clock.js';
import { linkTitle, listed, number, pathWords, percent, statusWords, verdictWords } from '../words.js';
import type { ComparedLink, ComparedTime, Comparison } from './compare.js';

/** A row for everything that can be compared: what, before, after, how it changed. */
export type ComparedRow = readonly [what: string, before: string, after: string, change: string];

const verdictChanges = { better: 'better', worse: 'worse', same: 'same', other: 'not comparable' } as const;

/** A comparison as rows, the same for every format; `arrow` stands between numbers of replicas. */
export function comparisonRows(comparison: Comparison, arrow = '→'): ComparedRow[] {
  const { before, after, verdict, links, scaling, load } = comparison;
  const time = (what: string, compared: ComparedTime): ComparedRow => [
    what,
    durationText(compared.before),
    durationText(compared.after),
    changeText(compared),
  ];
  return [
    ['verdict', verdictWords(before), verdictWords(after), verdictChanges[verdict]],
    ...links.map(linkRow),
    ...(scaling
      ? [
          [
            'replicas',
            pathWords(scaling.before, arrow),
            pathWords(scaling.after, arrow),
            scaling.before.join() === scaling.after.join() ? 'same' : 'other path',
          ] as const,
          time('replicas reached', scaling.reached),
          time('replicas back', scaling.returned),
        ]
      : []),
    ...(load
      ? [
          [
            'answered with success',
            load.successBefore === undefined ? '-' : percent(load.successBefore),
            load.successAfter === undefined ? '-' : percent(load.successAfter),
            ratioChange(load.successBefore, load.successAfter),
          ] as const,
          ['requests a second', number(load.rateBefore), number(load.rateAfter), ''] as const,
          time('95% answered within', load.p95),
        ]
      : []),
  ];
}

/** Alerts that are new or gone, and what makes it less than a fair comparison; lowercase sentences. */
export function comparisonNotes({ newAlerts, goneAlerts, caveats }: Comparison): string[] {
  return [
    ...(newAlerts.length > 0 ? [`fired now, and nobody expects it: ${listed(newAlerts)}`] : []),
    ...(goneAlerts.length > 0 ? [`fired before without being expected, and no longer: ${listed(goneAlerts)}`] : []),
    ...caveats,
  ];
}

function linkRow(link: ComparedLink): ComparedRow {
  const { before, after, statusBefore, statusAfter } = link;
  const side = (ms: number | undefined, status: ComparedLink['statusAfter']) => {
    if (status === undefined) return 'not asked';
    if (status === 'met' && ms !== undefined) return formatDuration(ms);
    return ms === undefined ? statusWords[status] : `${statusWords[status]} (${formatDuration(ms)})`;
  };
  const change = statusBefore === statusAfter ? changeText(link) : statusChange(statusBefore, statusAfter);
  return [linkTitle(link), side(before, statusBefore), side(after, statusAfter), change];
}

function statusChange(before: ComparedLink['statusAfter'], after: ComparedLink['statusAfter']): string {
  if (after === 'met' && (before === 'broken' || before === 'late')) return 'better';
  if (before === 'met' && (after === 'broken' || after === 'late')) return 'worse';
  return 'other';
}

function changeText({ before, after, change }: ComparedTime): string {
  if (before === undefined || after === undefined) return change === 'same' ? '' : change;
  if (change === 'same') return 'same';
  return `${formatDuration(Math.abs(after - before))} ${change}`;
}

function ratioChange(before: number | undefined, after: number | undefined): string {
  if (before === undefined || after === undefined || Math.abs(after - before) < 0.001) return 'same';
  return after > before ? 'better' : 'worse';
}

function durationText(ms: number | undefined): string {
  return ms === undefined ? '-' : formatDuration(ms);
}
