import type { Values } from '../../environment/environment.js';
import { isMap } from '../../releases/values/values.js';
import type { HostPorts } from './ports.js';

/** How often is measured and evaluated where the values do not say it: a rehearsed failure is waited for. */
const usualInterval = '5s';
/** The API server's answer is by far the largest, and nothing waits for it. */
const apiServerInterval = '15s';

export interface PrometheusSources {
  readonly ports: HostPorts;
  /** URL of the API server. */
  readonly server: string;
  /** Folder of `ca.crt`, `client.crt` and `client.key` for it. */
  readonly credentials: string;
  /** Pattern of the rule files' paths. */
  readonly rules: string;
  /** Merged values of kube-prometheus-stack. */
  readonly values: Values;
}

/** prometheus.yml, with the intervals of kube-prometheus-stack's values and the jobs' names that it gives them. */
export function prometheusConfiguration({ ports, server, credentials, rules, values }: PrometheusSources): object {
  const { scrapeInterval, evaluationInterval } = intervalsOf(values);
  const job = (name: string, port: number, more: object = {}) => ({
    job_name: name,
    static_configs: [{ targets: [`127.0.0.1:${String(port)}`], labels: { namespace: 'monitoring' } }],
    ...more,
  });
  return {
    global: {
      scrape_interval: scrapeInterval,
      scrape_timeout: scrapeInterval,
      evaluation_interval: evaluationInterval,
      external_labels: { prometheus: 'monitoring/kube-prometheus-stack-prometheus' },
    },
    rule_files: [rules],
    alerting: {
      alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${String(ports.alertmanager)}`] }] }],
    },
    scrape_configs: [
      // What it measures is in the cluster: its own namespaces and pods count, not where it runs.
      job('kube-state-metrics', ports.kubeStateMetrics, { honor_labels: true }),
      job('kube-prometheus-stack-prometheus', ports.prometheus),
      job('kube-prometheus-stack-alertmanager', ports.alertmanager),
      job('inbox', ports.inboxMetrics),
      {
        job_name: 'apiserver',
        scheme: 'https',
        scrape_interval: apiServerInterval,
        scrape_timeout: usualInterval,
        // Thousands of series that only its own developers' rules read.
        metric_relabel_configs: [{ source_labels: ['__name__'], regex: '.+_bucket', action: 'drop' }],
        tls_config: {
          ca_file: `${credentials}/ca.crt`,
          cert_file: `${credentials}/client.crt`,
          key_file: `${credentials}/client.key`,
        },
        static_configs: [{ targets: [new URL(server).host], labels: { namespace: 'default' } }],
      },
    ],
  };
}

function intervalsOf({ prometheus }: Values) {
  const spec = isMap(prometheus) && isMap(prometheus['prometheusSpec']) ? prometheus['prometheusSpec'] : {};
  const interval = (key: string) => (typeof spec[key] === 'string' ? spec[key] : usualInterval);
  return { scrapeInterval: interval('scrapeInterval'), evaluationInterval: interval('evaluationInterval') };
}
