import { hostname } from 'node:os';
import type { Drill, LinkName, LoadFault } from '../../src/chaos/drill.js';
import type {
  AlertSighting,
  AutoscalerSample,
  DrillRecord,
  Link,
  LoadSlice,
  PredictedLink,
  ProbeSample,
  TargetSample,
} from '../../src/chaos/record.js';
import { noObservations } from '../../src/chaos/observe/no-observations.js';
import { verdictOf, type RunFlags } from '../../src/chaos/verdict.js';
import type { UnjudgedRecord } from '../../src/chaos/verdict/unjudged-record.js';

/*
 * Runs of drills as they could have been, for whoever needs one. All begin at the same moment; what a test needs to be
 * different it gives as `more`.
 */

/** When the fault was accepted, or the load began. */
export const faultAt = Date.UTC(2026, 10, 21, 10, 0, 0);
const after = (seconds: number) => faultAt + Math.round(seconds * 1000);

/** A record without something that not every run has. */
export function without(record: DrillRecord, ...names: readonly ('restore' | 'scaling' | 'load')[]): UnjudgedRecord {
  const entries = Object.entries(record).filter(([name]) => !['verdict', ...names].includes(name));
  return Object.fromEntries(entries) as unknown as UnjudgedRecord;
}

/** Adds the verdict that belongs to a record. */
export function judged(record: UnjudgedRecord, flags?: RunFlags): DrillRecord {
  return { ...record, verdict: verdictOf(record, flags) };
}

export const dbDown: Drill = {
  name: 'db-down',
  summary: 'The database goes away: users are told, and so are we',
  origin: 'assets/drills/db-down.yaml',
  fault: {
    type: 'scale',
    target: { kind: 'statefulset', namespace: 'app-services', name: 'postgres' },
    replicas: 0,
  },
  expect: {
    symptom: { url: 'https://webportal.shop.localhost/login', status: 503, text: 'We cannot sign you in' },
    alerts: ['PostgresDown'],
    mayFire: ['APIServiceDown', 'HighErrorRatio'],
    receiver: 'inbox',
  },
  budgets: {},
  holdMs: 5000,
};

export const load: Drill & { readonly fault: LoadFault } = {
  name: 'load',
  summary: 'Many ask for one picture: the autoscaler follows',
  origin: 'platform.yaml',
  fault: {
    type: 'load',
    url: 'https://images.shop.localhost/uploads/cat.png',
    target: { kind: 'deployment', namespace: 'app-services', name: 'images' },
    requests: 100_000,
    workers: 100,
    tool: 'hey',
    atMostMs: 600_000,
    simulated: { ratePerSecond: 500, cpuMs: 4 },
  },
  expect: {
    alerts: [],
    mayFire: ['AutoscalerAtMaximum', 'HighLatency'],
    autoscaler: { namespace: 'app-services', name: 'images', reaches: 18 },
    load: { successRatio: 0.99, p95Ms: 500 },
  },
  budgets: {},
  holdMs: 0,
};

const predictedLinks: readonly PredictedLink[] = [
  { name: 'fault', atMostMs: 2000, because: 'one request' },
  { name: 'endpoints', atMostMs: 30_000, because: 'terminationGracePeriod 30s' },
  { name: 'symptom', atMostMs: 5000, because: 'asked every second' },
  { name: 'pending', alert: 'PostgresDown', atMostMs: 10_000, because: 'scrape 5s + evaluation 5s' },
  { name: 'firing', alert: 'PostgresDown', atMostMs: 30_000, because: '`for` 30s in steps of 5s' },
  { name: 'grouped', alert: 'PostgresDown', atMostMs: 5000, because: 'sent at the evaluation' },
  { name: 'routed', alert: 'PostgresDown', atMostMs: 1000, because: 'seen with its group' },
  { name: 'delivered', alert: 'PostgresDown', atMostMs: 6000, because: 'group_wait 1s or group_interval 5s' },
  { name: 'restored', atMostMs: 1000, because: 'one request' },
  { name: 'recovered', atMostMs: 30_000, because: 'start of the pods, readiness every 5s' },
  {
    name: 'resolved',
    alert: 'PostgresDown',
    atMostMs: 15_000,
    because: 'scrape 5s + evaluation 5s + group_interval 5s',
  },
];

