import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type ClusterClient } from '../../src/kubernetes/client.js';
import { hostUrls, readHostPorts } from '../../src/monitoring/host/ports.js';
import { monitoringAt, type Monitoring } from '../../src/monitoring/monitoring.js';
import type { OpenUrlResult } from '../../src/usecases/open-url.js';
import type { StatusResult } from '../../src/usecases/status.js';
import type { UpResult } from '../../src/usecases/up.js';
import { createSandbox, type Sandbox } from './sandbox.js';

const file = `apiVersion: platform/v1alpha1
kind: Environment
name: watch
releases:
  cert-manager: {}
  kube-prometheus-stack:
    values:
      alertmanager:
        config:
          route: { receiver: inbox, group_by: [alertname], group_wait: 1s, group_interval: 2s }
          receivers:
            - name: inbox
              webhook_configs: [{ url: http://inbox.monitoring/alerts, send_resolved: true }]
              slack_configs:
                - { api_url: http://inbox.monitoring.svc/slack/alerts, channel: alerts, send_resolved: true }
  postgres:
    values:
      alerts:
        PostgresDown:
          expr: kube_statefulset_status_replicas_ready{namespace="app-services", statefulset="postgres"} == 0
          for: 10s
          severity: critical
          summary: No pod of PostgreSQL is ready
`;

/** What happens within seconds, on a machine that has other things to do. */
const soon = { timeout: 60_000, interval: 100 };

