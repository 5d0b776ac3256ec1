import { describe, expect, it } from 'vitest';
import { checkSilences } from '../../../../src/chaos/preflight/checks/silences.js';
import type { Silence } from '../../../../src/monitoring/alertmanager.js';
import { givenAlertmanager, givenDrill, givenFacts, inWords, now } from '../given.js';

const silence = (name: string, value: string, more: Partial<Silence> = {}): Silence => ({
  id: 's1',
  state: 'active',
  matchers: [{ name, value, isRegex: false, isEqual: true }],
  startsAt: now + 60_000,
  endsAt: now + 3_600_000,
  createdBy: 'ann',
  comment: 'at work',
  ...more,
});
const found = (...silences: readonly Silence[]) =>
  inWords(checkSilences(givenDrill(), givenFacts({ alertmanager: givenAlertmanager({ silences }) }), {}));
const until = 'until 2026-11-21T13:00:00.000Z by ann: at work';

describe('a silence', () => {
  it.each([
    [silence('alertname', 'PostgresDown'), `weakness routed: PostgresDown is silenced ${until}`],
    [silence('service', 'postgres'), `weakness routed: PostgresDown is silenced ${until}`],
    // From the expression, which selects one namespace and leaves it in what it gives.
    [silence('namespace', 'app-services'), `weakness routed: PostgresDown is silenced ${until}`],
    [silence('team', 'red'), `warning routed: PostgresDown may be silenced ${until}`],
    [
      silence('service', 'postgres', { state: 'pending' }),
      `warning routed: PostgresDown will be silenced from 2026-11-21T12:01:00.000Z ${until}`,
    ],
  ])('that takes an expected alert is told', (given, words) => {
    expect(found(given)).toEqual([words]);
  });

  it.each([
    silence('alertname', 'Other'),
    silence('namespace', 'elsewhere'),
    silence('alertname', 'PostgresDown', { state: 'expired' }),
  ])('that takes none is not', (given) => {
    expect(found(given)).toEqual([]);
  });
});
