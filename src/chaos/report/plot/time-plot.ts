import { scaleLinear, type ScaleLinear } from 'd3-scale';
import { curveLinear, curveStepAfter, line } from 'd3-shape';
import { markup } from '../../../markup.js';
import { offsetText } from '../moments.js';
import {
  coordinate,
  drawing,
  drawingWidth,
  mark,
  timeAxis,
  timeScale,
  valueAxis,
  type Area,
  type Span,
  type TimeScale,
} from './frame.js';

export interface Point {
  /** Milliseconds after the fault. */
  readonly at: number;
  /** Absent: nothing is known, and the line has a gap. */
  readonly value: number | undefined;
}

/** How a series looks: each has a colour and a pattern of its own, so that neither needs the other. */
export type Look = 'first' | 'second' | 'third' | 'fourth' | 'predicted' | 'limit';

export interface Series {
  readonly name: string;
  readonly look: Look;
  readonly points: readonly Point[];
  /** A number that holds until it changes, or one that was measured now and then. */
  readonly shape: 'steps' | 'line';
}

export interface TimePlot extends Span {
  readonly name: string;
  readonly series: readonly Series[];
  /** Stretches that are shaded, with what they are. */
  readonly bands: readonly (Span & { readonly label: string })[];
  readonly unit: (value: number) => string;
  /** Such as pods. */
  readonly isWhole?: boolean;
  /** The scale reaches at least so far. */
  readonly atLeast: number;
}

const height = 250;
const area: Area = { left: 64, right: drawingWidth - 28, top: 24, bottom: height - 28 };

/** Values over time since the fault, with a legend. */
export function timePlot(plot: TimePlot): string {
  const x = timeScale(plot, area);
  const values = plot.series.flatMap(({ points }) => points.flatMap(({ value }) => value ?? []));
  const y = scaleLinear()
    .domain([0, Math.max(plot.atLeast, ...values)])
    .nice(4)
    .range([area.bottom, area.top]);
  return [
    legend(plot.series),
    drawing(
      plot.name,
      height,
      plot.bands.map((band) => bandShape(band, x)).join('') +
        timeAxis(x, area) +
        valueAxis(y, area, plot.unit, plot.isWhole === true) +
        plot.series.map((series) => seriesMark(series, x, y, plot.unit)).join(''),
    ),
  ].join('\n');
}

function bandShape({ from, to, label }: Span & { readonly label: string }, x: TimeScale): string {
  const [left, right] = [Math.max(x(from), area.left), Math.min(x(to), area.right)];
  return (
    `<rect class="band" x="${coordinate(left)}" y="${coordinate(area.top)}" width="${coordinate(Math.max(0, right - left))}" height="${coordinate(area.bottom - area.top)}"/>` +
    `<text class="tick" x="${coordinate(left + 4)}" y="${coordinate(area.top - 8)}">${markup(label)}</text>`
  );
}

function seriesMark(
  { name, look, points, shape }: Series,
  x: TimeScale,
  y: ScaleLinear<number, number>,
  unit: TimePlot['unit'],
): string {
  const path = line<Point>()
    .defined(({ value }) => value !== undefined)
    .x(({ at }) => x(at))
    .y(({ value }) => y(value ?? 0))
    .digits(1)
    .curve(shape === 'steps' ? curveStepAfter : curveLinear)([...points]);
  return path === null || path === ''
    ? ''
    : mark(seriesWords(name, points, unit), `<path class="series ${look}" d="${path}"/>`);
}

/** `desired: 2 at -0:10, highest 18 at +0:45, 2 at +7:00`. */
function seriesWords(name: string, points: readonly Point[], unit: TimePlot['unit']): string {
  const known = points.flatMap(({ at, value }) => (value === undefined ? [] : [{ at, value }]));
  const [first, last] = [known[0], known.at(-1)];
  if (!first || !last) return `${name}: nothing is known`;
  const highest = known.reduce((best, point) => (point.value > best.value ? point : best));
  const at = (point: typeof first) => `${unit(point.value)} at ${offsetText(point.at)}`;
  return `${name}: ${at(first)}, highest ${at(highest)}, ${at(last)}`;
}

function legend(series: readonly Series[]): string {
  const items = series.map(
    ({ name, look }) =>
      `<li><svg viewBox="0 0 32 10" aria-hidden="true"><path class="series ${look}" d="M0 5H32"/></svg>${markup(name)}</li>`,
  );
  return `<ul class="legend">${items.join('')}</ul>`;
}