/** A link that came `seconds` after the fault. */
function met(name: LinkName, seconds: number, tookMs: number, detail: string, alert?: string): Link {
  const predicted = predictedLinks.find((link) => link.name === name)?.atMostMs;
  const times = predicted === undefined ? {} : { budgetMs: predicted * 2, predictedMs: predicted };
  return { name, ...(alert !== undefined && { alert }), status: 'met', at: after(seconds), tookMs, ...times, detail };
}

const dbDownLinks: readonly Link[] = [
  met('fault', 0, 0, 'answer of the API server'),
  met('endpoints', 2.1, 2100, 'EndpointSlices of postgres'),
  met('symptom', 3.4, 1300, '503 with the expected text'),
  met('pending', 7.2, 5100, 'activeAt of Prometheus', 'PostgresDown'),
  met('firing', 37.2, 30_000, 'startsAt of Alertmanager', 'PostgresDown'),
  met('grouped', 37.9, 700, 'seen in Alertmanager', 'PostgresDown'),
  met('routed', 37.9, 0, 'receivers of its group: inbox', 'PostgresDown'),
  met('delivered', 40.3, 2400, "the inbox's own record", 'PostgresDown'),
  {
    name: 'restored',
    status: 'met',
    at: after(46),
    tookMs: 46_000,
    predictedMs: 1000,
    detail: 'the fault was taken back',
  },
  met('recovered', 51.5, 5500, '200'),
  met('resolved', 65.5, 14_000, "the inbox's own record", 'PostgresDown'),
];

const postgresDown: AlertSighting = {
  name: 'PostgresDown',
  labels: { alertname: 'PostgresDown', severity: 'critical', service: 'postgres' },
  isBaseline: false,
  pendingAt: after(7.2),
  firingAt: after(37.2),
  groupedAt: after(37.9),
  receivers: ['inbox'],
  endedAt: after(62),
};

const watchdog: AlertSighting = {
  name: 'Watchdog',
  labels: { alertname: 'Watchdog', severity: 'none' },
  isBaseline: true,
  pendingAt: after(-3600),
  firingAt: after(-3600),
  groupedAt: after(-30),
  receivers: ['null'],
};

const range = (from: number, to: number, step = 1) =>
  Array.from({ length: Math.round((to - from) / step) + 1 }, (_, index) => from + index * step);

function probeAt(second: number): ProbeSample {
  const at = after(second);
  if (second < 2.1 || second > 51)
    return { at, durationMs: 20 + (Math.abs(second) % 7) * 3, status: 200, hasText: false };
  if (second < 3.4) return { at, durationMs: 2000, error: 'no answer within 2s' };
  return { at, durationMs: 35 + (second % 5) * 4, status: 503, hasText: true };
}

function targetAt(second: number): TargetSample {
  const isGone = second >= 2.1 && second < 50;
  return {
    at: after(second),
    wanted: second >= 0 && second < 46 ? 0 : 1,
    ready: isGone ? 0 : 1,
    endpoints: isGone ? 0 : 1,
  };
}

const restoredPostgres = {
  by: 'ada@laptop/4711',
  results: [{ subject: 'statefulset/postgres in app-services', outcome: 'restored', detail: '1 replica again' }],
  differences: [],
} as const;

const dbDownRecord: UnjudgedRecord = {
  version: 1,
  run: '20261121t095950-a1b2c3',
  environment: 'shop',
  provider: 'kind',
  drill: dbDown,
  marks: { startedAt: after(-10), faultAt, restoredAt: after(46), endedAt: after(66) },
  clockOffsetsMs: { 'api-server': 12, prometheus: -8 },
  findings: [
    { check: 'rule-health', level: 'ok', message: 'PostgresDown is loaded and healthy' },
    { check: 'route', level: 'ok', link: 'routed', message: 'PostgresDown goes to inbox' },
    { check: 'other-alerts', level: 'note', message: 'CertificateExpiresSoon fires already' },
  ],
  prediction: { links: predictedLinks, totalMs: 120_000 },
  observations: {
    ...noObservations(),
    alerts: [watchdog, postgresDown],
    deliveries: [
      {
        at: after(40.3),
        kind: 'webhook',
        receiver: 'inbox',
        status: 'firing',
        alerts: [{ name: 'PostgresDown', status: 'firing' }],
      },
      {
        at: after(65.5),
        kind: 'webhook',
        receiver: 'inbox',
        status: 'resolved',
        alerts: [{ name: 'PostgresDown', status: 'resolved' }],
      },
    ],
    probes: range(-9, 65).map(probeAt),
    target: range(-9, 65).map(targetAt),
    notifications: [
      { at: after(-9), receiver: 'inbox', integration: 'webhook', sent: 3, failed: 0, reasons: {} },
      { at: after(66), receiver: 'inbox', integration: 'webhook', sent: 5, failed: 0, reasons: {} },
    ],
    rules: [{ alert: 'PostgresDown', exists: true, health: 'ok', state: 'inactive' }],
  },
  links: dbDownLinks,
  restore: restoredPostgres,
};

