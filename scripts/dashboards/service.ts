import { colors } from './colors.js';
import { dashboard } from './dashboard.js';
import { heatmap } from './panels/heatmap.js';
import { answerTime, failedRequests } from './panels/request-stats.js';
import { stat } from './panels/stat.js';
import { stateTimeline } from './panels/state-timeline.js';
import { table } from './panels/table.js';
import { timeSeries } from './panels/time-series.js';
import {
  cpuUsed,
  errorRatio,
  latency,
  memoryUsed,
  orZero,
  podsOf,
  requestRate,
  requestsInBuckets,
  reserved,
} from './promql.js';
import { buckets, instant, range } from './query.js';
import { oneOf } from './variables.js';

const metrics = 'namespace="$namespace", job="$service"';
const pods = `namespace="$namespace", ${podsOf('$service')}`;
// A Deployment or a StatefulSet, whichever it is.
const replicas = (deployments: string, statefulSets: string) =>
  `sum(${deployments}{namespace="$namespace", deployment="$service"} or ${statefulSets}{namespace="$namespace", statefulset="$service"})`;
const ready = replicas('kube_deployment_status_replicas_ready', 'kube_statefulset_status_replicas_ready');
const wanted = replicas('kube_deployment_spec_replicas', 'kube_statefulset_replicas');

