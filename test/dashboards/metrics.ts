import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { asset } from '../../src/paths.js';

const recordings = asset('test', 'fixtures', 'metrics');

// Our services' own, besides what prom-client gives every process.
const services = [
  'http_requests_total',
  'http_request_duration_seconds_bucket',
  'http_request_duration_seconds_count',
  'http_request_duration_seconds_sum',
  'http_requests_in_flight',
  'dependency_up',
];

// What Prometheus adds to every scrape and to every alert.
const ofPrometheusItself = ['up', 'scrape_duration_seconds', 'scrape_samples_scraped', 'ALERTS', 'ALERTS_FOR_STATE'];

/** The recording rules that dashboards draw; assets/rules makes them. */
export const recordedSeries = [
  'slo:objective:ratio',
  'slo:error_ratio:rate5m',
  'slo:error_ratio:rate30m',
  'slo:error_ratio:rate1h',
  'slo:error_ratio:rate6h',
  'slo:error_ratio:rate3d',
  'slo:error_budget_remaining:ratio3d',
];

/** Every metric that something in the environment exposes: recorded from the real exporters, by name. */
export function knownMetrics(): ReadonlySet<string> {
  const recorded = readdirSync(recordings).flatMap((file) =>
    readFileSync(join(recordings, file), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#')),
  );
  return new Set([...recorded, ...services, ...ofPrometheusItself, ...recordedSeries]);
}

/** The metrics that a PromQL expression reads. */
export function metricsIn(expr: string): string[] {
  const bare = expr
    .replaceAll(/"[^"]*"/g, '')
    .replaceAll(/\{[^}]*\}/g, '')
    .replaceAll(/\[[^\]]*\]/g, '')
    .replaceAll(/\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, ' ');
  const words = bare.match(/(?<![\w:.])[A-Za-z_:][\w:]*(?![\w:]|\s*\()/g) ?? [];
  return words.filter((word) => !operators.has(word));
}

const operators = new Set(['and', 'or', 'unless', 'bool', 'offset']);