/** db-down on kind: everybody was told in time, and everything is as before. */
export function dbDownPassed(more: Partial<UnjudgedRecord> = {}, flags?: RunFlags): DrillRecord {
  return judged({ ...dbDownRecord, ...more }, flags);
}

/** The links of db-down up to one that broke for a reason; what comes after it was not reached. */
export function brokenAt(name: LinkName, cause: string): readonly Link[] {
  const index = dbDownLinks.findIndex((link) => link.name === name);
  return dbDownLinks.map((link, position) => {
    const { tookMs, detail, at, ...rest } = link;
    // The fault is taken back whatever happens.
    const isOfRestore = link.name === 'restored' || link.name === 'recovered';
    if (position < index || (position > index && isOfRestore)) return { ...rest, tookMs, detail, at } as Link;
    return position === index ? { ...rest, status: 'broken', cause } : { ...rest, status: 'unreached' };
  });
}

/** db-down: the alert fires, and Alertmanager keeps it to itself because of another one. */
export function dbDownInhibited(more: Partial<UnjudgedRecord> = {}): DrillRecord {
  const { endedAt, groupedAt, ...fired } = postgresDown;
  return dbDownPassed({
    run: '20261121t103000-d4e5f6',
    links: brokenAt('delivered', 'fired but inhibited by NodeDown'),
    observations: {
      ...dbDownRecord.observations,
      alerts: [
        watchdog,
        {
          ...fired,
          groupedAt: groupedAt ?? 0,
          endedAt: endedAt ?? 0,
          suppressed: { how: 'inhibited', by: ['NodeDown'] },
        },
        {
          name: 'NodeDown',
          labels: { alertname: 'NodeDown', severity: 'critical' },
          isBaseline: true,
          firingAt: after(-600),
          receivers: ['inbox'],
        },
      ],
      deliveries: [],
    },
    ...more,
  });
}

/** db-down on embedded: the alerts are real, the pods and the users are not. */
export function dbDownRehearsed(more: Partial<UnjudgedRecord> = {}): DrillRecord {
  const unseen: readonly LinkName[] = ['symptom', 'recovered'];
  return dbDownPassed({
    run: '20261121t110000-0a0b0c',
    provider: 'embedded',
    simulation: 'a real control plane with simulated nodes: no container runs',
    links: dbDownLinks.map(({ name, alert, status, ...rest }) =>
      unseen.includes(name)
        ? { name, status: 'unobserved', detail: 'simulated pods answer nobody' }
        : { name, ...(alert !== undefined && { alert }), status, ...rest },
    ),
    observations: { ...dbDownRecord.observations, probes: [] },
    ...more,
  });
}

/** db-down that proves nothing: Prometheus was away when the alert had to come. */
export function dbDownInconclusive(more: Partial<UnjudgedRecord> = {}): DrillRecord {
  return dbDownPassed({
    run: '20261121t113000-123456',
    links: brokenAt('pending', 'never pending: Prometheus was away'),
    observations: {
      ...dbDownRecord.observations,
      alerts: [watchdog],
      deliveries: [],
      silences: [{ who: 'prometheus', from: after(3), to: after(65), error: 'connect ECONNREFUSED 127.0.0.1:9090' }],
    },
    ...more,
  });
}

const replicasAt = (second: number): number => {
  if (second < 30) return 2;
  if (second < 45) return 10;
  if (second < 320) return 18;
  if (second < 350) return 9;
  if (second < 380) return 5;
  return second < 410 ? 3 : 2;
};

