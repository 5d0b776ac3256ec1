import { beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/clock.js';
import { readPrometheus } from '../../../../src/chaos/preflight/facts/prometheus.js';
import { monitoringAt } from '../../../../src/monitoring/monitoring.js';
import { poll } from '../../../../src/poll.js';
import { skipWithout } from '../../../installed-tool.js';
import { realProgram } from '../../../monitoring/real-program.js';

const configuration = (port: number) => `
global: { scrape_interval: 30s, evaluation_interval: 1s, external_labels: { cluster: shop } }
rule_files: [rules.yml]
scrape_configs:
  - job_name: pool/of/itself
    scrape_interval: 1s
    static_configs: [{ targets: ['127.0.0.1:${String(port)}'], labels: { job: itself } }]
  - job_name: other
    static_configs: [{ targets: ['127.0.0.1:${String(port)}'] }]
`;
const rules = `
groups:
  - name: g
    rules:
      - { record: 'job:up:sum', expr: sum by (job) (up) }
      - { alert: Down, expr: 'up{job="itself"} == 0 or absent(nothing{a="b"})', for: 2s }
      - { alert: Recorded, expr: 'job:up:sum == 0' }
`;

describe('a real Prometheus', () => {
  beforeEach(skipWithout('prometheus'));

  it('tells what its rules are evaluated on, and how often that is measured', async () => {
    const url = await realProgram('prometheus', (port) => ({
      'prometheus.yml': configuration(port),
      'rules.yml': rules,
    }));
    const { prometheus } = monitoringAt({ prometheus: url, alertmanager: url, inbox: url });
    const { signal } = new AbortController();
    const alerts = ['Down', 'Recorded', 'Missing'];

    const facts = await poll(AbortSignal.timeout(15_000), systemClock, 200, async () => {
      const read = await readPrometheus(prometheus, { alerts, clock: systemClock }, signal);
      return read.jobs['Down']?.length === 0 ? undefined : read;
    });

    expect(facts.jobs).toMatchObject({
      // By the label of its series, which need not be the name of the job.
      Down: [{ name: 'pool/of/itself', intervalMs: 1_000, timeoutMs: 1_000 }],
      Missing: [],
    });
    expect(facts.scraping).toMatchObject({ intervalMs: 30_000, externalLabels: { cluster: 'shop' } });
    expect(Math.abs(facts.now - Date.now())).toBeLessThan(60_000);
    expect(facts.alertmanagers).toEqual([]);
    expect(facts.runtime.reloadConfigSuccess).toBe(true);
  });
});
