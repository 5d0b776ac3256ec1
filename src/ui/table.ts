import { displayWidth, pad, truncate } from './width.js';

export interface TableOptions {
  /** Column headings; without them there is no heading line. */
  readonly head?: readonly string[];
  /** Columns aligned right, counted from 0. */
  readonly right?: readonly number[];
  /** Columns of the terminal; the last column of the table is cut to fit. Without it nothing is cut. */
  readonly columns?: number;
  /** Spaces in front of each line. */
  readonly indent?: number;
  readonly ellipsis?: string;
}

const gap = '  ';

/** Lines of cells in aligned columns, two spaces apart; cells may be coloured, and take as much room as they show. */
export function table(rows: readonly (readonly string[])[], options: TableOptions = {}): string {
  const { head, right = [], columns = Number.POSITIVE_INFINITY, indent = 0, ellipsis } = options;
  const all = head ? [head, ...rows] : rows;
  const widths: number[] = [];
  for (const row of all) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, displayWidth(cell));
    });
  }
  return all
    .map((row) => {
      const cells = row.map((cell, column) =>
        pad(cell, widths[column] ?? 0, right.includes(column) ? 'right' : 'left'),
      );
      return truncate((' '.repeat(indent) + cells.join(gap)).trimEnd(), columns, ellipsis);
    })
    .join('\n');
}
