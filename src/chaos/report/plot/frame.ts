import { scaleUtc, type ScaleLinear, type ScaleTime } from 'd3-scale';
import { markup } from '../../../markup.js';
import { offsetText } from '../moments.js';

/** Offsets in milliseconds from the fault. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export type TimeScale = ScaleTime<number, number>;

export interface Area {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Units of all drawings; on a page they grow and shrink with it. */
export const drawingWidth = 800;

// A scale of time that is zero at the fault has its lines at whole seconds and minutes after it.
export function timeScale({ from, to }: Span, { left, right }: Area): TimeScale {
  return scaleUtc()
    .domain([new Date(from), new Date(Math.max(to, from + 1000))])
    .range([left, right]);
}

/** Lines and labels of the time since the fault. */
export function timeAxis(x: TimeScale, { top, bottom }: Area): string {
  return x
    .ticks(8)
    .map((tick) => {
      const at = coordinate(x(tick));
      return (
        `<line class="grid" x1="${at}" x2="${at}" y1="${coordinate(top)}" y2="${coordinate(bottom)}"/>` +
        `<text class="tick" text-anchor="middle" x="${at}" y="${coordinate(bottom + 18)}">${offsetText(tick.getTime())}</text>`
      );
    })
    .join('');
}

/** Lines and labels of values; there is nothing between whole ones. */
export function valueAxis(
  y: ScaleLinear<number, number>,
  { left, right }: Area,
  unit: (value: number) => string,
  isWhole: boolean,
): string {
  return y
    .ticks(4)
    .filter((tick) => !isWhole || Number.isInteger(tick))
    .map((tick) => {
      const at = coordinate(y(tick));
      return (
        `<line class="grid" x1="${coordinate(left)}" x2="${coordinate(right)}" y1="${at}" y2="${at}"/>` +
        `<text class="tick" text-anchor="end" x="${coordinate(left - 8)}" y="${coordinate(y(tick) + 4)}">${markup(unit(tick))}</text>`
      );
    })
    .join('');
}

/** A mark that can be reached by keyboard, and says what it is to whoever hears, hovers or sees it. */
export function mark(label: string, shapes: string): string {
  const text = markup(label);
  return `<g class="mark" tabindex="0" role="img" aria-label="${text}"><title>${text}</title>${shapes}</g>`;
}

/** A drawing by its name; what is in it is found by those who cannot see it, too. */
export function drawing(name: string, height: number, content: string): string {
  return (
    `<svg viewBox="0 0 ${String(drawingWidth)} ${coordinate(height)}" role="group" aria-label="${markup(name)}">` +
    `${content}</svg>`
  );
}

/** A tenth of a unit is finer than anybody sees. */
export function coordinate(value: number): string {
  return String(Math.round(value * 10) / 10);
}
