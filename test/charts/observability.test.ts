import { beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { asset } from '../../src/paths.js';
import { helm, only, rendered, skipWithoutHelm } from './helm.js';

const chart = asset('assets', 'charts', 'observability');

const rules = `groups:
  - name: database
    rules:
      - alert: PostgresDown
        expr: |
          pg_up{job="postgres-exporter"} == 0
          or absent(pg_up)
        for: 30s
        annotations:
          summary: '{{ $labels.pod }} is away, {{ $value | humanize }} of 1'
          runbook_url: https://inbox.shop.localhost/runbooks/PostgresDown
`;
const dashboard = '{"title": "Pods", "panels": [{"legendFormat": "{{pod}}", "limit": 10000000}]}\n';
const loki = { name: 'Loki', type: 'loki', uid: 'loki', url: 'http://loki:3100' };
const runbook = '# PostgresDown\n\n    kubectl get pods -o jsonpath={{ .items }}\n';

const everything = {
  environment: 'shop',
  rules: { 'database.yaml': rules },
  dashboards: { 'pods.json': dashboard },
  datasources: { loki },
  runbooks: { 'PostgresDown.md': runbook },
};

const render = (values: object) => rendered('observability', chart, { values, namespace: 'monitoring' });

describe('the chart observability', () => {
  beforeEach(skipWithoutHelm);

  it('passes a strict lint as it is and with everything in it', async () => {
    for (const values of [{}, everything]) {
      const { stdout, exitCode } = await helm(['lint', '--strict', chart], values);
      expect(stdout).not.toContain('[WARNING]');
      expect(exitCode, stdout).toBe(0);
    }
  });

  it('makes nothing of nothing', async () => {
    expect(await render({})).toEqual([]);
  });

  it('labels every object with its release, chart and environment', async () => {
    const objects = await render(everything);
    expect(objects.map(({ kind }) => kind).sort()).toEqual(['ConfigMap', 'ConfigMap', 'PrometheusRule', 'Secret']);
    for (const { kind, metadata } of objects) {
      expect(metadata.labels, kind).toMatchObject({
        'app.kubernetes.io/name': 'observability',
        'app.kubernetes.io/instance': 'observability',
        'app.kubernetes.io/component': expect.any(String) as string,
        'app.kubernetes.io/managed-by': 'Helm',
        'helm.sh/chart': 'observability-0.1.0',
        'platform.dev/environment': 'shop',
      });
    }
  });

  it('refuses a value that it does not know', async () => {
    await expect(render({ alerts: {} })).rejects.toThrow("additional properties 'alerts' not allowed");
    await expect(render({ rules: { README: '' } })).rejects.toThrow("additional properties 'README' not allowed");
    await expect(render({ runbooks: { 'a b.md': 'x' } })).rejects.toThrow("additional properties 'a b.md' not allowed");
  });
});

describe('rules in the chart observability', () => {
  beforeEach(skipWithoutHelm);

  it('become a PrometheusRule for each file, with the templates of Prometheus left alone', async () => {
    const rule = only(await render(everything), 'PrometheusRule');
    expect(rule.metadata.name).toBe('observability-database');
    expect(rule['spec']).toEqual(parse(rules));
  });

  it('may be a map as well as text', async () => {
    const rule = only(await render({ rules: { 'database.yaml': parse(rules) as unknown } }), 'PrometheusRule');
    expect(rule['spec']).toEqual(parse(rules));
  });

  it('are refused by the name of the file that holds none', async () => {
    await expect(render({ rules: { 'database.yaml': rules, 'other.yaml': 'groups: [' } })).rejects.toThrow(
      'rules: other.yaml cannot be read',
    );
    await expect(render({ rules: { 'other.yaml': 'title: Pods' } })).rejects.toThrow(
      'rules: other.yaml is no rule file: it has no list of groups',
    );
    await expect(render({ rules: { 'other.yaml': '- alert: A' } })).rejects.toThrow('rules: other.yaml cannot be read');
  });
});

describe('dashboards in the chart observability', () => {
  beforeEach(skipWithoutHelm);

  it('become a ConfigMap for each, as they were written, for the sidecar to put into their folder', async () => {
    const found = only(await render(everything), 'ConfigMap', 'observability-dashboard-pods');
    expect(found['data']).toEqual({ 'pods.json': dashboard });
    expect(found.metadata.labels).toMatchObject({ grafana_dashboard: '1' });
    expect(found.metadata.annotations).toEqual({ grafana_folder: 'Platform' });
  });

  it('go into another folder on demand', async () => {
    const found = only(await render({ ...everything, folder: 'Shop' }), 'ConfigMap', 'observability-dashboard-pods');
    expect(found.metadata.annotations).toEqual({ grafana_folder: 'Shop' });
  });

  it('are refused by the name of the file that holds none', async () => {
    await expect(render({ dashboards: { 'pods.json': '{' } })).rejects.toThrow('dashboards: pods.json cannot be read');
    await expect(render({ dashboards: { 'pods.json': '{}' } })).rejects.toThrow(
      'dashboards: pods.json is no dashboard: it has no title',
    );
  });
});

describe('data sources in the chart observability', () => {
  beforeEach(skipWithoutHelm);

  const provisioned = async (datasources: object) => {
    const secret = only(await render({ datasources }), 'Secret');
    expect(secret.metadata.name).toBe('observability-datasource-loki');
    expect(secret.metadata.labels).toMatchObject({ grafana_datasource: '1' });
    return parse((secret['stringData'] as Record<string, string>)['loki.yaml'] ?? '') as unknown;
  };

  it('become a Secret with a provisioning file for each', async () => {
    expect(await provisioned({ loki })).toEqual({ apiVersion: 1, datasources: [loki] });
  });

  it('may be whole provisioning files', async () => {
    const file = { apiVersion: 1, datasources: [loki], deleteDatasources: [{ name: 'Old', orgId: 1 }] };
    expect(await provisioned({ 'loki.yaml': file })).toEqual(file);
    expect(await provisioned({ 'loki.yaml': JSON.stringify(file) })).toEqual(file);
  });

  it('are refused where they have no name or no list', async () => {
    await expect(render({ datasources: { loki: { type: 'loki' } } })).rejects.toThrow("missing property 'name'");
    await expect(render({ datasources: { 'loki.yaml': loki } })).rejects.toThrow(
      'datasources: loki.yaml is no provisioning file: it has no list of datasources',
    );
  });
});

describe('runbooks in the chart observability', () => {
  beforeEach(skipWithoutHelm);

  it('are all in one ConfigMap that the inbox shows', async () => {
    expect(only(await render(everything), 'ConfigMap', 'runbooks')['data']).toEqual({ 'PostgresDown.md': runbook });
  });
});