describe('monitoring beside a rehearsal', () => {
  let sandbox: Sandbox;
  let client: ClusterClient;
  let monitoring: Monitoring;

  beforeAll(async () => {
    sandbox = await createSandbox();
    await writeFile(join(sandbox.work, 'platform.yaml'), file);
    const { exitCode, stderr } = await sandbox.platform(['up', '--local', '--provider', 'embedded']);
    if (exitCode !== 0) throw new Error(stderr);
    client = await connect(join(sandbox.paths.state, 'watch', 'kubeconfig'), 'platform-watch');
    const ports = await readHostPorts({ folder: join(controlPlane(), 'monitoring') });
    if (!ports) throw new Error('there is no monitoring');
    monitoring = monitoringAt(hostUrls(ports));
  });
  afterAll(async () => {
    client.close();
    await sandbox.dispose();
  });

  const controlPlane = () => join(sandbox.paths.state, 'watch', 'embedded', 'clusters', 'platform');
  const pidOf = async (name: string) => Number(await readFile(join(controlPlane(), 'pids', `${name}.pid`), 'utf8'));
  const up = (...args: string[]) => sandbox.platform.json<UpResult>(['up', '--local', ...args]);
  const monitoringStep = ({ summary }: UpResult) => summary.steps.find(({ id }) => id === 'monitoring')?.outcome;
  const status = async () => (await sandbox.platform.json<StatusResult>(['status'])).result;
  const scalePostgres = (replicas: number) =>
    client.replace('/apis/apps/v1/namespaces/app-services/statefulsets/postgres/scale', {
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: { name: 'postgres', namespace: 'app-services' },
      spec: { replicas },
    });
  const stateOf = async (name: string) =>
    (await monitoring.prometheus.alerts()).find(({ labels }) => labels['alertname'] === name)?.state;
  const kindsDelivered = async (state: 'firing' | 'resolved') => {
    const found = await monitoring.inbox.deliveries({ alert: 'PostgresDown', status: state });
    return [...new Set(found.map(({ kind }) => kind))].sort();
  };

  it('scrapes what there is, and hands its alerts over', async () => {
    await expect
      .poll(
        async () => (await monitoring.prometheus.targets()).map(({ labels, health }) => [labels['job'], health]),
        soon,
      )
      .toEqual(
        expect.arrayContaining([
          ['kube-state-metrics', 'up'],
          ['kube-prometheus-stack-prometheus', 'up'],
          ['kube-prometheus-stack-alertmanager', 'up'],
          ['inbox', 'up'],
          ['apiserver', 'up'],
        ]),
      );
    // What Prometheus told before it knew Alertmanager it tells again only a minute later.
    const later = { ...soon, timeout: 120_000 };
    await expect.poll(() => monitoring.inbox.deliveries({ alert: 'Watchdog' }), later).not.toEqual([]);
    await expect.poll(async () => (await status()).alerts, soon).toEqual({ firing: [] });
  }, 240_000);

  it('follows an alert from the failure to its delivery, and back', async () => {
    await scalePostgres(0);
    await expect.poll(() => stateOf('PostgresDown'), soon).toBe('pending');
    await expect.poll(() => stateOf('PostgresDown'), soon).toBe('firing');
    await expect.poll(() => kindsDelivered('firing'), soon).toEqual(['slack', 'webhook']);

    const [pending] = (await monitoring.prometheus.alerts()).filter(({ labels }) => labels['severity'] === 'critical');
    const [fired] = await monitoring.alertmanager.alerts({ matchers: ['alertname="PostgresDown"'] });
    const [delivered] = await monitoring.inbox.deliveries({ alert: 'PostgresDown', kind: 'webhook' });
    expect(fired?.receivers).toEqual(['inbox']);
    // It waits for ten seconds before it fires, and is not delivered before.
    expect((fired?.startsAt ?? 0) - (pending?.activeAt ?? 0)).toBeGreaterThanOrEqual(10_000);
    expect(delivered?.receivedAt).toBeGreaterThan(fired?.startsAt ?? 0);
    await expect
      .poll(async () => (await status()).alerts?.firing, soon)
      .toMatchObject([{ name: 'PostgresDown', severity: 'critical', summary: 'No pod of PostgreSQL is ready' }]);

    await scalePostgres(1);
    await expect.poll(() => kindsDelivered('resolved'), soon).toEqual(['slack', 'webhook']);
    await expect.poll(async () => (await status()).alerts, soon).toEqual({ firing: [] });
  });

  it('is left alone while nothing changes, and takes a changed rule without being started again', async () => {
    expect(monitoringStep((await up()).result)).toBe('unchanged');
    const before = await pidOf('prometheus');

    const { result } = await up('--set', 'postgres.alerts.PostgresDown.for=15s');

    expect(monitoringStep(result)).toBe('done');
    const groups = await monitoring.prometheus.rules({ names: ['PostgresDown'] });
    expect(groups.flatMap(({ rules }) => rules)).toMatchObject([{ name: 'PostgresDown', forMs: 15_000 }]);
    expect(await pidOf('prometheus')).toBe(before);
    // What the file says comes back, and with it nothing else is to do.
    await up();
    expect(monitoringStep((await up()).result)).toBe('unchanged');
  });

  it('starts a program again that has died, and says in the meantime that it is not there', async () => {
    process.kill(await pidOf('alertmanager'), 'SIGKILL');
    await expect.poll(async () => (await status()).alerts?.problem, soon).toContain('Alertmanager');

    expect(monitoringStep((await up()).result)).toBe('done');
    await expect.poll(async () => (await status()).alerts, soon).toEqual({ firing: [] });
  });

  it('stops and starts with the control plane, and remembers what it has seen', async () => {
    const log = await sandbox.platform(['logs', '--component', 'prometheus']);
    expect(log.stdout).toContain('Server is ready');
    const { result } = await sandbox.platform.json<OpenUrlResult>(['open', 'prometheus', '--print']);
    expect(result).toMatchObject({ url: `${monitoring.prometheus.address}/` });

    expect((await sandbox.platform(['stop'])).exitCode).toBe(0);
    await expect(monitoring.prometheus.alerts()).rejects.toThrow(/Prometheus \(.*\) does not answer/);
    expect((await sandbox.platform(['start'])).exitCode).toBe(0);

    const seen = await monitoring.prometheus.query('max_over_time(ALERTS{alertname="PostgresDown"}[1h])');
    expect(seen.map(({ labels }) => labels['alertstate']).sort()).toEqual(['firing', 'pending']);
  });
});
