import { describe, expect, it } from 'vitest';
import { dashboardFiles, panelsOf } from './dashboard-files.js';
import type { PanelModel } from './grafana-model.js';

const files = dashboardFiles();
const tableLinks = files.flatMap(({ name, dashboard }) =>
  panelsOf(dashboard).flatMap((panel) => linksOf(panel).map((url) => ({ name, panel, url }))),
);

describe('links between dashboards', () => {
  it('are in every one of them, by a tag that all of them have', () => {
    for (const { name, dashboard } of files) {
      const tags = dashboard.links.flatMap((link) => link.tags);
      expect(tags.length, name).toBeGreaterThan(0);
      for (const other of files) expect(other.dashboard.tags, name).toEqual(expect.arrayContaining(tags));
    }
  });

  it('lead from tables to a dashboard that exists, with variables that it has', () => {
    expect(tableLinks.length).toBeGreaterThan(0);
    for (const { name, url } of tableLinks) {
      const [, uid, query = ''] = /^\/d\/([^?]+)\?(.*)$/.exec(url) ?? [];
      const target = files.find(({ dashboard }) => dashboard.uid === uid)?.dashboard;
      const variables = target?.templating.list.map((variable) => variable.name);
      for (const [, variable] of query.matchAll(/var-(\w+)=/g))
        expect(variables, `${name}: ${url}`).toContain(variable);
    }
  });

  it('take their values from columns that the table has', () => {
    for (const { name, panel, url } of tableLinks) {
      const headings = (panel.transformations ?? []).flatMap((step) =>
        step.id === 'organize' ? Object.values(step.options.renameByName) : [],
      );
      const columns = [...url.matchAll(/__data\.fields\["([^"]+)"\]/g)].map(([, column]) => column);
      expect(columns.length, name).toBeGreaterThan(0);
      for (const column of columns) expect(headings, `${name}: ${url}`).toContain(column);
    }
  });
});

function linksOf({ fieldConfig }: PanelModel): string[] {
  const properties = fieldConfig.overrides.flatMap((override) => override.properties);
  return properties.flatMap((property) => (property.id === 'links' ? property.value.map(({ url }) => url) : []));
}
