import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import { type Panel, RowBuilder, type RowPanel } from '@grafana/grafana-foundation-sdk/dashboard';

const columns = 24;

/** Panels under a heading, from left to right; a panel that does not fit begins a new line. */
export interface Row {
  readonly title: string;
  readonly panels: readonly Builder<Panel>[];
  /** Closed until the reader opens it. */
  readonly collapsed?: boolean;
}

/** Puts panels on Grafana's grid and numbers them in reading order. Each brings its width and height. */
export function grid(rows: readonly Row[]): (Panel | RowPanel)[] {
  const placed: (Panel | RowPanel)[] = [];
  let y = 0;
  let id = 0;
  for (const row of rows) {
    const heading = new RowBuilder(row.title).id(++id).collapsed(row.collapsed ?? false);
    const headingAt = { h: 1, w: columns, x: 0, y };
    const { panels, bottom } = lines(row.panels, y + 1, () => ++id);
    y = bottom;
    const built = { ...heading.build(), gridPos: headingAt };
    // A closed row holds its panels, an open one is followed by them.
    placed.push(...(row.collapsed ? [{ ...built, panels }] : [built, ...panels]));
  }
  return placed;
}

function lines(builders: readonly Builder<Panel>[], top: number, nextId: () => number) {
  const panels: Panel[] = [];
  let [x, y, height] = [0, top, 0];
  for (const builder of builders) {
    const panel = builder.build();
    const { w, h } = panel.gridPos ?? { w: columns, h: 8 };
    if (x + w > columns) [x, y, height] = [0, y + height, 0];
    panels.push({ ...panel, id: nextId(), gridPos: { h, w, x, y } });
    x += w;
    height = Math.max(height, h);
  }
  return { panels, bottom: y + height };
}
