import { z } from 'zod';
import { alertSchema, ruleGroupSchema, type ActiveAlert, type RuleGroup } from './prometheus-rules.js';
import { seriesOf, samplesOf, queryResultSchema, type Sample, type Series } from './query-result.js';
import { moment, textMap } from './moments.js';
import type { Transport } from './transport.js';

/** What Prometheus scrapes. */
export type Target = z.infer<typeof targetSchema>;

const targetSchema = z.object({
  /** With `job`, `instance`, and for what runs in the cluster `namespace` and `pod`. */
  labels: textMap,
  scrapePool: z.string(),
  scrapeUrl: z.string(),
  health: z.enum(['up', 'down', 'unknown']),
  lastError: z.string(),
  /** Milliseconds since the epoch. */
  lastScrape: moment,
});

const runtimeSchema = z.object({
  /** Milliseconds since the epoch. */
  startTime: moment,
  /** Whether the newest configuration was taken. */
  reloadConfigSuccess: z.boolean(),
  lastConfigTime: moment,
});
export type PrometheusRuntime = z.infer<typeof runtimeSchema>;

export interface RangeQuery {
  /** Milliseconds since the epoch. */
  readonly start: number;
  readonly end: number;
  readonly stepMs: number;
}

export interface RuleFilter {
  /** Only these alerts and recordings. */
  readonly names?: readonly string[];
  readonly type?: 'alert' | 'record';
}

/** The HTTP API of Prometheus. */
export interface Prometheus {
  readonly address: string;
  /** @param at milliseconds since the epoch; now without it */
  query(expression: string, at?: number, signal?: AbortSignal): Promise<readonly Sample[]>;
  queryRange(expression: string, range: RangeQuery, signal?: AbortSignal): Promise<readonly Series[]>;
  rules(filter?: RuleFilter, signal?: AbortSignal): Promise<readonly RuleGroup[]>;
  /** Pending and firing ones; `activeAt` is when an alert got pending, not when it fired: that is Alertmanager's `startsAt`. */
  alerts(signal?: AbortSignal): Promise<readonly ActiveAlert[]>;
  targets(signal?: AbortSignal): Promise<readonly Target[]>;
  /** URLs of the Alertmanagers it sends alerts to. */
  alertmanagers(signal?: AbortSignal): Promise<readonly string[]>;
  runtime(signal?: AbortSignal): Promise<PrometheusRuntime>;
  /** The configuration that it has loaded, as YAML. */
  configuration(signal?: AbortSignal): Promise<string>;
}

export function prometheusClient(transport: Transport): Prometheus {
  const { address } = transport;
  const ask = async <T>(path: string, data: z.ZodType<T>, signal?: AbortSignal): Promise<T> =>
    (await transport.get(`/api/v1/${path}`, z.object({ data }), signal)).data;

  return {
    address,
    async query(expression, at, signal) {
      const asked = new URLSearchParams({ query: expression, ...(at !== undefined && { time: inSeconds(at) }) });
      return samplesOf(await ask(`query?${asked.toString()}`, queryResultSchema, signal));
    },
    async queryRange(expression, { start, end, stepMs }, signal) {
      const range = { start: inSeconds(start), end: inSeconds(end), step: inSeconds(stepMs) };
      const asked = new URLSearchParams({ query: expression, ...range });
      return seriesOf(await ask(`query_range?${asked.toString()}`, queryResultSchema, signal));
    },
    async rules({ names = [], type } = {}, signal) {
      const asked = new URLSearchParams(type === undefined ? {} : { type });
      for (const name of names) asked.append('rule_name[]', name);
      const schema = z.object({ groups: z.array(ruleGroupSchema) });
      return (await ask(`rules?${asked.toString()}`, schema, signal)).groups;
    },
    alerts: async (signal) => (await ask('alerts', z.object({ alerts: z.array(alertSchema) }), signal)).alerts,
    async targets(signal) {
      const schema = z.object({ activeTargets: z.array(targetSchema) });
      return (await ask('targets?state=active', schema, signal)).activeTargets;
    },
    async alertmanagers(signal) {
      const schema = z.object({ activeAlertmanagers: z.array(z.object({ url: z.string() })) });
      return (await ask('alertmanagers', schema, signal)).activeAlertmanagers.map(({ url }) => url);
    },
    runtime: (signal) => ask('status/runtimeinfo', runtimeSchema, signal),
    configuration: async (signal) => (await ask('status/config', z.object({ yaml: z.string() }), signal)).yaml,
  };
}

function inSeconds(milliseconds: number): string {
  return String(milliseconds / 1000);
}
