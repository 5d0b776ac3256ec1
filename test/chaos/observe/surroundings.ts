import { onTestFinished } from 'vitest';
import type { Clock } from '../../../src/clock.js';
import type { ClusterClient } from '../../../src/kubernetes/client.js';
import type { Drill } from '../../../src/chaos/drill.js';
import type { Fact, Ledger } from '../../../src/chaos/observe/ledger.js';
import { startObserving, type Observer } from '../../../src/chaos/observe/observer.js';
import type { Watcher } from '../../../src/chaos/observe/watcher.js';
import type { World } from '../../../src/chaos/world.js';
import { withoutFile } from '../../../src/usecases/environment-of-record.js';
import { monitoringAt } from '../../../src/monitoring/monitoring.js';
import { systemProcesses } from '../../../src/process.js';
import { program, type Program } from '../../monitoring/programs.js';

/** Seconds pass this much faster: a drill of minutes is a test of seconds. */
const speed = 4;

function fastClock(): Clock {
  const start = Date.now();
  return {
    now: () => start + (Date.now() - start) * speed,
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        const stop = () => {
          clearTimeout(timer);
          reject(signal?.reason as Error);
        };
        const timer = setTimeout(() => {
          signal?.removeEventListener('abort', stop);
          resolve();
        }, milliseconds / speed);
        if (signal?.aborted) stop();
        else signal?.addEventListener('abort', stop, { once: true });
      }),
  };
}

/** Programs whose clocks are some milliseconds ahead of ours. */
export interface Skews {
  readonly prometheus?: number;
  readonly inbox?: number;
}

export interface Surroundings {
  readonly clock: Clock;
  readonly prometheus: Program;
  readonly alertmanager: Program;
  readonly inbox: Program;
  readonly world: World;
  readonly facts: Fact[];
  faultAt: number | undefined;
  observe(drill: Drill, watchers?: (ledger: Ledger) => readonly Watcher[]): Observer;
}

const success = (data: object) => ({ status: 'success', data });

/** Real servers that answer as Prometheus, Alertmanager and the inbox do while nothing happens. */
export async function surroundings(skews: Skews = {}, over: Partial<World> = {}): Promise<Surroundings> {
  const clock = fastClock();
  const [prometheus, alertmanager, inbox] = await Promise.all([program(), program(), program()]);
  const urls = { prometheus: prometheus.url, alertmanager: alertmanager.url, inbox: inbox.url };
  hasPrometheus(prometheus, []);
  hasRules(prometheus, 'inactive');
  startedAt(prometheus, clock.now() - 3_600_000);
  hasAlertmanager(alertmanager, []);
  alertmanager.answers.set('GET /metrics', '');
  inbox.answers.set('GET /api/deliveries', { deliveries: [] });
  const world: World = {
    environment: withoutFile('shop'),
    provider: { name: 'kind', simulation: undefined },
    client: noCluster,
    monitoring: monitoringAt(urls),
    clock,
    processes: systemProcesses(),
    tool: () => Promise.reject(new Error('no tool is needed')),
    probe: () => Promise.reject(new Error('nobody is asked')),
    ...over,
  };
  const facts: Fact[] = [];
  const made: Surroundings = {
    clock,
    prometheus,
    alertmanager,
    inbox,
    world,
    facts,
    faultAt: undefined,
    observe(drill, watchers = () => []) {
      prometheus.answers.set('GET /api/v1/query', {
        // Told when it is asked.
        toJSON() {
          const at = String((clock.now() + (skews.prometheus ?? 0)) / 1000);
          return success({ resultType: 'scalar', result: [Number(at), at] });
        },
      });
      const options = {
        onFact: (fact: Fact) => facts.push(fact),
        faultAt: () => made.faultAt,
        watchers,
      };
      const observer = startObserving(drill, world, options, new AbortController().signal);
      onTestFinished(() => observer.stop());
      return observer;
    },
  };
  return made;
}

/** A cluster in which there is nothing. */
const noCluster = {
  get: () => Promise.resolve(undefined),
  list: () => Promise.resolve([]),
} as unknown as ClusterClient;

export function startedAt({ answers }: Program, at: number): void {
  const startTime = inText(at);
  const runtime = { startTime, lastConfigTime: startTime, reloadConfigSuccess: true };
  answers.set('GET /api/v1/status/runtimeinfo', success(runtime));
  answers.set('GET /api/v1/alertmanagers', success({ activeAlertmanagers: [{ url: 'http://alertmanager' }] }));
}

export interface ToldAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly state?: 'pending' | 'firing';
  /** By the clock of Prometheus. */
  readonly at: number;
}

export function hasPrometheus({ answers }: Program, alerts: readonly ToldAlert[]): void {
  answers.set('GET /api/v1/alerts', success({ alerts: alerts.map(inPrometheus) }));
}

function inPrometheus({ labels, state = 'pending', at }: ToldAlert) {
  return { labels, annotations: {}, state, activeAt: inText(at), value: '1' };
}

/** The rule PostgresDown, with the alerts it has. */
export function hasRules({ answers }: Program, state: string, alerts: readonly ToldAlert[] = []): void {
  const rule = {
    name: 'PostgresDown',
    type: 'alerting',
    query: 'up == 0',
    state,
    duration: 10,
    health: state === 'unknown' ? 'unknown' : 'ok',
    lastEvaluation: '2026-11-21T12:00:00Z',
    alerts: alerts.map(inPrometheus),
  };
  answers.set('GET /api/v1/rules', success({ groups: [{ name: 'g', file: 'f', interval: 5, rules: [rule] }] }));
}

export interface ToldGroup {
  readonly labels?: Readonly<Record<string, string>>;
  readonly alerts: readonly (ToldAlert & { readonly id: string; readonly status?: object })[];
}

/** Groups of the receiver `inbox`. */
export function hasAlertmanager({ answers }: Program, groups: readonly ToldGroup[]): void {
  const told = groups.map(({ labels = {}, alerts }) => ({
    labels,
    receiver: { name: 'inbox' },
    alerts: alerts.map(({ id, labels: own, at, status }) => ({
      labels: own,
      annotations: {},
      startsAt: inText(at),
      endsAt: inText(at + 240_000),
      updatedAt: inText(at),
      fingerprint: id,
      receivers: [{ name: 'inbox' }],
      status: { state: 'active', silencedBy: [], inhibitedBy: [], mutedBy: [], ...status },
    })),
  }));
  answers.set('GET /api/v2/alerts/groups', told);
  answers.set(
    'GET /api/v2/alerts',
    told.flatMap(({ alerts }) => alerts),
  );
}

/** @param at by the clock of the inbox */
export function delivered(
  { answers }: Program,
  at: number,
  status: 'firing' | 'resolved',
  name = 'PostgresDown',
): void {
  const { deliveries } = answers.get('GET /api/deliveries') as { deliveries: object[] };
  const told = { name, status, labels: { alertname: name }, annotations: {} };
  const id = String(deliveries.length);
  const one = { id, receivedAt: inText(at), kind: 'webhook', receiver: 'inbox', status, alerts: [told], body: {} };
  answers.set('GET /api/deliveries', { deliveries: [...deliveries, one] });
}

function inText(at: number): string {
  return new Date(at).toISOString();
}
