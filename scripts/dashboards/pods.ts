import { colors } from './colors.js';
import { dashboard } from './dashboard.js';
import { stat } from './panels/stat.js';
import { table } from './panels/table.js';
import { timeSeries } from './panels/time-series.js';
import { cpuUsed, memoryUsed, orZero, perStep, reserved } from './promql.js';
import { instant, range } from './query.js';
import { anyOf } from './variables.js';

const here = 'namespace=~"$namespace"';
const inPhase = (phase: string) => `sum(kube_pod_status_phase{${here}, phase="${phase}"})`;
const asked = { color: colors.warning, line: 'dash' } as const;
const limit = { color: colors.bad, line: 'dot' } as const;

/** Which pods there are, why some are not well, and what they use of what they may. */
export const pods = dashboard({
  name: 'pods',
  title: 'Pods',
  description: 'Which pods there are, why some are not well, and what they use of what they may.',
  variables: [
    anyOf('namespace', {
      label: 'Namespace',
      description: 'Where the pods are',
      values: 'label_values(kube_pod_info, namespace)',
    }),
  ],
  rows: [
    {
      title: 'Now',
      panels: [
        stat('Running', {
          description: 'Pods all of whose containers were started. Far fewer than usual is bad.',
          queries: [instant(inPhase('Running'), 'running')],
          unit: 'none',
          width: 4,
        }),
        stat('Not ready', {
          description:
            'Pods that run without being ready for requests. More than 0 is bad, except for a minute after they started.',
          queries: [
            instant(
              orZero(
                `count((kube_pod_status_ready{${here}, condition="false"} == 1) and on (namespace, pod) (kube_pod_status_phase{phase="Running"} == 1))`,
              ),
              'not ready',
            ),
          ],
          unit: 'none',
          width: 4,
          levels: { warning: 1 },
        }),
        stat('Pending', {
          description:
            'Pods without a node, or whose containers are not started yet. More than 0 for longer than a minute is bad.',
          queries: [instant(inPhase('Pending'), 'pending')],
          unit: 'none',
          width: 4,
          levels: { warning: 1 },
        }),
        stat('Failed', {
          description: 'Pods that ended with an error and are not started again. Anything but 0 is worth a look.',
          queries: [instant(inPhase('Failed'), 'failed')],
          unit: 'none',
          width: 4,
          levels: { bad: 1 },
        }),
        stat('Restarts in an hour', {
          description: 'Containers that were started again within the last hour. Anything but 0 is worth a look.',
          queries: [
            instant(orZero(`round(sum(increase(kube_pod_container_status_restarts_total{${here}}[1h])))`), 'restarts'),
          ],
          unit: 'none',
          width: 4,
          levels: { warning: 1, bad: 5 },
        }),
        stat('Out of memory', {
          description: 'Containers whose last end was that they used more memory than they may. Anything but 0 is bad.',
          queries: [
            instant(
              orZero(`sum(kube_pod_container_status_last_terminated_reason{${here}, reason="OOMKilled"})`),
              'killed',
            ),
          ],
          unit: 'none',
          width: 4,
          levels: { bad: 1 },
        }),
      ],
    },
    {
      title: 'What is not well',
      panels: [
        timeSeries('Pods by phase', {
          description:
            'All pods by where they are in their life. Pending (dashed) that lasts and Failed (dotted) are bad.',
          queries: [range(`sum by (phase) (kube_pod_status_phase{${here}}) > 0`, '{{phase}}')],
          unit: 'none',
          decimals: 0,
          width: 12,
          steps: true,
          marked: {
            '/^Running$/': { color: colors.good, line: 'solid' },
            '/^Succeeded$/': { color: colors.calm, line: 'solid' },
            '/^Pending$/': { color: colors.warning, line: 'dash' },
            '/^Failed$/': { color: colors.bad, line: 'dot' },
            '/^Unknown$/': { color: colors.other, line: 'dot' },
          },
        }),
        timeSeries('Restarts', {
          description: 'Containers that were started again, within the time of one step, for each pod that had any.',
          queries: [
            range(
              `sum by (namespace, pod) (increase(kube_pod_container_status_restarts_total{${here}}[${perStep}])) > 0`,
              '{{namespace}} {{pod}}',
            ),
          ],
          unit: 'none',
          width: 12,
          steps: true,
          noData: 'No restarts',
        }),
        table('Containers that wait', {
          description:
            'Containers that are not started, and why: ImagePullBackOff, CrashLoopBackOff and CreateContainerConfigError do not mend themselves.',
          width: 12,
          height: 7,
          labels: { namespace: 'Namespace', pod: 'Pod', container: 'Container', reason: 'Reason' },
          values: [
            {
              expr: `max by (namespace, pod, container, reason) (kube_pod_container_status_waiting_reason{${here}} == 1)`,
            },
          ],
          sortBy: { heading: 'Namespace' },
          noData: 'No container waits',
        }),
        table('How containers ended last', {
          description: 'Containers that were started again, and why they ended before: OOMKilled and Error are bad.',
          width: 12,
          height: 7,
          labels: { namespace: 'Namespace', pod: 'Pod', container: 'Container', reason: 'Reason' },
          values: [
            {
              expr: `max by (namespace, pod, container, reason) (kube_pod_container_status_last_terminated_reason{${here}} == 1)`,
            },
          ],
          sortBy: { heading: 'Namespace' },
          noData: 'No container ended',
        }),
      ],
    },
    {
      title: 'What they use',
      panels: [
        timeSeries('CPU', {
          description:
            'Cores that all pods use, that they asked for (dashed) and that they may use at most (dotted, only those with a limit).',
          queries: [
            range(`sum(${cpuUsed(here, 'namespace')})`, 'used'),
            range(`sum(${reserved('requests', 'cpu', here, 'namespace')})`, 'asked for'),
            range(`sum(${reserved('limits', 'cpu', here, 'namespace')})`, 'limit'),
          ],
          unit: 'none',
          decimals: 2,
          width: 12,
          marked: { '/^asked for$/': asked, '/^limit$/': limit },
        }),
        timeSeries('Memory', {
          description:
            'Bytes that all pods use, that they asked for (dashed) and that they may use at most (dotted, only those with a limit).',
          queries: [
            range(`sum(${memoryUsed(here, 'namespace')})`, 'used'),
            range(`sum(${reserved('requests', 'memory', here, 'namespace')})`, 'asked for'),
            range(`sum(${reserved('limits', 'memory', here, 'namespace')})`, 'limit'),
          ],
          unit: 'bytes',
          width: 12,
          marked: { '/^asked for$/': asked, '/^limit$/': limit },
        }),
        timeSeries('CPU by namespace', {
          description: 'Cores that the pods of each namespace use.',
          queries: [range(cpuUsed(here, 'namespace'), '{{namespace}}')],
          unit: 'none',
          decimals: 2,
          width: 12,
          stacked: true,
        }),
        timeSeries('Memory by namespace', {
          description: 'Bytes that the pods of each namespace use.',
          queries: [range(memoryUsed(here, 'namespace'), '{{namespace}}')],
          unit: 'bytes',
          width: 12,
          stacked: true,
        }),
        table('Pod by pod', {
          description:
            'What each pod uses, and how much that is of what it asked for and may have. Memory close to 100% of the limit is bad: the pod is killed there.',
          width: 24,
          height: 10,
          labels: { namespace: 'Namespace', pod: 'Pod' },
          values: [
            { title: 'CPU', expr: cpuUsed(here, 'namespace, pod'), unit: 'none', decimals: 3 },
            {
              title: 'CPU of request',
              expr: `${cpuUsed(here, 'namespace, pod')} / ${reserved('requests', 'cpu', here, 'namespace, pod')}`,
              unit: 'percentunit',
              decimals: 0,
              levels: { warning: 1 },
            },
            { title: 'Memory', expr: memoryUsed(here, 'namespace, pod'), unit: 'bytes' },
            {
              title: 'Memory of request',
              expr: `${memoryUsed(here, 'namespace, pod')} / ${reserved('requests', 'memory', here, 'namespace, pod')}`,
              unit: 'percentunit',
              decimals: 0,
              levels: { warning: 1 },
            },
            {
              title: 'Memory of limit',
              expr: `${memoryUsed(here, 'namespace, pod')} / ${reserved('limits', 'memory', here, 'namespace, pod')}`,
              unit: 'percentunit',
              decimals: 0,
              levels: { warning: 0.8, bad: 0.95 },
            },
          ],
          sortBy: { heading: 'Memory', descending: true },
        }),
        table('Quotas', {
          description: 'What each quota counts, and how much of it is used. At 100% no further pod is admitted.',
          width: 24,
          height: 7,
          labels: { namespace: 'Namespace', resource: 'Resource' },
          values: [
            {
              title: 'Used',
              expr: `max by (namespace, resource) (kube_resourcequota{${here}, type="used"})`,
              unit: 'sishort',
            },
            {
              title: 'Allowed',
              expr: `max by (namespace, resource) (kube_resourcequota{${here}, type="hard"})`,
              unit: 'sishort',
            },
            {
              title: 'Share',
              expr: `max by (namespace, resource) (kube_resourcequota{${here}, type="used"}) / (max by (namespace, resource) (kube_resourcequota{${here}, type="hard"}) > 0)`,
              unit: 'percentunit',
              decimals: 0,
              levels: { warning: 0.8, bad: 1 },
            },
          ],
          sortBy: { heading: 'Share', descending: true },
          noData: 'No namespace has a quota',
        }),
      ],
    },
  ],
});
