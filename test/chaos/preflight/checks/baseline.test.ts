import { describe, expect, it } from 'vitest';
import { checkBaseline } from '../../../../src/chaos/preflight/checks/baseline.js';
import { givenDrill, givenFacts, inWords, now } from '../given.js';

const alert = (labels: Record<string, string>, state: 'pending' | 'firing' = 'firing') => ({
  labels,
  annotations: {},
  state,
  activeAt: now - 60_000,
  value: '1',
});
const found = (...alerts: readonly ReturnType<typeof alert>[]) =>
  inWords(checkBaseline(givenDrill(), givenFacts({ prometheus: { alerts } }), {}));

describe('the time before a fault', () => {
  it('is green while no expected alert is there', () => {
    expect(found(alert({ alertname: 'Watchdog' }), alert({ alertname: 'InfoInhibitor' }))).toEqual([
      'ok: none of the expected alerts is pending or firing',
    ]);
  });

  it.each(['pending', 'firing'] as const)('proves nothing when an expected alert is %s already', (state) => {
    expect(found(alert({ alertname: 'PostgresDown', namespace: 'app-services' }, state))).toEqual([
      `inconclusive pending: PostgresDown is ${state} already, since 2026-11-21T11:59:00.000Z`,
    ]);
  });

  it('is green when the alert is about something else', () => {
    expect(found(alert({ alertname: 'PostgresDown', namespace: 'elsewhere' }))).toEqual([
      'ok: none of the expected alerts is pending or firing',
    ]);
  });

  it('names what fires besides, once', () => {
    expect(
      found(alert({ alertname: 'Zzz', pod: '1' }), alert({ alertname: 'Zzz' }), alert({ alertname: 'Aaa' }))[0],
    ).toBe('note: firing already, and not because of this drill: Aaa, Zzz');
  });

  it('does not care what is only pending, or may fire anyway', () => {
    const drill = givenDrill({ expect: { alerts: ['PostgresDown'], mayFire: ['Follower'] } });
    const facts = givenFacts({
      prometheus: { alerts: [alert({ alertname: 'Follower' }), alert({ alertname: 'X' }, 'pending')] },
    });
    expect(inWords(checkBaseline(drill, facts, {}))).toEqual([
      'note: may fire as well, and has no rule: Follower',
      'ok: none of the expected alerts is pending or firing',
    ]);
  });
});
