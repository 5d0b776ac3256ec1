import type { ChainInput } from '../../../src/chaos/chain/evidence.js';
import { judgeChain } from '../../../src/chaos/chain/judge.js';
import type { Drill, LinkName } from '../../../src/chaos/drill.js';
import type { AlertSighting, DeliverySighting, Link, Observations, TargetSample } from '../../../src/chaos/record.js';

/** When the fault is made; everything else is told in seconds after it. */
export const faultAt = Date.parse('2026-11-21T12:00:00Z');
export const after = (seconds: number) => faultAt + seconds * 1000;

export const drill: Drill = {
  name: 'db-down',
  summary: 'The database is gone',
  origin: 'assets/drills/db-down.yaml',
  fault: { type: 'scale', target: { kind: 'statefulset', namespace: 'app', name: 'postgres' }, replicas: 0 },
  expect: {
    symptom: { url: 'https://webportal.shop.localhost/login', status: 503, text: 'try again' },
    alerts: ['PostgresDown'],
    mayFire: ['ApiSlow'],
    receiver: 'inbox',
  },
  budgets: {},
  holdMs: 0,
};

const budgets: Readonly<Partial<Record<LinkName, number>>> = {
  endpoints: 5_000,
  symptom: 5_000,
  pending: 10_000,
  firing: 15_000,
  grouped: 5_000,
  routed: 1_000,
  delivered: 5_000,
  recovered: 10_000,
  resolved: 20_000,
};

export const fired: AlertSighting = {
  name: 'PostgresDown',
  labels: { alertname: 'PostgresDown' },
  isBaseline: false,
  pendingAt: after(6),
  firingAt: after(16),
  groupedAt: after(16.2),
  receivers: ['inbox'],
  endedAt: after(33),
};

export function target(seconds: number, ready: number, wanted = ready): TargetSample {
  return { at: after(seconds), wanted, ready, endpoints: ready };
}

export function probe(seconds: number, status: number, hasText = status === 503) {
  return { at: after(seconds), durationMs: 20, status, hasText };
}

export function delivery(seconds: number, status: 'firing' | 'resolved', name = 'PostgresDown'): DeliverySighting {
  return { at: after(seconds), kind: 'webhook', receiver: 'inbox', status, alerts: [{ name, status }] };
}

/** What arrives at the inbox's Slack: the name of a receiver is not in it. */
export function slackMessage(seconds: number, status: 'firing' | 'resolved'): DeliverySighting {
  return { ...delivery(seconds, status), kind: 'slack', receiver: 'alerts' };
}

export function count(seconds: number, sent: number, failed = 0, reasons: Record<string, number> = {}) {
  return { at: after(seconds), receiver: 'inbox', integration: 'webhook', sent, failed, reasons };
}

/** What is seen where everything goes as it should. */
export const seen: Observations = {
  alerts: [fired],
  deliveries: [delivery(18, 'firing'), delivery(36, 'resolved')],
  probes: [probe(-2, 200), probe(1, 200), probe(4, 503), probe(24, 503), probe(28, 200), probe(40, 200)],
  target: [target(-2, 1), target(2, 0), target(27, 1)],
  autoscaler: [],
  load: [],
  notifications: [count(-2, 3), count(18.5, 4), count(36.5, 5)],
  silences: [],
  rules: [{ alert: 'PostgresDown', exists: true, health: 'ok', state: 'inactive', forMs: 10_000 }],
  incidents: [],
};

export type Seen = Partial<Observations>;

/** A drill that was restored after 25 s and has ended after 90. */
function inputOf(observed: Seen = {}, change: Partial<ChainInput> = {}): ChainInput {
  return {
    drill,
    observations: { ...seen, ...observed },
    marks: { startedAt: after(-10), faultAt, restoredAt: after(25), endedAt: after(90) },
    prediction: { links: [{ name: 'firing', alert: 'PostgresDown', atMostMs: 10_000, because: '' }], totalMs: 0 },
    budgetFor: (name) => budgets[name],
    isRehearsed: false,
    now: after(90),
    ...change,
  };
}

export function judged(observed: Seen = {}, change: Partial<ChainInput> = {}): readonly Link[] {
  return judgeChain(inputOf(observed, change));
}

/** The statuses of all links: `fault met, endpoints met, …`. */
export function statuses(links: readonly Link[]): string {
  return links.map(({ name, status }) => `${name} ${status}`).join(', ');
}

/** The broken links, with why. */
export function broken(links: readonly Link[]): string[] {
  return links.filter(({ status }) => status === 'broken').map(({ name, cause }) => `${name}: ${cause ?? ''}`);
}

export function linkOf(links: readonly Link[], name: LinkName, alert?: string): Link {
  const found = links.find((link) => link.name === name && (alert === undefined || link.alert === alert));
  if (!found) throw new Error(`there is no link ${name}`);
  return found;
}

/** The alert, without some of what came of it. */
export function alertWithout(...fields: readonly (keyof AlertSighting)[]): AlertSighting {
  return Object.fromEntries(
    Object.entries(fired).filter(([key]) => !(fields as readonly string[]).includes(key)),
  ) as unknown as AlertSighting;
}
