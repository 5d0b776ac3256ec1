/** One line of docs/performance.md. */
export interface Row {
  readonly what: string;
  readonly value: string;
  readonly bar: string;
  readonly note: string;
}

/** Rows as a Markdown table. */
export function markdown(rows: readonly Row[]): string {
  return [
    '| what | measured | bar | range or note |',
    '|---|---|---|---|',
    ...rows.map(({ what, value, bar, note }) => `| ${what} | ${value} | ${bar} | ${note} |`),
  ].join('\n');
}
