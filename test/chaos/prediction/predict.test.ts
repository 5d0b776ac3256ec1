import { describe, expect, it } from 'vitest';
import type { AutoscalerFacts } from '../../../src/chaos/preflight/facts/autoscaler.js';
import type { Drill } from '../../../src/chaos/drill.js';
import { predict } from '../../../src/chaos/prediction/predict.js';
import type { Facts } from '../../../src/chaos/preflight/facts.js';
import {
  burden,
  givenAlertmanager,
  givenAutoscaler,
  givenDrill,
  givenFacts,
  givenGroup,
  givenPod,
  givenPrometheus,
  givenRule,
  givenTarget,
  postgres,
} from '../preflight/given.js';

const times = (drill: Drill, facts: Facts) =>
  Object.fromEntries(predict(drill, facts).links.map(({ name, atMostMs }) => [name, atMostMs / 1000]));
const because = (drill: Drill, facts: Facts) =>
  Object.fromEntries(predict(drill, facts).links.map((link) => [link.name, link.because]));

const symptom = { url: 'https://webportal.shop.localhost/login', status: 503 };
const seen = givenDrill({ expect: { alerts: ['PostgresDown'], mayFire: [], receiver: 'inbox', symptom } });

/** kube-prometheus-stack as it comes: 30 s for scrape and evaluation; Alertmanager's own times. */
const chart = (more: { groups?: object[]; keepFiringForMs?: number } = {}) => {
  const { keepFiringForMs = 0 } = more;
  const text = `
route: { receiver: inbox, group_by: [namespace], group_wait: 30s, group_interval: 5m }
receivers: [{ name: inbox, webhook_configs: [{}] }]`;
  const groups = (more.groups ?? []) as never[];
  return givenFacts({
    target: {
      answer: {
        object: givenTarget({ template: { spec: givenPod({ terminationGracePeriodSeconds: 30 }) } }),
        pods: [],
        others: [],
      },
    },
    prometheus: {
      groups: [givenGroup([givenRule('PostgresDown', { forMs: 60_000, keepFiringForMs })], 30_000)],
      scraping: { intervalMs: 30_000, timeoutMs: 10_000, jobs: [], externalLabels: {} },
    },
    alertmanager: givenAlertmanager({ groups }, text),
  });
};

describe('the timeline of a drill with the defaults of the chart', () => {
  it('tells a new group within three minutes', () => {
    expect(times(seen, chart())).toEqual({
      fault: 1,
      endpoints: 30,
      symptom: 30,
      pending: 60,
      firing: 60,
      grouped: 1,
      routed: 0,
      delivered: 31,
      restored: 1,
      recovered: 1,
      resolved: 361,
    });
    expect(because(seen, chart())).toMatchObject({
      endpoints: 'terminationGracePeriodSeconds 30s',
      pending: 'scrape 30s + evaluation 30s',
      firing: 'for 1m',
      delivered: 'group_wait 30s + a request 1s',
      resolved: 'scrape 30s + evaluation 30s + group_interval 5m + a request 1s',
      routed: 'at once',
    });
    // Users and alerts see it side by side.
    expect(predict(seen, chart()).totalMs / 1000).toBe(1 + 30 + (60 + 60 + 1 + 0 + 31) + 1 + 361);
  });

  it('tells a group that is there within seven and a half', () => {
    const facts = chart({ groups: [{ labels: { namespace: 'app-services' }, receiver: 'inbox', alerts: [] }] });
    const { fault = 0, endpoints = 0, pending = 0, firing = 0, grouped = 0, delivered = 0 } = times(seen, facts);
    expect(delivered).toBe(301);
    expect(fault + endpoints + pending + firing + grouped + delivered).toBeLessThanOrEqual(7.6 * 60);
    expect(because(seen, facts)['delivered']).toBe('group_interval of the group that is there 5m + a request 1s');
  });

  it('waits for an alert that is kept firing, and holds the fault', () => {
    const facts = chart({ keepFiringForMs: 120_000 });
    expect(times(seen, facts)['resolved']).toBe(481);
    const held = predict({ ...seen, holdMs: 20_000 }, facts).totalMs;
    expect(held - predict(seen, facts).totalMs).toBe(20_000);
  });
});

describe('the timeline of a drill in a rehearsal with our own settings', () => {
  // Scrape and evaluation every 5 s, group_wait 1 s, group_interval 5 s.
  const facts = givenFacts({ simulation: 'pods are simulated' });

  it('is over in a minute, and says nothing of what nobody sees', () => {
    expect(times(seen, facts)).toEqual({
      fault: 1,
      endpoints: 5,
      pending: 10,
      firing: 30,
      grouped: 1,
      routed: 0,
      delivered: 2,
      restored: 1,
      resolved: 21,
    });
    expect(predict(seen, facts).totalMs).toBe(71_000);
  });

  it('says how often the job of the series is measured', () => {
    const jobs = { PostgresDown: [{ name: 'ksm', intervalMs: 15_000, timeoutMs: 5_000 }] };
    expect(because(seen, givenFacts({ prometheus: { jobs } }))['pending']).toBe('scrape 15s + evaluation 5s');
  });

  it('waits for rules that record what the expression selects', () => {
    const { query, labels, health, lastError, lastEvaluation } = givenRule('x');
    const recording = {
      type: 'recording' as const,
      name: 'job:up:sum',
      query,
      labels,
      health,
      lastError,
      lastEvaluation,
    };
    const groups = [
      givenGroup([givenRule('PostgresDown', { query: 'job:up:sum == 0' })]),
      givenGroup([recording], 30_000),
      givenGroup([{ ...recording, name: 'other' }], 600_000),
    ];
    expect(because(seen, givenFacts({ prometheus: { groups } }))['pending']).toBe(
      'scrape 5s + recording rule 30s + evaluation 5s',
    );
  });
});

