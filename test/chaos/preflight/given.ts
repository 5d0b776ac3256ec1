import type { Drill, Fault, LoadFault } from '../../../src/chaos/drill.js';
import type { Finding } from '../../../src/chaos/record.js';
import type { Facts } from '../../../src/chaos/preflight/facts.js';
import type { AlertmanagerFacts } from '../../../src/chaos/preflight/facts/alertmanager.js';
import type { Autoscaler } from '../../../src/chaos/autoscaling/autoscaler.js';
import type { PrometheusFacts } from '../../../src/chaos/preflight/facts/prometheus.js';
import type { PodSpec } from '../../../src/chaos/workload/pod.js';
import type { TargetObject } from '../../../src/chaos/workload/workload.js';
import type { FiringAlert } from '../../../src/monitoring/alertmanager.js';
import type { RuleGroup } from '../../../src/monitoring/prometheus-rules.js';
import { routesOf } from '../../../src/monitoring/routing.js';

/** The moment of all facts. */
export const now = Date.parse('2026-11-21T12:00:00Z');

export const postgres = { kind: 'statefulset', namespace: 'app-services', name: 'postgres' } as const;
export const scaleToZero: Fault = { type: 'scale', target: postgres, replicas: 0 };
export const burden: LoadFault = {
  type: 'load',
  url: 'https://images.shop.localhost/thumbnail',
  target: { kind: 'deployment', namespace: 'app-services', name: 'images' },
  requests: 100_000,
  workers: 100,
  tool: 'hey',
  atMostMs: 600_000,
  simulated: { ratePerSecond: 1_000, cpuMs: 5 },
};

/** The database goes down, and PostgresDown reaches the inbox. */
export function givenDrill(more: Partial<Drill> = {}): Drill {
  return {
    name: 'db-down',
    summary: 'The database goes down',
    origin: 'a test',
    fault: scaleToZero,
    expect: { alerts: ['PostgresDown'], mayFire: [], receiver: 'inbox' },
    budgets: {},
    holdMs: 0,
    ...more,
  };
}

type AlertingRule = Extract<RuleGroup['rules'][number], { readonly type: 'alerting' }>;

export function givenRule(name: string, more: Partial<AlertingRule> = {}): AlertingRule {
  return {
    type: 'alerting',
    name,
    query: 'max by (namespace) (kube_statefulset_status_replicas_ready{namespace="app-services"}) == 0',
    labels: { severity: 'critical', service: 'postgres' },
    health: 'ok',
    lastError: '',
    lastEvaluation: now - 2_000,
    state: 'inactive',
    forMs: 30_000,
    keepFiringForMs: 0,
    annotations: {},
    alerts: [],
    ...more,
  };
}

export function givenGroup(rules: RuleGroup['rules'], intervalMs = 5_000): RuleGroup {
  return { name: 'a group', file: 'rules.yaml', intervalMs, rules };
}

export function givenPrometheus(more: Partial<PrometheusFacts> = {}): PrometheusFacts {
  return {
    now,
    clock: { ms: 0, uncertaintyMs: 5 },
    groups: [givenGroup([givenRule('PostgresDown'), givenRule('Watchdog', { query: 'vector(1)' })])],
    alerts: [],
    alertmanagers: ['http://127.0.0.1:9093/api/v2/alerts'],
    runtime: { startTime: now - 3_600_000, reloadConfigSuccess: true, lastConfigTime: now - 3_600_000 },
    scraping: { intervalMs: 5_000, timeoutMs: 5_000, jobs: [], externalLabels: {} },
    targets: [],
    jobs: {},
    ...more,
  };
}

/** What the bundled values make of Alertmanager locally, in short. */
export const configuration = `
route:
  receiver: inbox
  group_by: [alertname, namespace, service]
  group_wait: 1s
  group_interval: 5s
receivers:
  - name: inbox
    webhook_configs: [{ url: 'http://inbox/alerts' }]
    slack_configs: [{ api_url: 'http://inbox/slack', send_resolved: true }]
  - name: "null"
`;

