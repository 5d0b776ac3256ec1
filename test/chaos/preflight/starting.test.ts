import { describe, expect, it } from 'vitest';
import type { PrometheusFacts } from '../../../src/chaos/preflight/facts/prometheus.js';
import { whatStarts } from '../../../src/chaos/preflight/starting.js';
import { givenAlertmanager, givenDrill, givenFacts, givenGroup, givenRule, now } from './given.js';

const young = { startTime: now - 3_000, reloadConfigSuccess: true, lastConfigTime: now - 3_000 };
const job = { name: 'kube-state-metrics', intervalMs: 5_000, timeoutMs: 5_000 };
const measured = { PostgresDown: [job] } as unknown as PrometheusFacts['jobs'];
const target = (health: 'up' | 'unknown') => ({
  ...{ labels: { job: job.name }, scrapePool: job.name, scrapeUrl: '', lastError: '', lastScrape: 0 },
  health,
});
const waitedFor = (prometheus: Partial<PrometheusFacts>, alertmanager = givenAlertmanager()) =>
  whatStarts(givenDrill(), givenFacts({ prometheus, alertmanager }));

describe('programs that have just started', () => {
  it('have not measured what a rule reads, while there are targets that they have not asked', () => {
    const nothing = 'Prometheus has not measured what PostgresDown reads';
    expect(waitedFor({ runtime: young })).toBe(nothing);
    expect(waitedFor({ runtime: young, targets: [target('up'), target('unknown')] })).toBe(nothing);
    expect(waitedFor({ runtime: young, targets: [target('up')] })).toBeUndefined();
    expect(waitedFor({ runtime: young, targets: [target('unknown')], jobs: measured })).toBeUndefined();
  });

  it('have not evaluated a rule yet', () => {
    const groups = [givenGroup([givenRule('PostgresDown', { health: 'unknown' })])];
    expect(waitedFor({ runtime: young, jobs: measured, groups })).toBe('Prometheus has not evaluated PostgresDown');
  });

  it('have not heard of the alert that always fires', () => {
    const silent = { alerts: [], startedAt: now - 3_000 };
    expect(waitedFor({}, givenAlertmanager(silent))).toBe('Alertmanager has not heard of the alert Watchdog');
    const afterAMinute = { alerts: [], startedAt: now - 90_000 };
    expect(waitedFor({}, givenAlertmanager(afterAMinute))).toBe('Alertmanager has not heard of the alert Watchdog');
    const groups = [givenGroup([givenRule('PostgresDown')])];
    expect(waitedFor({ groups }, givenAlertmanager(silent))).toBeUndefined();
  });

  it('are not waited for where they run for a while, do not answer, or nobody expects an alert', () => {
    expect(waitedFor({}, givenAlertmanager({ alerts: [] }))).toBeUndefined();
    const facts = givenFacts({ prometheus: { runtime: young } });
    const { monitoring } = facts;
    if (!monitoring) throw new Error('nothing watches');
    const away = { ...facts, monitoring: { ...monitoring, prometheus: { problem: 'away' } } };
    expect(whatStarts(givenDrill(), away)).toBeUndefined();
    expect(whatStarts(givenDrill({ expect: { alerts: [], mayFire: [] } }), facts)).toBeUndefined();
  });
});