function autoscalerAt(second: number): AutoscalerSample {
  const replicas = replicasAt(second);
  const isLoaded = second > 20 && second < 195;
  return {
    at: after(second),
    desired: replicas,
    current: replicas,
    ready: replicasAt(second - 8),
    cpu: isLoaded ? Math.round(70 + 1200 / replicas) : 4,
    target: 70,
    conditions: replicas === 18 && isLoaded ? ['ScalingLimited=True (TooManyReplicas)'] : [],
  };
}

function loadSliceAt(second: number): LoadSlice {
  const slow = 600 / replicasAt(second - 8);
  return {
    from: after(second),
    to: after(second + 10),
    requests: 6000,
    statuses: second === 0 ? { '200': 5952, '503': 45 } : { '200': 6000 },
    errors: second === 0 ? { 'context deadline exceeded': 3 } : {},
    latency: { p50: 20 + slow / 4, p90: 40 + slow / 2, p95: 60 + slow, p99: 90 + slow * 2 },
  };
}

const loadRecord: UnjudgedRecord = {
  version: 1,
  run: '20261121t095945-777777',
  environment: 'shop',
  provider: 'kind',
  drill: load,
  marks: { startedAt: after(-15), faultAt, loadEndedAt: after(180), restoredAt: after(180), endedAt: after(425) },
  clockOffsetsMs: { 'api-server': 3 },
  findings: [{ check: 'autoscaler-settled', level: 'ok', message: 'images is at 2 of 2 replicas' }],
  prediction: {
    links: [{ name: 'fault', atMostMs: 1000, because: 'the load tool starts' }],
    scaling: {
      original: 2,
      peak: 18,
      up: [
        { afterMs: 45_000, replicas: 10 },
        { afterMs: 60_000, replicas: 18 },
      ],
      down: [
        { afterMs: 150_000, replicas: 9 },
        { afterMs: 180_000, replicas: 5 },
        { afterMs: 210_000, replicas: 3 },
        { afterMs: 240_000, replicas: 2 },
      ],
      because: 'metrics 15s + sync 15s; up 8 pods or 100% per 15s; down after 120s, 50% per 30s',
    },
    totalMs: 420_000,
  },
  observations: {
    ...noObservations(),
    alerts: [watchdog],
    autoscaler: range(-10, 420, 5).map(autoscalerAt),
    load: range(0, 170, 10).map(loadSliceAt),
  },
  links: [
    { name: 'fault', status: 'met', at: faultAt, tookMs: 0, detail: 'hey began' },
    { name: 'restored', status: 'met', at: after(180), tookMs: 180_000, detail: 'hey ended' },
  ],
  scaling: {
    original: 2,
    wanted: 18,
    maximum: 18,
    peak: 18,
    final: 2,
    firstStepMs: 30_000,
    reachedMs: 45_000,
    returnedMs: 230_000,
    path: [2, 10, 18, 9, 5, 3, 2],
    problems: [],
    status: 'as-expected',
  },
  load: {
    tool: 'hey',
    requests: 108_000,
    durationMs: 180_000,
    successRatio: 0.99956,
    latency: { p50: 31, p90: 62, p95: 104, p99: 177 },
    statuses: { '200': 107_952, '503': 45 },
    errors: { 'context deadline exceeded': 3 },
    problems: [],
    isSimulated: false,
  },
  restore: { by: 'ada@laptop/4711', results: [], differences: [] },
};

/** load on kind: 2 → 10 → 18 → … → 2 replicas under 108,000 requests. */
export function loadPassed(more: Partial<UnjudgedRecord> = {}): DrillRecord {
  return judged({ ...loadRecord, ...more });
}

/** What stands in the journal of a run that was killed while its fault lasted; its last line is torn. */
export const crashedRun = '20261121t120000-dead00';
export const crashedJournal = [
  {
    kind: 'started',
    at: after(-10),
    run: crashedRun,
    drill: 'db-down',
    environment: 'shop',
    provider: 'kind',
    // No process of this machine has this start time.
    process: { host: hostname(), pid: 1, startedAt: 'long ago' },
  },
  { kind: 'mark', at: faultAt, mark: 'fault' },
  { kind: 'alerts', at: after(7.2), value: { name: 'PostgresDown', pendingAt: after(7.2) } },
]
  .map((entry) => JSON.stringify(entry))
  .concat('{"kind":"alerts","at":17637')
  .join('\n');