describe('the time from pending to firing', () => {
  it.each([
    [0, 5_000, 0],
    [30_000, 5_000, 30],
    [12_000, 5_000, 15],
    [60_000, 60_000, 60],
    [60_000, 45_000, 90],
  ])('with `for` %d ms and an evaluation every %d ms is %d s', (forMs, intervalMs, seconds) => {
    const groups = [givenGroup([givenRule('PostgresDown', { forMs })], intervalMs)];
    expect(times(seen, givenFacts({ prometheus: { groups } }))['firing']).toBe(seconds);
  });
});

describe('the time until pods are ready again', () => {
  const recovered = (spec: Parameters<typeof givenTarget>[0], kind?: string) => {
    const object = { ...givenTarget(spec), ...(kind !== undefined && { kind }) };
    return because(seen, givenFacts({ target: { answer: { object, pods: [], others: [] } } }))['recovered'];
  };
  const probed = (container: object) => ({
    template: { spec: { ...givenPod(), containers: [{ name: 'main', ...container }] } },
  });
  const startup = { startupProbe: { periodSeconds: 2, failureThreshold: 60 }, readinessProbe: { periodSeconds: 5 } };

  it.each([
    [probed({}), undefined, 'a request 1s'],
    [probed(startup), undefined, 'startup and readiness probes 2m5s + a request 1s'],
    [probed({ readinessProbe: { initialDelaySeconds: 3 } }), undefined, 'readiness probe 13s + a request 1s'],
    [
      { ...probed({ readinessProbe: {} }), replicas: 3, minReadySeconds: 2 },
      undefined,
      'readiness probe, for 3 pods in turn, 30s + minReadySeconds 6s + a request 1s',
    ],
    [{ ...probed({ readinessProbe: {} }), replicas: 3 }, 'Deployment', 'readiness probe 10s + a request 1s'],
    [
      { ...probed({ readinessProbe: {} }), replicas: 3, podManagementPolicy: 'Parallel' as const },
      undefined,
      'readiness probe 10s + a request 1s',
    ],
  ])('comes from their probes', (spec, kind, words) => {
    expect(recovered(spec, kind)).toBe(words);
  });
});

describe('the timeline of other faults', () => {
  it('has no pods that go where the network is cut, more are asked for, or load is made', () => {
    const names = (fault: Drill['fault']) => Object.keys(times({ ...seen, fault }, givenFacts()));
    expect(names({ type: 'cut', target: postgres, direction: 'both', connections: 'keep' })).not.toContain('endpoints');
    expect(names({ type: 'scale', target: postgres, replicas: 3 })).not.toContain('endpoints');
    expect(names(burden)).not.toContain('endpoints');
    expect(names({ type: 'kill', target: postgres, count: 1 })).toContain('endpoints');
  });

  it('waits for load to weigh enough, and for the autoscaler to come down', () => {
    const autoscaler = givenAutoscaler({ behavior: { scaleDown: { stabilizationWindowSeconds: 120 } } });
    const facts = (more: Partial<AutoscalerFacts> = {}) =>
      givenFacts({ autoscaler: { answer: { autoscaler, names: [], pods: [], ...more } } });
    expect(because({ ...seen, fault: burden }, facts())).toMatchObject({
      pending: 'the load 10m + scrape 5s + evaluation 5s',
      resolved:
        'metrics and autoscaler 30s + stabilizationWindowSeconds 2m + scrape 5s + evaluation 5s + group_interval 5s + a request 1s',
    });
    const seldom = because({ ...seen, fault: burden }, facts({ metricsResolutionMs: 60_000 }))['resolved'];
    expect(seldom).toMatch(/^metrics and autoscaler 1m15s \+/);
  });

  it('knows the pods of a node that is drained', () => {
    const pods = [
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'p' },
        spec: givenPod({ terminationGracePeriodSeconds: 90 }),
      },
    ];
    const { target, ...facts } = givenFacts({ node: { answer: { nodes: [], candidates: ['w'], pods, budgets: [] } } });
    expect(target).toBeDefined();
    expect(times({ ...seen, fault: { type: 'drain', node: 'w' } }, facts)['endpoints']).toBe(90);
  });
});

describe('what cannot be told', () => {
  it('is left out where nobody answers, or no rule is there', () => {
    const silent = { problem: 'no answer' };
    const answering = { answer: givenPrometheus() };
    const names = (facts: Facts) => Object.keys(times(givenDrill(), facts));
    const rest = ['fault', 'endpoints', 'restored'];
    expect(names(givenFacts({ monitoring: { prometheus: silent, alertmanager: silent, inbox: silent } }))).toEqual(
      rest,
    );
    expect(names(givenFacts({ prometheus: { groups: [] } }))).toEqual(rest);
    expect(names(givenFacts({ monitoring: { prometheus: answering, alertmanager: silent, inbox: silent } }))).toEqual([
      ...['fault', 'endpoints', 'pending', 'firing', 'grouped', 'routed', 'restored'],
    ]);
  });
});
