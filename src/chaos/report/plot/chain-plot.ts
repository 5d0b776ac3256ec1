import { symbol, symbolCircle, symbolTimes, symbolTriangle } from 'd3-shape';
import { formatDuration } from '../../../clock.js';
import { markup } from '../../../markup.js';
import type { DrillRecord, Link } from '../../record.js';
import { shownLinks } from '../../shown-links.js';
import { beganAt } from '../../verdict/judgeable.js';
import { linkTitle, statusWords } from '../../words.js';
import { offsetText } from '../moments.js';
import { coordinate, drawing, drawingWidth, mark, timeAxis, timeScale, type Area, type TimeScale } from './frame.js';

const rowHeight = 30;
const [labels, times] = [230, 150];

/** A link with where it stands in time: milliseconds after the fault. */
interface Row {
  readonly link: Link;
  readonly from?: number;
  /** When it came, or when it had to. */
  readonly at?: number;
}

/** The links of a run as rows of a timeline: what each took, what was predicted, what it may take. */
export function chainPlot({ links: all, marks }: DrillRecord): string {
  const links = shownLinks(all);
  const zero = marks.faultAt ?? marks.startedAt;
  const rows = links.map((link) => rowOf(link, links, zero));
  const bottom = 12 + rows.length * rowHeight;
  const area: Area = { left: labels, right: drawingWidth - times, top: 8, bottom };
  const ends = rows.flatMap(({ link, from, at }) => [at ?? 0, (from ?? 0) + (link.predictedMs ?? 0)]);
  const x = timeScale({ from: 0, to: Math.max(1000, ...ends) }, area);
  return [
    legend,
    drawing(
      'The chain, link by link, in time after the fault',
      bottom + 28,
      timeAxis(x, area) + rows.map((row, index) => rowShape(row, 12 + index * rowHeight, x)).join(''),
    ),
  ].join('\n');
}

function rowOf(link: Link, links: readonly Link[], zero: number): Row {
  if (link.status === 'unobserved' || link.status === 'unreached') return { link };
  const from = beganAt(link, links);
  const expected = from === undefined ? undefined : from + (link.budgetMs ?? link.predictedMs ?? 0);
  const at = link.at ?? expected;
  return {
    link,
    ...(from !== undefined && { from: from - zero }),
    ...(at !== undefined && { at: at - zero }),
  };
}

function rowShape(row: Row, top: number, x: TimeScale): string {
  const { link, from, at } = row;
  const middle = top + rowHeight / 2;
  const texts =
    `<text x="8" y="${coordinate(middle + 4)}">${markup(shortened(linkTitle(link), 33))}</text>` +
    `<text x="${String(drawingWidth - 8)}" y="${coordinate(middle + 4)}" text-anchor="end">${markup(resultText(link))}</text>`;
  return mark(rowWords(row), texts + (at === undefined ? '' : bars(link, from ?? at, at, middle, x)));
}

function bars(link: Link, from: number, at: number, middle: number, x: TimeScale): string {
  const box = (name: string, start: number, end: number, thickness: number) =>
    `<rect class="${name}" x="${coordinate(x(start))}" y="${coordinate(middle - thickness / 2)}" width="${coordinate(Math.max(0, x(end) - x(start)))}" height="${String(thickness)}"/>`;
  const { predictedMs, budgetMs, status } = link;
  const limit = budgetMs === undefined ? undefined : Math.min(from + budgetMs, x.domain()[1]?.getTime() ?? 0);
  return [
    predictedMs === undefined ? '' : box('expected', from, from + predictedMs, 18),
    status === 'broken' ? '' : box('took', from, at, 8),
    // One outside the drawing says nothing that the numbers do not.
    limit === undefined || limit < from + (budgetMs ?? 0)
      ? ''
      : `<line class="budget" x1="${coordinate(x(limit))}" x2="${coordinate(x(limit))}" y1="${coordinate(middle - 12)}" y2="${coordinate(middle + 12)}"/>`,
    `<path class="symbol ${status}" transform="translate(${coordinate(x(at))} ${coordinate(middle)})" d="${shapeOf(status)}"/>`,
  ].join('');
}

function shapeOf(status: Link['status']): string {
  const type = status === 'broken' ? symbolTimes : status === 'late' ? symbolTriangle : symbolCircle;
  return symbol().type(type).size(90).digits(1)() ?? '';
}

function resultText({ status, tookMs, predictedMs }: Link): string {
  if (status !== 'met' && status !== 'late') return statusWords[status];
  const took = tookMs === undefined ? statusWords[status] : formatDuration(tookMs);
  const word = status === 'late' ? 'late: ' : '';
  return `${word}${took}${predictedMs === undefined ? '' : ` of ${formatDuration(predictedMs)}`}`;
}

/** All that is known of a link in one sentence. */
function rowWords({ link, at }: Row): string {
  const { status, tookMs, predictedMs, budgetMs, cause, detail } = link;
  const said = [
    statusWords[status],
    link.at === undefined || at === undefined ? '' : `at ${offsetText(at)}`,
    tookMs === undefined ? '' : `took ${formatDuration(tookMs)}`,
    predictedMs === undefined ? '' : `predicted ${formatDuration(predictedMs)} at most`,
    budgetMs === undefined ? '' : `allowed ${formatDuration(budgetMs)}`,
    cause ?? detail ?? '',
  ];
  return `${linkTitle(link)}: ${said.filter((text) => text !== '').join(', ')}`;
}

function shortened(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).trimEnd()}…`;
}

const sample = (shape: string) => `<svg viewBox="-16 -8 32 16" aria-hidden="true">${shape}</svg>`;
const legend = `<ul class="legend">${[
  [sample(`<path class="symbol met" d="${shapeOf('met')}"/>`), 'came in time'],
  [sample(`<path class="symbol late" d="${shapeOf('late')}"/>`), 'late'],
  [sample(`<path class="symbol broken" d="${shapeOf('broken')}"/>`), 'had to come by then, and did not'],
  [sample('<rect class="took" x="-14" y="-4" width="28" height="8"/>'), 'took'],
  [sample('<rect class="expected" x="-14" y="-7" width="28" height="14"/>'), 'predicted, at most'],
  [sample('<line class="budget" x1="0" x2="0" y1="-8" y2="8"/>'), 'allowed'],
]
  .map((item) => `<li>${item.join('')}</li>`)
  .join('')}</ul>`;