export function givenAlertmanager(more: Partial<AlertmanagerFacts> = {}, text = configuration): AlertmanagerFacts {
  const alerts = [firing({ alertname: 'Watchdog', severity: 'none' })];
  const known = { startedAt: now - 3_600_000, routing: routesOf(text), namesReceivers: true };
  return { alerts, groups: [], silences: [], ...known, ...more };
}

export function firing(labels: Record<string, string>, more: Partial<FiringAlert> = {}): FiringAlert {
  return {
    labels,
    annotations: {},
    startsAt: now - 60_000,
    endsAt: now + 180_000,
    updatedAt: now - 20_000,
    fingerprint: 'abc',
    receivers: ['inbox'],
    status: { state: 'active', silencedBy: [], inhibitedBy: [], mutedBy: [] },
    ...more,
  };
}

/** A database as our chart makes it, whole and settled. */
export function givenTarget(spec: Partial<TargetObject['spec']> = {}, metadata: object = {}): TargetObject {
  const replicas = spec.replicas ?? 1;
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'postgres', namespace: 'app-services', uid: 'u1', generation: 1, ...metadata },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'postgres' } },
      template: { spec: givenPod() },
      volumeClaimTemplates: [{ metadata: { name: 'data' } }],
      persistentVolumeClaimRetentionPolicy: { whenScaled: 'Retain' },
      ...spec,
    },
    status: { observedGeneration: 1, replicas, readyReplicas: replicas, updatedReplicas: replicas },
  };
}

export function givenPod(more: Partial<PodSpec> = {}): PodSpec {
  return {
    containers: [
      {
        name: 'postgres',
        image: 'docker.io/library/postgres:17.6',
        resources: { requests: { cpu: '100m' } },
        volumeMounts: [
          { name: 'data', mountPath: '/var/lib/postgresql/data' },
          { name: 'scratch', mountPath: '/tmp' },
        ],
      },
    ],
    volumes: [{ name: 'scratch', emptyDir: {} }],
    terminationGracePeriodSeconds: 60,
    ...more,
  };
}

/** One that can scale from 2 to 10, and stands still at 2. */
export function givenAutoscaler(
  spec: Partial<Autoscaler['spec']> = {},
  status: Partial<Autoscaler['status']> = {},
): Autoscaler {
  return {
    metadata: { name: 'images', namespace: 'app-services', uid: 'images-autoscaler' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'images' },
      minReplicas: 2,
      maxReplicas: 10,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization' } } }],
      ...spec,
    },
    status: {
      currentReplicas: 2,
      desiredReplicas: 2,
      conditions: [
        { type: 'AbleToScale', status: 'True', reason: 'ReadyForNewScale' },
        { type: 'ScalingActive', status: 'True', reason: 'ValidMetricFound' },
      ],
      ...status,
    },
  };
}

/** Everything as it should be, but for what is given; nothing is simulated. */
export function givenFacts({ prometheus, alertmanager, ...more }: GivenFacts = {}): Facts {
  return {
    at: now,
    monitoring: {
      prometheus: { answer: givenPrometheus(prometheus) },
      alertmanager: { answer: alertmanager ?? givenAlertmanager() },
      inbox: { answer: true },
    },
    target: { answer: { object: givenTarget(), pods: [], others: [] } },
    openDrills: { answer: [] },
    reaper: { answer: { isAlive: true, renewedAt: now - 5_000 } },
    addresses: {},
    ...more,
  };
}

interface GivenFacts extends Partial<Facts> {
  readonly prometheus?: Partial<PrometheusFacts>;
  readonly alertmanager?: AlertmanagerFacts;
}

/** `weakness routed: …`, as a test reads best. */
export function inWords(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ level, link, message }) => [level, link].filter(Boolean).join(' ') + `: ${message}`);
}
