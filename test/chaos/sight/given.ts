import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Fault } from '../../../src/chaos/drill.js';
import { effectOf } from '../../../src/chaos/sight/effect-of-fault.js';
import type { Sight } from '../../../src/chaos/sight/judgement.js';
import type { AlertingRule } from '../../../src/chaos/sight/rule.js';
import { sightOf, type SightWorld } from '../../../src/chaos/sight/sight.js';
import type { Surroundings } from '../../../src/chaos/sight/surroundings.js';
import { parseDuration } from '../../../src/duration.js';
import { monitoringAt } from '../../../src/monitoring/monitoring.js';
import { systemProcesses } from '../../../src/process.js';
import { tool } from '../../installed-tool.js';
import { rulesFolder } from '../../rules/rule-files.js';
import { prometheusProgram, type PrometheusProgram } from './prometheus-program.js';

export const intervalMs = 5_000;

export const postgres = { kind: 'statefulset', namespace: 'app-services', name: 'postgres' } as const;
export const postgresDown: Fault = { type: 'scale', target: postgres, replicas: 0 };
export const aroundPostgres: Surroundings = {
  pods: [{ namespace: 'app-services', name: 'postgres-0', address: '10.0.0.7', workload: postgres }],
  services: [{ namespace: 'app-services', name: 'postgres' }],
  autoscalers: [],
};

export const api = { kind: 'deployment', namespace: 'app-services', name: 'api' } as const;
export const apiDown: Fault = { type: 'scale', target: api, replicas: 0 };
export const aroundApi: Surroundings = {
  pods: ['api-7d9f-aaaaa', 'api-7d9f-bbbbb'].map((name) => ({
    namespace: 'app-services',
    name,
    workload: api,
    replicaSet: 'api-7d9f',
  })),
  services: [{ namespace: 'app-services', name: 'api' }],
  autoscalers: [{ namespace: 'app-services', name: 'api' }],
};

/** A rule as Prometheus would tell of it. */
export function rule(name: string, query: string, more: Partial<AlertingRule> = {}): AlertingRule {
  return {
    name,
    query,
    labels: {},
    annotations: {},
    health: 'ok',
    lastError: '',
    lastEvaluation: 0,
    type: 'alerting',
    state: 'inactive',
    alerts: [],
    forMs: 0,
    keepFiringForMs: 0,
    ...more,
  };
}

const ruleFileSchema = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({
          alert: z.string().optional(),
          record: z.string().optional(),
          expr: z.string(),
          for: z.string().default('0s'),
          labels: z.record(z.string(), z.string()).default({}),
        }),
      ),
    }),
  ),
});

/** The rules of `assets/rules/` that are called so. */
export async function shipped(file: string, alert: string): Promise<readonly AlertingRule[]> {
  const { groups } = ruleFileSchema.parse(parse(await readFile(join(rulesFolder, file), 'utf8')));
  return groups
    .flatMap(({ rules }) => rules)
    .filter((found) => found.alert === alert)
    .map((found) => rule(alert, found.expr, { forMs: parseDuration(found.for), labels: found.labels }));
}

/** Recordings of `assets/rules/`, as the API of Prometheus tells of them. */
export async function shippedRecordings(file: string): Promise<object> {
  const { groups } = ruleFileSchema.parse(parse(await readFile(join(rulesFolder, file), 'utf8')));
  const rules = groups
    .flatMap((group) => group.rules)
    .flatMap(({ record, expr, labels }) => (record === undefined ? [] : [recording(record, expr, labels)]));
  return { name: 'recordings', file, interval: 5, rules };
}

export function recording(name: string, query: string, labels: Record<string, string> = {}): object {
  return { name, query, labels, type: 'recording', health: 'ok', lastEvaluation: '2026-11-21T12:00:00Z' };
}

/** A world that has a Prometheus with these series, and the real promtool. */
export async function worldWith(program: PrometheusProgram) {
  const { url, requests } = await prometheusProgram(program);
  const world: SightWorld = {
    monitoring: monitoringAt({ prometheus: url, alertmanager: url, inbox: url }),
    processes: systemProcesses(),
    tool: (name) => tool(name),
  };
  return { world, requests };
}

export interface Asked extends PrometheusProgram {
  readonly fault?: Fault;
  readonly around?: Surroundings;
}

/** Whether a rule sees a fault, PostgreSQL scaled to zero without another one. */
export async function seen(
  given: AlertingRule,
  { fault = postgresDown, around = aroundPostgres, ...program }: Asked,
): Promise<Sight> {
  const { world } = await worldWith(program);
  return sightOf(given, intervalMs, effectOf(fault, around), world, new AbortController().signal);
}
