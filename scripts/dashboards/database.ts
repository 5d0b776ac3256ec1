import { colors } from './colors.js';
import { dashboard } from './dashboard.js';
import { stat } from './panels/stat.js';
import { stateTimeline } from './panels/state-timeline.js';
import { timeSeries } from './panels/time-series.js';
import { perStep } from './promql.js';
import { instant, range } from './query.js';
import { anyOf } from './variables.js';

const chosen = 'datname=~"$database"';
const perSecond = (metric: string) => `sum(rate(pg_stat_database_${metric}{${chosen}}[${perStep}]))`;
const cacheHits = `${perSecond('blks_hit')} / (${perSecond('blks_hit')} + ${perSecond('blks_read')} > 0)`;
const connections = 'sum(pg_stat_activity_count)';
const allowed = 'max(pg_settings_max_connections)';
// Prometheus' own figure: the exporter's is lost with a scrape that takes too long.
const scrapes = 'max(scrape_duration_seconds and on (job, instance) pg_up)';

/** PostgreSQL, as its exporter sees it from outside its pod. */
export const database = dashboard({
  name: 'database',
  title: 'Database',
  description: 'PostgreSQL: whether it answers, how much it has to do, and whether it has what it needs for that.',
  variables: [
    anyOf('database', {
      label: 'Database',
      description: 'Databases of the server',
      values: 'label_values(pg_database_size_bytes{datname!~"template.*"}, datname)',
    }),
  ],
  rows: [
    {
      title: 'Now',
      panels: [
        stat('PostgreSQL', {
          description:
            'Whether the exporter can log in to the database. If not, nobody can log in to the application: PostgresDown fires.',
          queries: [instant('min(pg_up)', 'up')],
          unit: 'none',
          width: 4,
          levels: { badBelow: 1, goodFrom: 1 },
          words: { 0: 'DOES NOT ANSWER', 1: 'answers' },
          noData: 'The exporter is not scraped',
        }),
        stat('Ready pods', {
          description:
            'Pods of the StatefulSet postgres that are ready. Zero is bad. No data on AWS, where the database is a service of its own.',
          queries: [instant('max(kube_statefulset_status_replicas_ready{statefulset="postgres"})', 'ready')],
          unit: 'none',
          width: 4,
          levels: { badBelow: 1, goodFrom: 1 },
          noData: 'Not in this cluster',
        }),
        stat('Connections used', {
          description:
            'The share of all connections that PostgreSQL lets in. Above 80% is a warning; at 100% it refuses new ones.',
          queries: [range(`${connections} / ${allowed}`, 'used')],
          noData: 'PostgreSQL does not answer',
          unit: 'percentunit',
          decimals: 0,
          width: 4,
          levels: { warning: 0.8, bad: 0.95 },
          course: true,
        }),
        stat('Cache hits', {
          description: 'The share of blocks found in memory. Below 90% for long the database needs more memory.',
          queries: [range(cacheHits, 'hits')],
          unit: 'percentunit',
          decimals: 1,
          width: 4,
          levels: { badBelow: 0.9, goodFrom: 0.99 },
          noData: 'Nothing is read',
        }),
        stat('Size', {
          description: 'Bytes on disk. Compare with the size of its volume.',
          queries: [range(`sum(pg_database_size_bytes{${chosen}})`, 'size')],
          noData: 'PostgreSQL does not answer',
          unit: 'bytes',
          width: 4,
          course: true,
        }),
        stat('Longest transaction', {
          description:
            'How long the oldest open transaction runs. Minutes are bad: it keeps locks, and old rows alive.',
          queries: [instant(`max(pg_stat_activity_max_tx_duration{${chosen}})`, 'longest')],
          noData: 'PostgreSQL does not answer',
          unit: 's',
          width: 4,
          levels: { warning: 60, bad: 300 },
        }),
      ],
    },
    {
      title: 'What it has to do',
      panels: [
        timeSeries('Connections by state', {
          description:
            'Connections by what they do, and how many there may be (dashed). Many that are idle in transaction are bad: they keep locks.',
          queries: [range('sum by (state) (pg_stat_activity_count)', '{{state}}'), range(allowed, 'allowed')],
          noData: 'PostgreSQL does not answer',
          unit: 'none',
          decimals: 0,
          width: 8,
          marked: { '/^allowed$/': { color: colors.bad, line: 'dash' } },
        }),
        timeSeries('Transactions', {
          description:
            'Transactions a second that were committed, and that were rolled back (dashed). Many that are rolled back are bad.',
          queries: [range(perSecond('xact_commit'), 'committed'), range(perSecond('xact_rollback'), 'rolled back')],
          noData: 'PostgreSQL does not answer',
          unit: 'ops',
          width: 8,
          marked: {
            '/^committed$/': { color: colors.good, line: 'solid' },
            '/^rolled back$/': { color: colors.bad, line: 'dash' },
          },
        }),
        timeSeries('Rows', {
          description:
            'Rows a second that were fetched, inserted, updated and deleted. Far more fetched than usual points to a missing index.',
          queries: [
            range(perSecond('tup_fetched'), 'fetched'),
            range(perSecond('tup_inserted'), 'inserted'),
            range(perSecond('tup_updated'), 'updated'),
            range(perSecond('tup_deleted'), 'deleted'),
          ],
          noData: 'PostgreSQL does not answer',
          unit: 'rowsps',
          width: 8,
        }),
        timeSeries('Locks by mode', {
          description: 'Locks that are held. Exclusive ones that stay are bad: others wait for them.',
          queries: [range(`sum by (mode) (pg_locks_count{${chosen}}) > 0`, '{{mode}}')],
          unit: 'none',
          decimals: 0,
          width: 8,
          noData: 'No locks',
        }),
        timeSeries('Deadlocks and conflicts', {
          description:
            'Transactions a second that PostgreSQL had to end because they waited for each other, or stood in the way of recovery. Anything but 0 is bad.',
          queries: [range(perSecond('deadlocks'), 'deadlocks'), range(perSecond('conflicts'), 'conflicts')],
          noData: 'PostgreSQL does not answer',
          unit: 'ops',
          width: 8,
        }),
        timeSeries('Longest transaction', {
          description:
            'How long the oldest open transaction ran, by the state of its connection. More than a minute (dashed) is a warning.',
          queries: [range(`max by (state) (pg_stat_activity_max_tx_duration{${chosen}})`, '{{state}}')],
          noData: 'PostgreSQL does not answer',
          unit: 's',
          width: 8,
          levels: { warning: 60 },
        }),
      ],
    },
    {
      title: 'What it has for that',
      panels: [
        timeSeries('Cache hits', {
          description: 'The share of blocks found in memory.',
          queries: [range(cacheHits, 'hits')],
          unit: 'percentunit',
          max: 1,
          width: 6,
          noData: 'Nothing is read',
        }),
        timeSeries('Size by database', {
          description: 'Bytes on disk. Steady growth fills the volume.',
          queries: [range(`sum by (datname) (pg_database_size_bytes{${chosen}})`, '{{datname}}')],
          noData: 'PostgreSQL does not answer',
          unit: 'bytes',
          width: 6,
          stacked: true,
        }),
        timeSeries('Temporary files', {
          description:
            'Bytes a second written to temporary files because memory did not suffice. Anything but 0 for long is bad.',
          queries: [range(perSecond('temp_bytes'), 'written')],
          noData: 'PostgreSQL does not answer',
          unit: 'binBps',
          width: 6,
        }),
        timeSeries('Write-ahead log', {
          description:
            'Bytes of the write-ahead log on disk. It normally stays below max_wal_size; growth beyond that fills the volume.',
          queries: [
            range('max(pg_wal_size_bytes)', 'on disk'),
            range('max(pg_settings_max_wal_size_bytes)', 'max_wal_size'),
          ],
          noData: 'PostgreSQL does not answer',
          unit: 'bytes',
          width: 6,
          marked: { '/^max_wal_size$/': { color: colors.bad, line: 'dash' } },
        }),
      ],
    },
    {
      title: 'The exporter',
      panels: [
        stateTimeline('What the exporter got', {
          description:
            'Whether the exporter could log in, and which parts of a scrape succeeded. A part that fails leaves panels empty.',
          queries: [
            range('min(pg_up)', 'log-in'),
            range('min by (collector) (pg_scrape_collector_success)', '{{collector}}'),
          ],
          unit: 'none',
          width: 8,
          levels: { badBelow: 1, goodFrom: 1 },
          words: { 0: 'FAILED', 1: 'ok' },
          noData: 'The exporter is not scraped',
        }),
        timeSeries('Duration of a scrape', {
          description:
            'Seconds that Prometheus waits for the exporter. Usually below 0.1 s; from 0.5 s on (dashed) PostgresExporterHighScrapeLatency fires.',
          queries: [range(scrapes, 'scrape')],
          unit: 's',
          width: 8,
          levels: { bad: 0.5 },
        }),
        timeSeries('Duration by collector', {
          description: 'Seconds that each part of a scrape takes.',
          queries: [range('max by (collector) (pg_scrape_collector_duration_seconds)', '{{collector}}')],
          noData: 'PostgreSQL does not answer',
          unit: 's',
          width: 8,
        }),
      ],
    },
  ],
});
