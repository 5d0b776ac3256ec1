import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { alertmanagerConfiguration, atInbox } from '../../../src/monitoring/host/alertmanager-configuration.js';
import { prometheusConfiguration } from '../../../src/monitoring/host/prometheus-configuration.js';
import { ruleFiles } from '../../../src/monitoring/host/rule-files.js';
import { systemProcesses } from '../../../src/process.js';
import { skipWithout, tool } from '../../installed-tool.js';
import { temporaryFolder } from '../../toolchain/fixture.js';

const places = {
  inbox: 'http://127.0.0.1:8025/',
  secretFile: ({ secret, key }: { secret: string; key: string }) => `/state/secrets/${secret}/${key}`,
  templates: '/state/templates/*.tmpl',
};
const config = {
  global: { resolve_timeout: '5m' },
  route: { receiver: 'inbox', group_wait: '1s', routes: [{ matchers: ['severity="critical"'], receiver: 'slack' }] },
  receivers: [
    { name: 'inbox', webhook_configs: [{ url: 'http://inbox.monitoring/alerts', send_resolved: true }] },
    { name: 'slack', slack_configs: [{ api_url_file: '/etc/alertmanager/secrets/slack/url', channel: '#alerts' }] },
  ],
  templates: ['/etc/alertmanager/config/*.tmpl'],
};
const given = (alertmanager: object) => alertmanagerConfiguration({ alertmanager }, places);

describe("Alertmanager's configuration on this machine", () => {
  it('keeps the routes of the values, and sends to the inbox on this machine', () => {
    const { configuration } = given({ config });
    expect(configuration).toMatchObject({ global: config.global, route: config.route });
    expect(configuration['receivers']).toMatchObject([
      { name: 'inbox', webhook_configs: [{ url: 'http://127.0.0.1:8025/alerts', send_resolved: true }] },
      { name: 'slack' },
    ]);
  });

  it.each([
    ['http://inbox.monitoring/alerts', 'http://127.0.0.1:8025/alerts'],
    ['http://inbox.monitoring.svc:80/slack/alerts', 'http://127.0.0.1:8025/slack/alerts'],
    ['http://inbox.monitoring.svc.cluster.local', 'http://127.0.0.1:8025'],
    ['http://inbox.monitoring.example.org/alerts', 'http://inbox.monitoring.example.org/alerts'],
    ['https://hooks.slack.com/services/x', 'https://hooks.slack.com/services/x'],
    ['see http://inbox.monitoring/runbooks', 'see http://inbox.monitoring/runbooks'],
  ])('takes %s to %s', (text, expected) => {
    expect(atInbox(text, places.inbox)).toBe(expected);
  });

  it('reads mounted secrets from files of its own, and says which', () => {
    const { configuration, secrets } = given({ config });
    expect(secrets).toEqual([{ secret: 'slack', key: 'url' }]);
    expect(JSON.stringify(configuration)).toContain('"api_url_file":"/state/secrets/slack/url"');
  });

  it('takes templates and features from the values, too', () => {
    const { configuration, templates, features } = given({
      config,
      templateFiles: { 'slack.tmpl': '{{ define "title" }}x{{ end }}' },
      enableFeatures: ['receiver-name-in-metrics'],
    });
    expect(configuration['templates']).toEqual(['/state/templates/*.tmpl']);
    expect(templates).toEqual({ 'slack.tmpl': '{{ define "title" }}x{{ end }}' });
    expect(features).toEqual(['receiver-name-in-metrics']);
  });

  it.each([
    ['there are none', {}],
    ['the chart has the rest of them', { config: { route: { group_wait: '3s' } } }],
  ])('sends everything to the inbox where the values have no whole routes: %s', (_, alertmanager) => {
    expect(given(alertmanager).configuration).toMatchObject({
      route: { receiver: 'inbox' },
      receivers: [{ webhook_configs: [{ url: 'http://127.0.0.1:8025/alerts', send_resolved: true }] }],
    });
  });

  it('takes out what the values take out', () => {
    const { configuration } = given({ config: { ...config, inhibit_rules: null } });
    expect(configuration).not.toHaveProperty('inhibit_rules');
  });
});

const ports = {
  ...{ prometheus: 9090, alertmanager: 9093, inbox: 8025, inboxMetrics: 8026 },
  ...{ kubeStateMetrics: 8080, kubeStateMetricsTelemetry: 8081 },
};
const scraping = (folder: string, values = {}) =>
  prometheusConfiguration({
    ...{ ports, server: 'https://127.0.0.1:6443', credentials: folder, rules: `${folder}/*.yaml` },
    values,
  });

describe("Prometheus' configuration on this machine", () => {
  it('has the jobs under the names that the chart gives them, and leaves the labels of what is measured', () => {
    const jobs = (scraping('/state') as { scrape_configs: { job_name: string; honor_labels?: boolean }[] })
      .scrape_configs;
    expect(jobs.map(({ job_name }) => job_name)).toEqual([
      'kube-state-metrics',
      'kube-prometheus-stack-prometheus',
      'kube-prometheus-stack-alertmanager',
      'inbox',
      'apiserver',
    ]);
    expect(jobs.filter(({ honor_labels }) => honor_labels).map(({ job_name }) => job_name)).toEqual([
      'kube-state-metrics',
    ]);
  });

  it('measures and evaluates as often as the values say, and every five seconds without them', () => {
    const prometheusSpec = { scrapeInterval: '1s', evaluationInterval: '2s' };
    expect(scraping('/state', { prometheus: { prometheusSpec } })).toMatchObject({
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '2s' },
    });
    expect(scraping('/state')).toMatchObject({ global: { scrape_interval: '5s', evaluation_interval: '5s' } });
  });

  it('sends alerts to the Alertmanager beside it', () => {
    expect(parse(stringify(scraping('/state')))).toMatchObject({
      alerting: { alertmanagers: [{ static_configs: [{ targets: ['127.0.0.1:9093'] }] }] },
      rule_files: ['/state/*.yaml'],
    });
  });
});

describe('what the programs themselves say of it', () => {
  beforeEach(skipWithout('promtool', 'amtool'));
  const check = async (name: 'promtool' | 'amtool', args: readonly string[]) =>
    systemProcesses().run(await tool(name), args, { allowFailure: true });

  it('Prometheus takes it, with its rules', async () => {
    const folder = await temporaryFolder();
    for (const name of ['ca.crt', 'client.crt', 'client.key']) await writeFile(join(folder, name), '');
    for (const [name, text] of ruleFiles([])) await writeFile(join(folder, name), text);
    const file = join(folder, 'configuration', 'prometheus.yml');
    await mkdir(dirname(file));
    await writeFile(file, stringify(scraping(folder)));
    const { exitCode, stdout, stderr } = await check('promtool', ['check', 'config', file]);
    expect(`${stdout}${stderr}`).toContain('1 rules found');
    expect(exitCode).toBe(0);
  });

  it('Alertmanager takes it', async () => {
    const file = join(await temporaryFolder(), 'alertmanager.yml');
    await writeFile(file, stringify(given({ config }).configuration));
    const { exitCode, stdout, stderr } = await check('amtool', ['check-config', file]);
    expect(`${stdout}${stderr}`).toContain('2 receivers');
    expect(exitCode).toBe(0);
  });
});
