import type { GraphRelease } from '../../releases/graph/release-graph.js';
import { displayWidth, oneLine, truncate, wrap } from '../width.js';
import type { Box } from './layout.js';
import { timesOf } from './words.js';

/** A release as a box of a drawing: lines of text and the size they need. */
export interface Card extends Box {
  readonly lines: readonly { readonly text: string; readonly style: 'name' | 'plain' | 'time' }[];
}

/** Of the monospaced 12 px font of the drawing, with room for the wider ones among these fonts. */
export const columnPx = 7.4;
export const linePx = 16;
export const paddingPx = 9;
const mostColumns = 34;
const unbroken = '\u00a0';

/** What a drawing tells of a release: name, namespace, chart without its repository, times. */
export function cardOf(release: GraphRelease): Card {
  const { name, namespace, chart, omitted, level } = release;
  const times = timesOf(release).map((time) => time.replaceAll(' ', unbroken));
  const more = omitted === undefined ? times.join(', ') : `omitted: ${oneLine(omitted)}`;
  const lines = [
    { text: name, style: 'name' as const },
    { text: namespace, style: 'plain' as const },
    { text: oneLine(chart).replace(/^.*\/(?=[^/])/, ''), style: 'plain' as const },
    ...(more === '' ? [] : wrap(more, mostColumns, 0).split('\n')).map((text) => ({ text, style: 'time' as const })),
  ].map((line) => ({ ...line, text: truncate(line.text, mostColumns) }));
  const columns = Math.max(...lines.map(({ text }) => displayWidth(text)));
  return {
    name,
    level,
    lines,
    width: Math.ceil(columns * columnPx + 2 * paddingPx),
    height: lines.length * linePx + 2 * paddingPx - 4,
  };
}
