import { describe, expect, it } from 'vitest';
import { type DashboardFile, dashboardFiles, panelsOf } from './dashboard-files.js';

const files = dashboardFiles();

describe.each(files)('the variables of $name', ({ dashboard }: DashboardFile) => {
  const defined = dashboard.templating.list.map(({ name }) => name);
  const { templating, ...rest } = dashboard;

  it('are all used, and no others', () => {
    const inQueries = templating.list.flatMap(({ query }) => variablesIn(query));
    const used = new Set([...variablesIn(JSON.stringify(rest)), ...inQueries]);
    expect([...used].sort()).toEqual([...defined].sort());
  });

  it('ask only for those before them', () => {
    for (const [index, { name, query }] of templating.list.entries()) {
      for (const variable of variablesIn(query)) expect(defined.slice(0, index), name).toContain(variable);
    }
  });

  it('begin with the data source of kube-prometheus-stack', () => {
    expect(templating.list[0]).toMatchObject({
      name: 'datasource',
      type: 'datasource',
      query: 'prometheus',
      current: { value: 'prometheus' },
    });
  });

  it('are compared by regular expression where they can have several values, and only there', () => {
    const text = JSON.stringify(rest);
    for (const { name, multi } of templating.list.filter(({ type }) => type === 'query')) {
      const exact = text.includes(`=\\"$${name}\\"`);
      const byPattern = text.includes(`=~\\"$${name}\\"`);
      expect({ name, exact, byPattern }).toEqual({ name, exact: !multi, byPattern: multi });
    }
  });
});

describe('the dashboards', () => {
  it('have a uid and a title each that no other has', () => {
    for (const field of ['uid', 'title'] as const) {
      const values = files.map(({ dashboard }) => dashboard[field]);
      expect(new Set(values).size, field).toBe(files.length);
    }
  });

  it('have panels each of which can be told from the others of its row', () => {
    for (const { name, dashboard } of files) {
      const titles = panelsOf(dashboard).map(({ title, type }) => `${type} ${title}`);
      expect(new Set(titles).size, name).toBe(titles.length);
    }
  });
});

/** Names of variables in a text, without Grafana's own and without references of regular expressions. */
function variablesIn(text: string): string[] {
  const names = [...text.matchAll(/\$\{?([A-Za-z_]+)/g)].map(([, name = '']) => name);
  return names.filter((name) => !name.startsWith('__'));
}
