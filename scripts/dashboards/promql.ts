// The pieces of PromQL that several dashboards need, so that the same word means the same everywhere.

/** The window of rates: at least four scrapes, wider when the reader zooms out. */
export const perStep = '$__rate_interval';

/** The namespaces of the application, as a choice to begin with. */
export const applicationNamespaces = ['app-services', 'frontend-service'];

// Probes and scrapes go on while nobody uses a service: they are no requests.
const byUsers = 'route!~"/health/.*|/metrics"';

/** Requests a second; `selector` as in braces, `by` as in `sum by (…)`. */
export const requestRate = (selector: string, by: string) => rate('http_requests_total', selector, by);

/**
 * The share of requests that failed through the service's own fault (5xx), from 0 to 1. Nothing where there were no
 * requests; zero, not nothing, where none failed.
 */
export function errorRatio(selector: string, by: string): string {
  const all = requestRate(selector, by);
  return `(${requestRate(`${selector}, status=~"5.."`, by)} or ${all} * 0) / (${all} > 0)`;
}

/** The time in seconds within which the share `quantile` of requests was answered; nothing where there were none. */
export const latency = (quantile: number, selector: string, by: string) =>
  // Without requests the quantile is no number, which is not at least 0.
  `histogram_quantile(${String(quantile)}, ${rate('http_request_duration_seconds_bucket', selector, by === '' ? 'le' : `${by}, le`)}) >= 0`;

const rate = (metric: string, selector: string, by: string) =>
  `sum by (${by}) (rate(${metric}{${selector}, ${byUsers}}[${perStep}]))`;

/** How many requests fell into each bucket of the histogram of answer times. */
export const requestsInBuckets = (selector: string) =>
  `sum by (le) (increase(http_request_duration_seconds_bucket{${selector}, ${byUsers}}[${perStep}]))`;

/** The pods of a Deployment or StatefulSet, told by how their names are made. */
export const podsOf = (workload: string) => `pod=~"${workload}-[a-z0-9]+(-[a-z0-9]{5})?"`;

/** Cores in use. The kubelet also tells the sums of whole pods, which have no container. */
export const cpuUsed = (selector: string, by: string) =>
  `sum by (${by}) (rate(container_cpu_usage_seconds_total{${selector}, container!=""}[${perStep}]))`;

/** Bytes of memory in use that count against the limit. */
export const memoryUsed = (selector: string, by: string) =>
  `sum by (${by}) (container_memory_working_set_bytes{${selector}, container!=""})`;

/** What containers asked for, or may have at most; cores or bytes. Only of pods that are not over. */
export const reserved = (what: 'requests' | 'limits', resource: 'cpu' | 'memory', selector: string, by: string) =>
  `sum by (${by}) (kube_pod_container_resource_${what}{${selector}, resource="${resource}"} * on (namespace, pod) group_left () (kube_pod_status_phase{phase=~"Pending|Running"} == 1))`;

/** Zero where there is nothing to count. */
export const orZero = (expr: string) => `${expr} or vector(0)`;
