import type { ClusterClient } from '../kubernetes/client.js';
import { alertmanagerClient, type Alertmanager } from './alertmanager.js';
import { inboxClient, type Inbox } from './inbox.js';
import { prometheusClient, type Prometheus } from './prometheus.js';
import { directTransport, serviceTransport, type ServiceAddress, type TransportOptions } from './transport.js';

/** What watches an environment: who evaluates, who notifies, and where the notifications arrive. */
export interface Monitoring {
  readonly prometheus: Prometheus;
  readonly alertmanager: Alertmanager;
  readonly inbox: Inbox;
}

/** The release whose programs they are; the inbox is a release of its own. */
export const monitoringRelease = 'kube-prometheus-stack';

export interface MonitoringUrls {
  readonly prometheus: string;
  readonly alertmanager: string;
  readonly inbox: string;
}

/** Monitoring whose programs are asked at their own URLs. */
export function monitoringAt(urls: MonitoringUrls, options?: TransportOptions): Monitoring {
  return {
    prometheus: prometheusClient(directTransport('Prometheus', urls.prometheus, options)),
    alertmanager: alertmanagerClient(directTransport('Alertmanager', urls.alertmanager, options)),
    inbox: inboxClient(directTransport('inbox', urls.inbox, options)),
  };
}

/** The Services of the programs, as the releases of the default blueprint make them. */
const services = {
  prometheus: { namespace: 'monitoring', service: 'kube-prometheus-stack-prometheus:http-web' },
  alertmanager: { namespace: 'monitoring', service: 'kube-prometheus-stack-alertmanager:http-web' },
  inbox: { namespace: 'monitoring', service: 'inbox:http' },
} as const satisfies Record<keyof MonitoringUrls, ServiceAddress>;

/** Monitoring whose programs run in the cluster: they are asked through the API server. */
export function monitoringThrough(
  client: Pick<ClusterClient, 'text' | 'create' | 'delete'>,
  options?: TransportOptions,
): Monitoring {
  return {
    prometheus: prometheusClient(serviceTransport('Prometheus', client, services.prometheus, options)),
    alertmanager: alertmanagerClient(serviceTransport('Alertmanager', client, services.alertmanager, options)),
    inbox: inboxClient(serviceTransport('inbox', client, services.inbox, options)),
  };
}
