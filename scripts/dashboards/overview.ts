import { alertsThatMatter, dashboard } from './dashboard.js';
import { linkFromRow } from './links.js';
import { answerTime, failedRequests } from './panels/request-stats.js';
import { stat } from './panels/stat.js';
import { stateTimeline } from './panels/state-timeline.js';
import { table } from './panels/table.js';
import { timeSeries } from './panels/time-series.js';
import { applicationNamespaces, errorRatio, latency, orZero, requestRate } from './promql.js';
import { instant, range } from './query.js';
import { anyOf } from './variables.js';

const here = 'namespace=~"$namespace"';

// Deployments and StatefulSets alike, under the name of the service.
const workloads = (deployments: string, statefulSets: string) =>
  `sum by (namespace, service) (label_replace(${deployments}{${here}}, "service", "$1", "deployment", "(.+)") or label_replace(${statefulSets}{${here}}, "service", "$1", "statefulset", "(.+)"))`;
const ready = workloads('kube_deployment_status_replicas_ready', 'kube_statefulset_status_replicas_ready');
const wanted = workloads('kube_deployment_spec_replicas', 'kube_statefulset_replicas');

// The metrics of a service carry its name as job.
const perService = (expr: string) => `label_replace(${expr}, "service", "$1", "job", "(.+)")`;
const asService = (expr: string) => `sum by (namespace, service) (${perService(expr)})`;

/** Is the application well, and if not, where is it not? */
export const overview = dashboard({
  name: 'overview',
  title: 'Overview',
  description: 'Whether the application is well, and if not, which of its services is not.',
  variables: [
    anyOf('namespace', {
      label: 'Namespace',
      description: 'Where the services run',
      values: 'label_values(kube_deployment_created, namespace)',
      initial: applicationNamespaces,
    }),
  ],
  rows: [
    {
      title: 'Now',
      panels: [
        stat('Services without pods', {
          description:
            'Deployments and StatefulSets none of whose pods is ready, also those that were scaled to zero. Anything but 0 is bad.',
          queries: [instant(orZero(`count(${ready} == 0)`), 'services')],
          unit: 'none',
          width: 4,
          levels: { bad: 1 },
        }),
        stat('Pods missing', {
          description:
            'Pods that are wanted and not ready. More than 0 is normal for a minute after a change or while the application grows.',
          queries: [instant(`sum(clamp_min(${wanted} - ${ready}, 0))`, 'pods')],
          unit: 'none',
          width: 4,
          levels: { warning: 1 },
        }),
        stat('Firing alerts', {
          description: 'Alerts that fire, without those that always do. Anything but 0 is bad.',
          queries: [instant(orZero(`count(${alertsThatMatter})`), 'alerts')],
          unit: 'none',
          width: 4,
          levels: { bad: 1 },
        }),
        stat('Requests', {
          description:
            'Requests a second to all services, probes left out. A request that passes three services counts thrice.',
          queries: [range(`sum(${requestRate(here, 'job')})`, 'requests')],
          unit: 'reqps',
          width: 4,
          course: true,
          noData: 'No requests yet',
        }),
        failedRequests(here),
        answerTime(here),
        table('Services', {
          description:
            'Each service with its pods and its requests. Bad: fewer pods ready than wanted, failed requests, an answer time over 0.5 s. A click on the name leads to its own dashboard.',
          width: 15,
          height: 9,
          labels: { namespace: 'Namespace', service: 'Service' },
          values: [
            { title: 'Ready', expr: ready, unit: 'none', levels: { badBelow: 1, goodFrom: 1 } },
            { title: 'Wanted', expr: wanted, unit: 'none' },
            { title: 'Requests', expr: asService(requestRate(here, 'namespace, job')), unit: 'reqps' },
            {
              title: 'Failed',
              expr: asService(errorRatio(here, 'namespace, job')),
              unit: 'percentunit',
              decimals: 2,
              levels: { warning: 0.01, bad: 0.05 },
            },
            {
              title: 'p95',
              expr: asService(latency(0.95, here, 'namespace, job')),
              unit: 's',
              levels: { warning: 0.25, bad: 0.5 },
            },
          ],
          sortBy: { heading: 'Service' },
          link: {
            heading: 'Service',
            ...linkFromRow('About this service', 'service', { namespace: 'Namespace', service: 'Service' }),
          },
          noData: 'kube-state-metrics tells of no Deployment here',
        }),
        table('Firing alerts', {
          description:
            'What fires now, in all namespaces. The runbook of an alert is behind its link in Alertmanager and in the inbox.',
          width: 9,
          height: 9,
          labels: { alertname: 'Alert', severity: 'Severity', service: 'Service', namespace: 'Namespace' },
          values: [{ expr: `sum by (alertname, severity, service, namespace) (${alertsThatMatter})` }],
          sortBy: { heading: 'Severity' },
          noData: 'No alert fires',
        }),
      ],
    },
    {
      title: 'Lately',
      panels: [
        timeSeries('Requests by service', {
          description: 'Requests a second to each service. A sudden drop to zero is bad.',
          queries: [range(requestRate(here, 'job'), '{{job}}')],
          unit: 'reqps',
          width: 8,
          noData: 'No requests',
        }),
        timeSeries('Failed requests by service', {
          description:
            'The share of requests answered with a status of 500 or above. From 5% on (dashed) HighErrorRatio fires.',
          queries: [range(errorRatio(here, 'job'), '{{job}}')],
          unit: 'percentunit',
          max: 1,
          width: 8,
          levels: { bad: 0.05 },
          noData: 'No requests',
        }),
        timeSeries('Answer time by service (p95)', {
          description:
            'Nineteen of twenty requests are answered within this time. From 0.5 s on (dashed) HighLatency fires.',
          queries: [range(latency(0.95, here, 'job'), '{{job}}')],
          unit: 's',
          width: 8,
          levels: { bad: 0.5 },
          noData: 'No requests',
        }),
        timeSeries('Ready pods', {
          description: 'Ready pods of each service. Zero is bad; the autoscaled ones go up and down with the load.',
          queries: [range(ready, '{{service}}')],
          unit: 'none',
          decimals: 0,
          width: 8,
          steps: true,
        }),
        stateTimeline('What the API reaches', {
          description:
            'Whether any pod of the API reaches the services behind it, asked every 5 s. Down means that people cannot log in (auth) or see their picture (images).',
          queries: [range(`max by (dependency) (dependency_up{${here}})`, '{{dependency}}')],
          unit: 'none',
          width: 8,
          levels: { badBelow: 1, goodFrom: 1 },
          words: { 0: 'DOWN', 1: 'up' },
        }),
        stat('Error budget left', {
          description:
            'How much of the errors that three days may have is left, for each service and objective: 100% is all of it. Below 25% stop taking risks; below 0% the objective is missed.',
          queries: [instant(`slo:error_budget_remaining:ratio3d{${here}}`, '{{job}} {{slo}}')],
          unit: 'percentunit',
          decimals: 1,
          width: 8,
          height: 8,
          levels: { badBelow: 0, goodFrom: 0.25 },
          named: true,
          noData: 'No requests in three days',
        }),
      ],
    },
  ],
});
