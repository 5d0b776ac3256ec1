import { describe, expect, it } from 'vitest';
import { alertsNow } from '../../src/monitoring/alerts-now.js';
import type { FiringAlert } from '../../src/monitoring/alertmanager.js';
import { createStyle } from '../../src/ui/style.js';
import { alertsText } from '../../src/ui/alerts-text.js';

const now = Date.parse('2026-11-21T12:00:00Z');
const clock = { now: () => now, sleep: () => Promise.resolve() };
const style = createStyle({ color: false });

const alert = (
  alertname: string,
  minutes: number,
  more: Partial<FiringAlert['status']> & { severity?: string } = {},
): FiringAlert => {
  const { severity = 'warning', ...status } = more;
  return {
    labels: { alertname, severity },
    annotations: { summary: `${alertname} it is` },
    ...{ startsAt: now - minutes * 60_000, endsAt: now, updatedAt: now, fingerprint: alertname, receivers: ['inbox'] },
    status: { state: 'active', silencedBy: [], inhibitedBy: [], mutedBy: [], ...status },
  };
};
const watchdog = alert('Watchdog', 600, { severity: 'none' });

function given(alerts: readonly FiringAlert[], startedMinutesAgo = 60) {
  let questions = 0;
  const asked = <T>(answer: T) => {
    questions += 1;
    return Promise.resolve(answer);
  };
  const startedAt = now - startedMinutesAgo * 60_000;
  const alertmanager = {
    alerts: () => asked(alerts),
    status: () => asked({ startedAt, version: '0.34.1', configuration: '' }),
  };
  return { found: alertsNow(alertmanager, clock), questions: () => questions };
}

describe('what fires now', () => {
  it('is asked for once, and is said without the alerts that only watch the watching', async () => {
    const { found, questions } = given([watchdog, alert('InfoInhibitor', 1), alert('HighLatency', 3)]);
    expect(await found).toEqual({
      firing: [
        {
          name: 'HighLatency',
          severity: 'warning',
          since: '2026-11-21T11:57:00.000Z',
          summary: 'HighLatency it is',
          labels: { alertname: 'HighLatency', severity: 'warning' },
        },
      ],
    });
    expect(questions()).toBe(1);
  });

  it('comes the most severe first, then the oldest', async () => {
    const critical = { severity: 'critical' };
    const { found } = given([
      watchdog,
      alert('a', 9),
      alert('b', 1, critical),
      alert('c', 2, critical),
      alert('d', 99, { severity: 'odd' }),
    ]);
    expect((await found).firing.map(({ name }) => name)).toEqual(['c', 'b', 'a', 'd']);
  });

  it('says why nobody is told of an alert', async () => {
    const { found } = given([
      watchdog,
      alert('a', 3, { silencedBy: ['s'] }),
      alert('b', 2, { inhibitedBy: ['f'] }),
      alert('c', 1),
    ]);
    expect((await found).firing.map(({ suppressed }) => suppressed)).toEqual(['silenced', 'inhibited', undefined]);
  });

  it('may be less than there is when the alert that always fires is missing', async () => {
    expect((await given([]).found).problem).toBe(
      'Prometheus does not reach Alertmanager: the alert Watchdog, which always fires, is missing',
    );
  });

  it('is not doubted in the first minutes of an Alertmanager', async () => {
    expect(await given([], 1).found).toEqual({ firing: [] });
  });

  it('is unknown while Alertmanager does not answer, which is said', async () => {
    const silent = () => Promise.reject(new Error('Alertmanager does not answer'));
    expect(await alertsNow({ alerts: silent, status: silent }, clock)).toEqual({
      firing: [],
      problem: 'Alertmanager does not answer',
    });
  });
});

describe('what fires now, for people', () => {
  it('is a row for each alert', async () => {
    const found = await given([watchdog, alert('PostgresDown', 3, { severity: 'critical', silencedBy: ['s'] })]).found;
    expect(alertsText(found, style, now)).toMatch(
      /^Alerts\n {2}\S+ PostgresDown +critical +for 3m 00s +PostgresDown it is \(silenced\)$/,
    );
  });

  it('is one line where nothing fires, and none where nothing watches', () => {
    expect(alertsText({ firing: [] }, style, now)).toBe('Alerts    none');
    expect(alertsText({ firing: [], problem: 'it is silent' }, style, now)).toMatch(/^Alerts {4}\S+ it is silent$/);
    expect(alertsText(undefined, style, now)).toBe('');
  });
});
