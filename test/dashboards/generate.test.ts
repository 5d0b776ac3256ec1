import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { dashboards, textOf } from '../../scripts/dashboards/all.js';
import { dashboardFiles, dashboardNames, dashboardsFolder } from './dashboard-files.js';
import { dashboardModel } from './grafana-model.js';

describe('the files in assets/dashboards', () => {
  it('are those of the sources, and no others', () => {
    expect(dashboardNames()).toEqual(Object.keys(dashboards).sort());
  });

  it.each(Object.entries(dashboards))('hold what `npm run dashboards` makes of the source of %s', (name, dashboard) => {
    const file = dashboardFiles().find((candidate) => candidate.name === name);
    expect(file?.text).toBe(textOf(dashboard));
  });

  it.each(dashboardNames())('fit the model of Grafana: %s', (name) => {
    const parsed = dashboardModel.safeParse(JSON.parse(readFileSync(join(dashboardsFolder, `${name}.json`), 'utf8')));
    expect(parsed.success, parsed.error && z.prettifyError(parsed.error)).toBe(true);
  });

  it('are small enough to be one ConfigMap each', () => {
    for (const { name, text } of dashboardFiles()) expect(text.length, name).toBeLessThan(500_000);
  });
});
