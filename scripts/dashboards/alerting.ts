import { colors } from './colors.js';
import { alertsThatMatter, dashboard } from './dashboard.js';
import { stat } from './panels/stat.js';
import { stateTimeline } from './panels/state-timeline.js';
import { table } from './panels/table.js';
import { timeSeries } from './panels/time-series.js';
import { orZero, perStep } from './promql.js';
import { instant, range } from './query.js';

const yes = { 0: 'NO', 1: 'yes' };
const mustBeYes = { badBelow: 1, goodFrom: 1 };
const failedEach = (window: string) => `sum(increase(alertmanager_notifications_failed_total[${window}]))`;

/** Whether an alert that should reach somebody does: rules, Prometheus, Alertmanager, receivers. */
export const alerting = dashboard({
  name: 'alerting',
  title: 'Alerting',
  description: 'Whether an alert that should reach somebody does: rules, Prometheus, Alertmanager and the receivers.',
  rows: [
    {
      title: 'Now',
      panels: [
        stat('Firing alerts', {
          description: 'Alerts that fire, without those that always do. Anything but 0 is bad.',
          queries: [instant(orZero(`count(${alertsThatMatter})`), 'firing')],
          unit: 'none',
          width: 4,
          levels: { bad: 1 },
        }),
        stat('Watchdog', {
          description:
            'The alert that always fires, to show that alerts work at all. If it does not, no other can be trusted.',
          queries: [instant(orZero('max(ALERTS{alertname="Watchdog", alertstate="firing"})'), 'fires')],
          unit: 'none',
          width: 4,
          levels: mustBeYes,
          words: { 0: 'SILENT', 1: 'fires' },
        }),
        stat('Alertmanagers known', {
          description: 'Where Prometheus sends alerts to. Zero is bad: they reach nobody.',
          queries: [instant('min(prometheus_notifications_alertmanagers_discovered)', 'Alertmanagers')],
          unit: 'none',
          width: 4,
          levels: mustBeYes,
        }),
        stat('Failed to tell (1 h)', {
          description: 'Notifications that Alertmanager could not deliver within the last hour. Anything but 0 is bad.',
          queries: [instant(`round(${failedEach('1h')})`, 'failed')],
          unit: 'none',
          width: 4,
          levels: { bad: 1 },
        }),
        stat('Failed evaluations (1 h)', {
          description:
            'Evaluations of rules that failed within the last hour. Anything but 0 is bad: such an alert never fires.',
          queries: [instant('round(sum(increase(prometheus_rule_evaluation_failures_total[1h])))', 'failed')],
          unit: 'none',
          width: 4,
          levels: { bad: 1 },
        }),
        stat('Targets down', {
          description: 'Targets that Prometheus cannot scrape. Anything but 0 is bad: alerts about them are blind.',
          queries: [instant(orZero('count(up == 0)'), 'down')],
          unit: 'none',
          width: 4,
          levels: { warning: 1, bad: 3 },
        }),
      ],
    },
    {
      title: 'Alerts',
      panels: [
        stateTimeline('Alerts over time', {
          description:
            'When each alert was pending and when it fired. Much change to and fro is bad: its rule needs a longer time or another threshold.',
          queries: [
            range(
              'max by (alertname) (ALERTS{alertstate="pending", alertname!~"Watchdog|InfoInhibitor"} * 1) unless on (alertname) ALERTS{alertstate="firing"} or max by (alertname) (ALERTS{alertstate="firing", alertname!~"Watchdog|InfoInhibitor"} * 2)',
              '{{alertname}}',
            ),
          ],
          unit: 'none',
          width: 15,
          height: 9,
          levels: { warning: 1, bad: 2 },
          words: { 1: 'pending', 2: 'FIRING' },
          noData: 'No alert in this time',
        }),
        table('Firing now', {
          description:
            'What fires now and since when it might: an alert that has fired for days and helps nobody should go.',
          width: 9,
          height: 9,
          labels: { alertname: 'Alert', severity: 'Severity', namespace: 'Namespace' },
          values: [
            { expr: `sum by (alertname, severity, namespace) (${alertsThatMatter})`, title: 'Count', unit: 'none' },
            {
              expr: `time() - min by (alertname, severity, namespace) (ALERTS_FOR_STATE and ignoring (alertstate) ${alertsThatMatter})`,
              title: 'For',
              unit: 's',
            },
          ],
          sortBy: { heading: 'For', descending: true },
          noData: 'No alert fires',
        }),
      ],
    },
    {
      title: 'Notifications',
      panels: [
        timeSeries('Notifications by integration', {
          description:
            'Notifications within the time of one step, for each kind of receiver. None at all while alerts fire is bad.',
          queries: [
            range(
              `sum by (integration) (increase(alertmanager_notifications_total[${perStep}])) > 0`,
              '{{integration}}',
            ),
          ],
          unit: 'none',
          width: 8,
          noData: 'No notifications',
        }),
        timeSeries('Failed notifications', {
          description:
            'Notifications that could not be delivered within the time of one step, by receiver and reason. Anything but 0 is bad.',
          queries: [
            range(
              `sum by (integration, reason) (increase(alertmanager_notifications_failed_total[${perStep}])) > 0`,
              '{{integration}}: {{reason}}',
            ),
          ],
          unit: 'none',
          width: 8,
          noData: 'None failed',
        }),
        timeSeries('Time to deliver (p95)', {
          description:
            'Nineteen of twenty notifications are delivered within this time. Many seconds point to a receiver that is slow or away.',
          queries: [
            range(
              `histogram_quantile(0.95, sum by (integration, le) (rate(alertmanager_notification_latency_seconds_bucket[${perStep}]))) >= 0`,
              '{{integration}}',
            ),
          ],
          unit: 's',
          width: 8,
          noData: 'No notifications',
        }),
        timeSeries('Alerts in Alertmanager', {
          description:
            'Alerts that Alertmanager holds: active ones are told, suppressed ones (dashed) are silenced or inhibited by others.',
          queries: [range('max by (state) (alertmanager_alerts)', '{{state}}')],
          unit: 'none',
          decimals: 0,
          width: 8,
          steps: true,
          marked: { '/^suppressed$/': { color: colors.warning, line: 'dash' } },
        }),
        timeSeries('On the way to Alertmanager', {
          description:
            'Alerts that wait in Prometheus to be sent, and those a second that it had to drop (dashed). Dropping is bad.',
          queries: [
            range('sum(prometheus_notifications_queue_length)', 'waiting'),
            range(`sum(rate(prometheus_notifications_dropped_total[${perStep}]))`, 'dropped each second'),
          ],
          unit: 'none',
          width: 8,
          marked: { '/^dropped/': { color: colors.bad, line: 'dash' } },
        }),
        stateTimeline('Configuration is valid', {
          description: 'Whether the last reload of the configuration worked. NO is bad: the old one is still in use.',
          queries: [
            range('min(prometheus_config_last_reload_successful)', 'Prometheus'),
            range('min(alertmanager_config_last_reload_successful)', 'Alertmanager'),
          ],
          unit: 'none',
          width: 8,
          levels: mustBeYes,
          words: yes,
        }),
      ],
    },
    {
      title: 'Prometheus',
      panels: [
        timeSeries('Slowest groups of rules', {
          description:
            'Seconds that evaluating a group takes, of the five slowest. Close to the interval of the group is bad: evaluations are then missed.',
          queries: [
            range('topk(5, max by (rule_group) (prometheus_rule_group_last_duration_seconds))', '{{rule_group}}'),
          ],
          unit: 's',
          width: 8,
        }),
        timeSeries('Missed evaluations', {
          description:
            'Evaluations a second that were left out because the one before took too long. Anything but 0 is bad.',
          queries: [range(`sum(rate(prometheus_rule_group_iterations_missed_total[${perStep}]))`, 'missed')],
          unit: 'ops',
          width: 8,
        }),
        timeSeries('Series and samples', {
          description:
            'Series in memory. They grow with pods and routes; a sudden multiple points to a label with endless values.',
          queries: [range('sum(prometheus_tsdb_head_series)', 'series')],
          unit: 'short',
          width: 8,
        }),
        table('Targets', {
          description: 'What Prometheus scrapes, by job. Anything down is bad.',
          width: 24,
          height: 9,
          labels: { namespace: 'Namespace', job: 'Job' },
          values: [
            { title: 'Targets', expr: 'count by (namespace, job) (up)', unit: 'none' },
            {
              title: 'Down',
              expr: 'count by (namespace, job) (up) - sum by (namespace, job) (up)',
              unit: 'none',
              levels: { bad: 1 },
            },
            { title: 'Slowest scrape', expr: 'max by (namespace, job) (scrape_duration_seconds)', unit: 's' },
            { title: 'Samples', expr: 'sum by (namespace, job) (scrape_samples_scraped)', unit: 'short' },
          ],
          sortBy: { heading: 'Down', descending: true },
        }),
      ],
    },
  ],
});
