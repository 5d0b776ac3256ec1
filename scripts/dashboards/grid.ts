import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import { type Panel, RowBuilder, type RowPanel } from '@grafana/grafana-foundation-sdk/dashboard';

const columns = 24;

/** Panels under a heading, from left to right; a panel that does not fit begins a new line. */
export interface Row {
  readonly title: string;
  readonly panels: readonly Builder<Panel>[];
}

/** Puts panels on Grafana's grid and numbers them in reading order. Each brings its width and height. */
export function grid(rows: readonly Row[]): (Panel | RowPanel)[] {
  const placed: (Panel | RowPanel)[] = [];
  let y = 0;
  for (const { title, panels } of rows) {
    const heading = new RowBuilder(title).id(placed.length + 1).gridPos({ h: 1, w: columns, x: 0, y });
    placed.push(heading.build());
    const { lines, bottom } = inLines(panels, y + 1);
    for (const panel of lines) placed.push({ ...panel, id: placed.length + 1 });
    y = bottom;
  }
  return placed;
}

function inLines(builders: readonly Builder<Panel>[], top: number) {
  const lines: Panel[] = [];
  let [x, y, height] = [0, top, 0];
  for (const builder of builders) {
    const panel = builder.build();
    const { w, h } = panel.gridPos ?? { w: columns, h: 8 };
    if (x + w > columns) [x, y, height] = [0, y + height, 0];
    lines.push({ ...panel, gridPos: { h, w, x, y } });
    x += w;
    height = Math.max(height, h);
  }
  return { lines, bottom: y + height };
}
