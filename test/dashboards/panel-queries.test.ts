import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { asset } from '../../src/paths.js';
import { dashboardFiles, panelsOf } from './dashboard-files.js';
import { knownMetrics, metricsIn, recordedSeries } from './metrics.js';
import { oftenEmpty, panelQueries, withInitialValues } from './panel-queries.js';
import { skipWithout } from '../installed-tool.js';
import { complaintsAbout } from './promtool.js';

const queries = panelQueries();

describe('the queries of the panels', () => {
  beforeEach(skipWithout('promtool'));

  it('are PromQL', async () => {
    expect(await complaintsAbout(queries.map(({ expr }) => expr))).toBe('');
  });

  it('would not pass if one of them were not', async () => {
    expect(await complaintsAbout(['up', 'sum by (job (up)'])).toContain('could not parse expression');
  });
});

describe('what the panels ask for', () => {
  const known = knownMetrics();

  it('is a metric, and one that something here exposes', () => {
    for (const { dashboard, panel, expr } of queries) {
      const metrics = metricsIn(expr);
      expect(metrics.length, `${dashboard}, ${panel}: ${expr}`).toBeGreaterThan(0);
      for (const metric of metrics) expect(known, `${dashboard}, ${panel}`).toContain(metric);
    }
  });

  it('is found in variables too', () => {
    for (const { name, dashboard } of dashboardFiles()) {
      const asked = dashboard.templating.list.filter(({ type }) => type === 'query').map(({ query }) => query);
      for (const query of asked) {
        const metric = /^label_values\(([\w:]+)(?:\{.*\})?, \w+\)$/.exec(query)?.[1];
        expect(known, `${name}: ${query}`).toContain(metric);
      }
    }
  });

  it('is recorded by a rule where no exporter has it', () => {
    const folder = asset('assets', 'rules');

    const rules = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
    const records = rules.flatMap((text) => [...text.matchAll(/record: (\S+)/g)].map(([, record]) => record));
    expect(recordedSeries.filter((series) => !records.includes(series))).toEqual([]);
  });

  it('has its variables replaced, all of them', () => {
    expect(queries.filter(({ expr }) => /\$(?!\d)/.test(expr))).toEqual([]);
  });

  it('may be missing only in panels that exist', () => {
    const places = queries.flatMap(({ dashboard, panel, legend }) => [
      `${dashboard}/${panel}`,
      `${dashboard}/${panel}/${legend}`,
    ]);
    for (const place of Object.keys(oftenEmpty)) expect(places).toContain(place);
  });
});

describe('reading metrics out of an expression', () => {
  it.each([
    ['sum by (job) (rate(http_requests_total{status=~"5.."}[5m])) or vector(0)', ['http_requests_total']],
    ['a:b:c / on (slo) group_left () (1 - d)', ['a:b:c', 'd']],
    ['label_replace(up{x="y"}, "service", "$1", "job", "(.+)") unless min(down) > 0', ['up', 'down']],
    ['count(up == 0) and ignoring (x) other offset 5m', ['up', 'other']],
  ])('%s', (expr, metrics) => {
    expect(metricsIn(expr)).toEqual(metrics);
  });
});

describe('putting values in the place of variables', () => {
  const overview = dashboardFiles().find(({ name }) => name === 'overview')?.dashboard;

  it('takes several values as alternatives and leaves references of regular expressions alone', () => {
    if (!overview) throw new Error('no overview');
    expect(withInitialValues('a{n=~"$namespace", x="$1"}[$__rate_interval] ${datasource}', overview)).toBe(
      'a{n=~"(app-services|frontend-service)", x="$1"}[1m] prometheus',
    );
  });
});

describe('the legends', () => {
  it('name labels that the query keeps', () => {
    for (const { dashboard, panel, expr, legend } of queries) {
      for (const [, label = ''] of legend.matchAll(/\{\{(\w+)\}\}/g)) {
        expect(keptLabels(expr), `${dashboard}, ${panel}: ${expr}`).toContain(label);
      }
    }
  });

  it('tell the series of a panel apart', () => {
    for (const { name, dashboard } of dashboardFiles()) {
      for (const panel of panelsOf(dashboard).filter(({ type }) => type === 'timeseries')) {
        const legends = panel.targets.map(({ legendFormat }) => legendFormat);
        expect(new Set(legends).size, `${name}, ${panel.title}`).toBe(legends.length);
      }
    }
  });
});

/** The labels of an aggregation, or those of a recorded series, which keeps its own. */
function keptLabels(expr: string): string[] {
  const grouped = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, labels = '']) => labels.split(/,\s*/));
  return metricsIn(expr).some((metric) => metric.startsWith('slo:')) ? [...grouped, 'job', 'slo'] : grouped;
}
