import { PanelBuilder } from '@grafana/grafana-foundation-sdk/text';
import { describe, expect, it } from 'vitest';
import { grid } from '../../scripts/dashboards/grid.js';
import { type DashboardFile, dashboardFiles, panelsOf } from './dashboard-files.js';
import type { PanelModel } from './grafana-model.js';

const panel = (title: string, width: number, height: number) =>
  new PanelBuilder().title(title).span(width).height(height);

describe('placing panels', () => {
  it('fills lines from the left and begins a new one below the highest panel', () => {
    const placed = grid([{ title: 'row', panels: [panel('a', 12, 4), panel('b', 12, 8), panel('c', 8, 6)] }]);

    expect(placed.map(({ title, gridPos }) => [title, gridPos])).toEqual([
      ['row', { x: 0, y: 0, w: 24, h: 1 }],
      ['a', { x: 0, y: 1, w: 12, h: 4 }],
      ['b', { x: 12, y: 1, w: 12, h: 8 }],
      ['c', { x: 0, y: 9, w: 8, h: 6 }],
    ]);
  });

  it('begins the next row below the last panel of the one before', () => {
    const placed = grid([
      { title: 'first', panels: [panel('a', 24, 5)] },
      { title: 'second', panels: [panel('b', 6, 3)] },
    ]);

    expect(placed.map(({ gridPos }) => gridPos?.y)).toEqual([0, 1, 6, 7]);
  });

  it('numbers rows and panels in reading order', () => {
    const placed = grid([
      { title: 'first', panels: [panel('a', 24, 5)] },
      { title: 'second', panels: [panel('b', 6, 3)] },
    ]);

    expect(placed.map(({ id }) => id)).toEqual([1, 2, 3, 4]);
  });
});

// A browser 1280 px wide leaves this much to a column of the grid.
const pixels = 51;
const letter = 7;

describe.each(dashboardFiles())('the grid of $name', ({ dashboard }: DashboardFile) => {
  it('gives every panel a number of its own', () => {
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('has no panel outside of it and no two on the same place', () => {
    const taken = new Map<string, string>();
    for (const { title, gridPos } of dashboard.panels) {
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
      for (const cell of cellsOf(gridPos)) {
        expect(taken.get(cell), `${title} lies on it at ${cell}`).toBeUndefined();
        taken.set(cell, title);
      }
    }
  });

  it('fills every line to the right edge', () => {
    const lines = new Map<number, number>();
    for (const { gridPos } of dashboard.panels) lines.set(gridPos.y, (lines.get(gridPos.y) ?? 0) + gridPos.w);
    expect([...lines].filter(([, width]) => width !== 24)).toEqual([]);
  });

  it('has room for what is in it at 1280 px', () => {
    for (const panel of panelsOf(dashboard)) {
      const width = panel.gridPos.w * pixels;
      expect(panel.title.length * letter, `title "${panel.title}"`).toBeLessThan(width - 24);
      expect(width, panel.title).toBeGreaterThanOrEqual(leastWidth[panel.type]);
      if (panel.type === 'table') expect(width / headingsOf(panel).length, panel.title).toBeGreaterThanOrEqual(90);
    }
  });
});

const leastWidth = { stat: 200, timeseries: 300, 'state-timeline': 300, heatmap: 300, table: 400 };

function cellsOf({ x, y, w, h }: PanelModel['gridPos']): string[] {
  return Array.from({ length: w * h }, (_, index) => `${String(x + (index % w))},${String(y + Math.floor(index / w))}`);
}

function headingsOf({ transformations = [] }: PanelModel): string[] {
  return transformations.flatMap((step) => (step.id === 'organize' ? Object.values(step.options.renameByName) : []));
}
