import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { effectOf } from '../../../src/chaos/sight/effect-of-fault.js';
import { sightOf } from '../../../src/chaos/sight/sight.js';
import { whichWouldFire } from '../../../src/chaos/sight/which-would-fire.js';
import { systemClock } from '../../../src/clock.js';
import { monitoringAt, type Monitoring } from '../../../src/monitoring/monitoring.js';
import { poll } from '../../../src/poll.js';
import { systemProcesses } from '../../../src/process.js';
import { skipWithout, tool } from '../../installed-tool.js';
import { afterwards, refusedUrl, serve, temporaryFolder } from '../../toolchain/fixture.js';
import { aroundPostgres, postgresDown } from './given.js';

const { signal } = new AbortController();
const labels = 'namespace="app-services",statefulset="postgres",note="a \\"b\\""';
const metrics = `kube_statefulset_replicas{${labels}} 1
kube_statefulset_status_replicas_ready{${labels}} 1
kube_statefulset_created{${labels}} 1.7e+09
pg_up{namespace="app-services",pod="exporter-1"} 1
`;
const rules = `groups:
  - name: trial
    interval: 1s
    rules:
      - record: app:ready:max
        expr: max by (namespace) (kube_statefulset_status_replicas_ready)
      - alert: NotReady
        expr: app:ready:max == 0 and on (namespace) max by (namespace) (max_over_time(kube_statefulset_status_replicas_ready[1h])) > 0 and on (namespace) time() - kube_statefulset_created > 300
        for: 8s
        labels: { where: '{{ $externalLabels.place }} {{ $labels.namespace }}' }
      - alert: Mismatch
        expr: kube_statefulset_status_replicas_ready != kube_statefulset_replicas
      - alert: NoDatabase
        expr: pg_up == 0
`;

/** A Prometheus that scrapes a page on this machine every second, once it has evaluated its rules on it. */
async function prometheus(): Promise<Monitoring> {
  const folder = await temporaryFolder();
  const { host } = new URL((await serve({ '/metrics': metrics })).url);
  const configuration = {
    global: {
      scrape_interval: '1s',
      scrape_timeout: '1s',
      evaluation_interval: '1s',
      external_labels: { place: 'here' },
    },
    rule_files: ['rules.yaml'],
    scrape_configs: [
      {
        job_name: 'ksm',
        honor_labels: true,
        fallback_scrape_protocol: 'PrometheusText0.0.4',
        static_configs: [{ targets: [host] }],
      },
    ],
  };
  await writeFile(join(folder, 'prometheus.yaml'), JSON.stringify(configuration));
  await writeFile(join(folder, 'rules.yaml'), rules);
  const url = await refusedUrl();
  const args = ['--config.file=prometheus.yaml', `--web.listen-address=${new URL(url).host}`];
  const program = spawn(await tool('prometheus'), args, { cwd: folder, stdio: 'ignore' });
  afterwards(async () => {
    program.kill();
    await once(program, 'exit');
  });
  const monitoring = monitoringAt({ prometheus: url, alertmanager: url, inbox: url });
  await poll(signal, systemClock, 200, async () => {
    // A few of them: what is seconds old only is taken by nobody for a history.
    const samples = await monitoring.prometheus.query('count_over_time(app:ready:max[1m]) >= 4').catch(() => []);
    return samples.length > 0 ? true : undefined;
  });
  return monitoring;
}

describe('on the series of a real Prometheus', { timeout: 60_000 }, () => {
  beforeEach(skipWithout('promtool', 'prometheus'));

  it('each of its rules sees the fault, sees it only if others do, or is blind', async () => {
    const monitoring = await prometheus();
    const world = { monitoring, processes: systemProcesses(), tool, clock: systemClock };
    const effect = effectOf(postgresDown, aroundPostgres);
    const groups = await monitoring.prometheus.rules();
    const found = groups.flatMap(({ rules: all, intervalMs }) => all.map((rule) => ({ rule, intervalMs })));

    const sights = [];
    for (const { rule, intervalMs } of found)
      if (rule.type === 'alerting') sights.push(await sightOf(rule, intervalMs, effect, world, signal));

    expect(sights).toMatchObject([
      { alert: 'NotReady', verdict: 'sees', firesAfterMs: expect.any(Number) as number, series: 2 },
      { alert: 'Mismatch', verdict: 'blind', reason: 'both sides become 0', series: 2 },
      { alert: 'NoDatabase', verdict: 'sees', onlyIf: ['pg_up'], series: 1 },
    ]);
    const { alerts, unknown } = await whichWouldFire(groups, effect, world, signal);
    expect(alerts.map(({ alert }) => alert)).toEqual(['NoDatabase', 'NotReady']);
    expect(unknown).toEqual([]);
  });
});
