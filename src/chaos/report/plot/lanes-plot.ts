import { formatDuration } from '../../../clock.js';
import { markup } from '../../../markup.js';
import { offsetText } from '../moments.js';
import { coordinate, drawing, drawingWidth, mark, timeAxis, timeScale, type Area, type Span } from './frame.js';

/** A stretch in which the same was seen; offsets from the fault. */
export interface Stretch extends Span {
  readonly lane: string;
  readonly count: number;
}

const laneHeight = 30;
const labels = 230;

/** What was seen when: a lane for each kind, so that the place tells them apart. */
export function lanesPlot(name: string, lanes: readonly string[], stretches: readonly Stretch[], span: Span): string {
  const bottom = 12 + lanes.length * laneHeight;
  const area: Area = { left: labels, right: drawingWidth - 28, top: 8, bottom };
  const x = timeScale(span, area);
  const titles = lanes.map(
    (lane, index) => `<text x="8" y="${coordinate(middleOf(index) + 4)}">${markup(lane)}</text>`,
  );
  const shapes = stretches.map(({ from, to, lane, count }) => {
    const lasted = to > from ? ` for ${formatDuration(to - from)}` : '';
    const [left, right] = [x(from), x(to)];
    return mark(
      `${lane} from ${offsetText(from)}${lasted}, ${String(count)} times`,
      `<rect class="took" x="${coordinate(left)}" y="${coordinate(middleOf(lanes.indexOf(lane)) - 7)}" width="${coordinate(Math.max(3, right - left))}" height="14"/>`,
    );
  });
  return drawing(name, bottom + 28, timeAxis(x, area) + titles.join('') + shapes.join(''));
}

function middleOf(index: number): number {
  return 12 + index * laneHeight + laneHeight / 2;
}
