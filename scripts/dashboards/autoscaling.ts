import { colors } from './colors.js';
import { dashboard } from './dashboard.js';
import { stat } from './panels/stat.js';
import { stateTimeline } from './panels/state-timeline.js';
import { timeSeries } from './panels/time-series.js';
import { cpuUsed, errorRatio, latency, perStep, podsOf, requestRate, reserved } from './promql.js';
import { instant, range } from './query.js';
import { oneOf } from './variables.js';

// An autoscaler is named after its service, as are the Deployment and the job.
const autoscaler = 'namespace="$namespace", horizontalpodautoscaler="$autoscaler"';
const pods = `namespace="$namespace", ${podsOf('$autoscaler')}`;
const metrics = 'namespace="$namespace", job="$autoscaler"';

const ofAutoscaler = (metric: string, more = '') => `max(kube_horizontalpodautoscaler_${metric}{${autoscaler}${more}})`;
const cpuTarget = ofAutoscaler('spec_target_metric', ', metric_name="cpu", metric_target_type="utilization"');
const cpuSeen = ofAutoscaler('status_target_metric', ', metric_name="cpu", metric_target_type="utilization"');
const current = ofAutoscaler('status_current_replicas');
const desired = ofAutoscaler('status_desired_replicas');
const minimum = ofAutoscaler('spec_min_replicas');
const maximum = ofAutoscaler('spec_max_replicas');

