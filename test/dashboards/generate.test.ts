import { describe, expect, it } from 'vitest';
import { dashboards, textOf } from '../../scripts/dashboards/all.js';
import { dashboardFiles, dashboardNames } from './dashboard-files.js';

describe('the files in assets/dashboards', () => {
  it('are those of the sources, and no others', () => {
    expect(dashboardNames()).toEqual(Object.keys(dashboards).sort());
  });

  it.each(Object.entries(dashboards))('hold what `npm run dashboards` makes of the source of %s', (name, dashboard) => {
    const file = dashboardFiles().find((candidate) => candidate.name === name);
    expect(file?.text).toBe(textOf(dashboard));
  });

  it('are small enough to be one ConfigMap each', () => {
    for (const { name, text } of dashboardFiles()) expect(text.length, name).toBeLessThan(500_000);
  });
});
