import type { HostPorts } from './ports.js';

/** How often is measured and evaluated: a rehearsed failure is waited for. */
const interval = '5s';
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
}

/** prometheus.yml, with the jobs' names that kube-prometheus-stack gives them. */
export function prometheusConfiguration({ ports, server, credentials, rules }: PrometheusSources): object {
  const job = (name: string, port: number, more: object = {}) => ({
    job_name: name,
    static_configs: [{ targets: [`127.0.0.1:${String(port)}`], labels: { namespace: 'monitoring' } }],
    ...more,
  });
  return {
    global: {
      scrape_interval: interval,
      scrape_timeout: interval,
      evaluation_interval: interval,
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
