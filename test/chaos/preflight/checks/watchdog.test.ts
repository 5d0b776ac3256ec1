import { describe, expect, it } from 'vitest';
import { checkWatchdog } from '../../../../src/chaos/preflight/checks/watchdog.js';
import { firing, givenAlertmanager, givenDrill, givenFacts, givenGroup, givenRule, inWords, now } from '../given.js';

const found = (facts: Parameters<typeof givenFacts>[0], drill = givenDrill()) =>
  inWords(checkWatchdog(drill, givenFacts(facts), {}));
const watchdog = (ageMs: number) => firing({ alertname: 'Watchdog' }, { updatedAt: now - ageMs });

describe('the alert that always fires', () => {
  it('shows that Alertmanager hears of Prometheus', () => {
    expect(found({})).toEqual(['ok: the alert Watchdog reached Alertmanager 20.0s ago']);
  });

  it('is told by its age by the clock of Prometheus, not by ours', () => {
    expect(found({ at: now + 120_000, prometheus: { now: now + 100_000 } })).toEqual([
      'ok: the alert Watchdog reached Alertmanager 2m 00s ago',
    ]);
    expect(found({ alertmanager: givenAlertmanager({ alerts: [watchdog(151_000)] }) })).toEqual([
      'weakness firing: Alertmanager heard of the alert Watchdog 2m 31s ago for the last time, and should every minute',
    ]);
  });

  it('counts by the freshest where it is there more than once', () => {
    const alerts = [watchdog(200_000), watchdog(10_000)];
    expect(found({ alertmanager: givenAlertmanager({ alerts }) })[0]).toContain('ok:');
  });

  it('is missing where Prometheus does not reach Alertmanager', () => {
    expect(found({ alertmanager: givenAlertmanager({ alerts: [] }) })).toEqual([
      'weakness firing: Prometheus does not reach Alertmanager: the alert Watchdog, which always fires, is missing',
    ]);
  });

  it('may not have come yet to an Alertmanager that has just started', () => {
    expect(found({ alertmanager: givenAlertmanager({ alerts: [], startedAt: now - 30_000 }) })).toEqual([
      'inconclusive firing: Alertmanager started 30.0s ago and has not heard of the alert Watchdog yet',
    ]);
  });

  it('is told by its start by the clock of Prometheus beside it, not by ours', () => {
    const alertmanager = givenAlertmanager({ alerts: [], startedAt: now - 30_000 });
    expect(found({ at: now + 360_000, alertmanager })[0]).toContain(
      'inconclusive firing: Alertmanager started 30.0s ago',
    );
  });

  it('shows nothing where no rule raises it', () => {
    const groups = [givenGroup([givenRule('PostgresDown')])];
    expect(found({ prometheus: { groups }, alertmanager: givenAlertmanager({ alerts: [] }) })[0]).toContain(
      'warning firing: there is no alert Watchdog',
    );
  });

  it('is not asked for by a drill without alerts', () => {
    expect(found({}, givenDrill({ expect: { alerts: [], mayFire: [] } }))).toEqual([]);
  });
});
