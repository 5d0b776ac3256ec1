import type { Comparison } from '../chaos/report/compare.js';
import { comparisonNotes, comparisonRows } from '../chaos/report/comparison-words.js';
import type { Style } from './style.js';
import { table } from './table.js';
import { oneLine, wrap } from './width.js';

/** What changed between two runs of a drill. */
export function comparisonText(comparison: Comparison, { paint, symbols }: Style, columns?: number): string {
  const rows = comparisonRows(comparison, symbols.next).map(([what, before, after, change]) => [
    what,
    before,
    after,
    paint(colourOf(change), change),
  ]);
  const fit = columns === undefined ? {} : { columns, ellipsis: symbols.ellipsis };
  const head = ['', comparison.before.run, comparison.after.run, 'Change'];
  return [
    table(rows, { head, indent: 2, ...fit }),
    ...comparisonNotes(comparison).map((note) =>
      wrap(`${paint('yellow', symbols.warning)} ${oneLine(note)}`, columns ?? Number.POSITIVE_INFINITY, 2),
    ),
  ].join('\n');
}

function colourOf(change: string): 'green' | 'yellow' | 'dim' {
  if (/faster|better/.test(change)) return 'green';
  return /slower|worse/.test(change) ? 'yellow' : 'dim';
}