/** One service: its requests, its errors, its answer times, and the pods they come from. */
export const service = dashboard({
  name: 'service',
  title: 'Service',
  description:
    'One service: how many requests it gets, how many fail, how long they take, and the pods that answer them.',
  variables: [
    oneOf('namespace', {
      label: 'Namespace',
      description: 'Where the service runs',
      values: 'label_values(http_requests_in_flight, namespace)',
      initial: 'app-services',
    }),
    oneOf('service', {
      label: 'Service',
      description: 'The service that is looked at',
      values: 'label_values(http_requests_in_flight{namespace="$namespace"}, job)',
      initial: 'api',
    }),
  ],
  rows: [
    {
      title: 'Now',
      panels: [
        stat('Ready pods', {
          description: 'Pods that take requests. Zero is bad: whoever calls the service gets an error.',
          queries: [instant(ready, 'ready')],
          unit: 'none',
          width: 4,
          levels: { badBelow: 1, goodFrom: 1 },
        }),
        stat('Wanted pods', {
          description: 'How many pods there should be. More than are ready, for longer than a minute, is bad.',
          queries: [instant(wanted, 'wanted')],
          unit: 'none',
          width: 4,
        }),
        stat('Requests', {
          description: 'Requests a second, probes left out.',
          queries: [range(requestRate(metrics, ''), 'requests')],
          unit: 'reqps',
          width: 4,
          course: true,
          noData: 'No requests yet',
        }),
        failedRequests(metrics),
        answerTime(metrics),
        stat('Restarts in an hour', {
          description:
            'How often containers of the service were started again within the last hour. Anything but 0 is bad.',
          queries: [
            instant(orZero(`round(sum(increase(kube_pod_container_status_restarts_total{${pods}}[1h])))`), 'restarts'),
          ],
          unit: 'none',
          width: 4,
          levels: { warning: 1, bad: 3 },
        }),
      ],
    },
    {
      title: 'Requests',
      panels: [
        timeSeries('Requests by route', {
          description:
            'Requests a second to each route. A route that falls to zero while the others go on is worth a look.',
          queries: [range(requestRate(metrics, 'method, route'), '{{method}} {{route}}')],
          unit: 'reqps',
          width: 12,
          noData: 'No requests',
        }),
        timeSeries('Requests by status', {
          description:
            'Requests a second by the status they were answered with. 4xx (dashed) is what callers did wrong, 5xx (dotted) what the service did wrong.',
          queries: [range(requestRate(metrics, 'status'), '{{status}}')],
          unit: 'reqps',
          width: 12,
          marked: {
            '/^2/': { color: colors.good, line: 'solid' },
            '/^3/': { color: colors.calm, line: 'solid' },
            '/^4/': { color: colors.warning, line: 'dash' },
            '/^5/': { color: colors.bad, line: 'dot' },
          },
          noData: 'No requests',
        }),
        timeSeries('Failed requests by route', {
          description:
            'The share of requests to each route answered with a status of 500 or above. More than 5% (dashed) is bad.',
          queries: [range(errorRatio(metrics, 'method, route'), '{{method}} {{route}}')],
          unit: 'percentunit',
          max: 1,
          width: 12,
          levels: { bad: 0.05 },
          noData: 'No requests',
        }),
        timeSeries('Requests in flight', {
          description:
            'Requests that each pod works on at this moment. A number that only grows is bad: answers do not keep up.',
          queries: [range(`sum by (pod) (http_requests_in_flight{${metrics}})`, '{{pod}}')],
          unit: 'none',
          width: 12,
          stacked: true,
        }),
      ],
    },
    {
      title: 'Answer times',
      panels: [
        timeSeries('Answer time', {
          description:
            'Within this time half (p50), 95% and 99% of all requests are answered. From 0.5 s on (dashed) for p95 HighLatency fires.',
          queries: [
            range(latency(0.5, metrics, ''), 'p50'),
            range(latency(0.95, metrics, ''), 'p95'),
            range(latency(0.99, metrics, ''), 'p99'),
          ],
          unit: 's',
          width: 8,
          levels: { bad: 0.5 },
          noData: 'No requests',
        }),
        timeSeries('Answer time by route (p95)', {
          description: 'Nineteen of twenty requests to a route are answered within this time.',
          queries: [range(latency(0.95, metrics, 'method, route'), '{{method}} {{route}}')],
          unit: 's',
          width: 8,
          noData: 'No requests',
        }),
        heatmap('Distribution of answer times', {
          description:
            'How many requests took how long: the lighter a cell, the more of them. Two bands mean two kinds of requests; light cells far up are bad.',
          queries: [buckets(requestsInBuckets(metrics))],
          unit: 's',
          width: 8,
          noData: 'No requests',
        }),
      ],
    },
    {
      title: 'Pods',
      panels: [
        table('Pods', {
          description: 'Each pod of the service. Bad: not ready, or restarts that grow.',
          width: 24,
          height: 7,
          labels: { pod: 'Pod' },
          values: [
            {
              title: 'Ready',
              expr: `max by (pod) (kube_pod_status_ready{${pods}, condition="true"})`,
              words: { 0: 'NO', 1: 'yes' },
              levels: { badBelow: 1, goodFrom: 1 },
            },
            {
              title: 'Restarts',
              expr: `sum by (pod) (kube_pod_container_status_restarts_total{${pods}})`,
              unit: 'none',
              levels: { warning: 1, bad: 3 },
            },
            { title: 'Age', expr: `time() - max by (pod) (kube_pod_start_time{${pods}})`, unit: 's' },
            { title: 'CPU', expr: cpuUsed(pods, 'pod'), unit: 'none', decimals: 3 },
            { title: 'Memory', expr: memoryUsed(pods, 'pod'), unit: 'bytes' },
            { title: 'Requests', expr: requestRate(metrics, 'pod'), unit: 'reqps' },
          ],
          sortBy: { heading: 'Pod' },
        }),
        timeSeries('CPU', {
          description:
            'Cores that each pod uses, and what one asks for (dashed): the autoscaler counts in percent of that. Above it for long is bad where nothing scales.',
          queries: [
            range(cpuUsed(pods, 'pod'), '{{pod}}'),
            range(`max(${reserved('requests', 'cpu', pods, 'pod')})`, 'asked for'),
          ],
          unit: 'none',
          decimals: 3,
          width: 8,
          marked: { '/^asked for$/': { color: colors.quiet, line: 'dash' } },
        }),
        timeSeries('Memory', {
          description: 'Bytes that each pod uses, and the limit of one (dashed). A pod that reaches it is killed.',
          queries: [
            range(memoryUsed(pods, 'pod'), '{{pod}}'),
            range(`max(${reserved('limits', 'memory', pods, 'pod')})`, 'limit'),
          ],
          unit: 'bytes',
          width: 8,
          marked: { '/^limit$/': { color: colors.bad, line: 'dash' } },
        }),
        timeSeries('Restarts', {
          description: 'Containers that were started again, within the time of one step. Anything but 0 is bad.',
          queries: [
            range(
              `sum by (pod) (increase(kube_pod_container_status_restarts_total{${pods}}[$__rate_interval]))`,
              '{{pod}}',
            ),
          ],
          unit: 'none',
          width: 8,
          steps: true,
        }),
      ],
    },
    {
      title: 'Inside the process',
      panels: [
        timeSeries('Event loop lag (p99)', {
          description:
            'How late Node.js gets to work that is due. More than 0.1 s (dashed) delays every request of the pod.',
          queries: [range(`max by (pod) (nodejs_eventloop_lag_p99_seconds{${metrics}})`, '{{pod}}')],
          unit: 's',
          width: 8,
          levels: { bad: 0.1 },
        }),
        timeSeries('JavaScript heap', {
          description: 'Bytes of objects that are in use. Steady growth over hours is a leak.',
          queries: [range(`sum by (pod) (nodejs_heap_size_used_bytes{${metrics}})`, '{{pod}}')],
          unit: 'bytes',
          width: 8,
        }),
        stateTimeline('What it reaches', {
          description: 'Whether the service reaches those behind it; only the API tells. Down is bad.',
          queries: [range(`max by (dependency) (dependency_up{${metrics}})`, '{{dependency}}')],
          unit: 'none',
          width: 8,
          levels: { badBelow: 1, goodFrom: 1 },
          words: { 0: 'DOWN', 1: 'up' },
          noData: 'This service does not tell',
        }),
      ],
    },
  ],
});