/** The way of an autoscaler: what it saw, what it wanted, what it got, and what the load was meanwhile. */
export const autoscaling = dashboard({
  name: 'autoscaling',
  title: 'Autoscaling',
  description: 'The way of one autoscaler: what it saw, what it wanted, what it got, and the load meanwhile.',
  variables: [
    oneOf('namespace', {
      label: 'Namespace',
      description: 'Where the autoscaler is',
      values: 'label_values(kube_horizontalpodautoscaler_spec_max_replicas, namespace)',
      initial: 'app-services',
    }),
    oneOf('autoscaler', {
      label: 'Autoscaler',
      description: 'The HorizontalPodAutoscaler; it has the name of its service',
      values:
        'label_values(kube_horizontalpodautoscaler_spec_max_replicas{namespace="$namespace"}, horizontalpodautoscaler)',
      initial: 'images',
    }),
  ],
  rows: [
    {
      title: 'Now',
      panels: [
        stat('Replicas', {
          description: 'Pods that the autoscaler counts at present.',
          queries: [range(current, 'replicas')],
          unit: 'none',
          width: 5,
          course: true,
        }),
        stat('Wanted', {
          description:
            'Pods that the autoscaler wants. More than there are, for longer than a minute, is bad: they do not start.',
          queries: [range(desired, 'wanted')],
          unit: 'none',
          width: 5,
          course: true,
        }),
        stat('Used of the maximum', {
          description:
            'How much of what it may grow to is in use. At 100% more load makes the service slower: AutoscalerAtMaximum fires.',
          queries: [instant(`${current} / ${maximum}`, 'used')],
          unit: 'percentunit',
          decimals: 0,
          width: 5,
          levels: { warning: 0.8, bad: 1 },
        }),
        stat('CPU of what was asked for', {
          description:
            'What the autoscaler compares with its target, as the average of the pods. No data means that it knows nothing and does not scale.',
          queries: [range(cpuSeen, 'CPU')],
          unit: 'percent',
          decimals: 0,
          width: 5,
          course: true,
          noData: 'Unknown to the autoscaler',
        }),
        stat('Target', {
          description: 'The utilisation that the autoscaler wants to keep. A tenth above or below it nothing happens.',
          queries: [instant(cpuTarget, 'target')],
          unit: 'percent',
          decimals: 0,
          width: 4,
          noData: 'No target for CPU',
        }),
      ],
    },
    {
      title: 'The way',
      panels: [
        timeSeries('Replicas', {
          description:
            'What there is, what is wanted (dashed) and the bounds (dotted). Bad: wanted stays above what there is, wanted stays at the maximum, or it goes up and down all the time.',
          queries: [
            range(current, 'current'),
            range(desired, 'wanted'),
            range(minimum, 'minimum'),
            range(maximum, 'maximum'),
          ],
          unit: 'none',
          decimals: 0,
          width: 24,
          height: 9,
          steps: true,
          marked: {
            '/^current$/': { color: colors.good, line: 'solid' },
            '/^wanted$/': { color: colors.warning, line: 'dash' },
            '/^minimum$/': { color: colors.quiet, line: 'dot' },
            '/^maximum$/': { color: colors.bad, line: 'dot' },
          },
        }),
        timeSeries('CPU against the target', {
          description:
            'What the autoscaler saw, its target (dashed), and the same number out of the kubelet (dotted), which is there earlier. Above the target the number of pods grows.',
          queries: [
            range(cpuSeen, 'seen by the autoscaler'),
            range(cpuTarget, 'target'),
            range(
              `100 * ${cpuUsed(pods, 'namespace')} / ${reserved('requests', 'cpu', pods, 'namespace')}`,
              'measured',
            ),
          ],
          unit: 'percent',
          decimals: 0,
          width: 12,
          marked: {
            '/^seen/': { color: colors.good, line: 'solid' },
            '/^target$/': { color: colors.bad, line: 'dash' },
            '/^measured$/': { color: colors.other, line: 'dot' },
          },
        }),
        stateTimeline('What holds it back', {
          description:
            'Conditions of the autoscaler. Bad: it cannot read its metric (ScalingActive no), or it is limited while the load grows (ScalingLimited yes).',
          queries: [
            range(
              `max by (condition) (kube_horizontalpodautoscaler_status_condition{${autoscaler}, status="true"})`,
              '{{condition}}',
            ),
          ],
          unit: 'none',
          width: 12,
          // What is good differs from condition to condition: no colour says so.
          levels: {},
          words: { 0: 'no', 1: 'yes' },
        }),
      ],
    },
    {
      title: 'The load',
      panels: [
        timeSeries('Requests', {
          description:
            'Requests a second to the service, and to each of its pods: the second line falls where new pods take their share.',
          queries: [range(requestRate(metrics, ''), 'all'), range(`avg(${requestRate(metrics, 'pod')})`, 'each pod')],
          unit: 'reqps',
          width: 8,
          noData: 'No requests',
        }),
        timeSeries('Answer time', {
          description:
            'Half (p50) and nineteen of twenty (p95) requests are answered within this time. It should fall again once new pods are ready.',
          queries: [range(latency(0.5, metrics, ''), 'p50'), range(latency(0.95, metrics, ''), 'p95')],
          unit: 's',
          width: 8,
          levels: { bad: 0.5 },
          noData: 'No requests',
        }),
        timeSeries('Failed requests', {
          description:
            'The share answered with a status of 500 or above, while pods come and go. Anything but 0 is worth a look.',
          queries: [range(errorRatio(metrics, ''), 'failed')],
          unit: 'percentunit',
          max: 1,
          width: 8,
          levels: { bad: 0.05 },
          noData: 'No requests',
        }),
        timeSeries('CPU by pod', {
          description: 'Cores that each pod uses. One pod far above the others gets more than its share of requests.',
          queries: [range(cpuUsed(pods, 'pod'), '{{pod}}')],
          unit: 'none',
          decimals: 3,
          width: 12,
          stacked: true,
        }),
        timeSeries('Time throttled', {
          description:
            'The share of time slices in which a pod with a CPU limit had to wait for the next one. Above 25% (dashed) requests are slowed down. Pods without a CPU limit are never throttled and are not here.',
          queries: [
            range(
              `sum by (pod) (rate(container_cpu_cfs_throttled_periods_total{${pods}, container!=""}[${perStep}])) / (sum by (pod) (rate(container_cpu_cfs_periods_total{${pods}, container!=""}[${perStep}])) > 0)`,
              '{{pod}}',
            ),
          ],
          unit: 'percentunit',
          max: 1,
          width: 12,
          levels: { bad: 0.25 },
          noData: 'These pods have no CPU limit',
        }),
      ],
    },
  ],
});
