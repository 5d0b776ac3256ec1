import { describe, expect, it } from 'vitest';
import { sightFindings } from '../../../src/chaos/sight/findings.js';
import type { Sight } from '../../../src/chaos/sight/judgement.js';
import { postgresDown } from './given.js';

const drill = { fault: postgresDown, expect: { alerts: ['PostgresDown'], mayFire: [] } };
const sight = (verdict: Sight['verdict'], more: Partial<Sight> = {}): Sight => ({
  alert: 'PostgresDown',
  verdict,
  reason: 'both sides become 0',
  series: 2,
  ...more,
});
const subject = 'statefulset/postgres in app-services is scaled to 0';

describe('what is found of an expected alert', () => {
  it('is a weakness at the link pending where its rule is blind', () => {
    expect(sightFindings([sight('blind')], drill)).toMatchObject([
      {
        check: 'sight',
        level: 'weakness',
        link: 'pending',
        message: `the rule PostgresDown cannot see that ${subject}: both sides become 0`,
      },
    ]);
  });

  it('is fine where it sees the fault, and a warning where that depends on others', () => {
    expect(sightFindings([sight('sees', { firesAfterMs: 30_000 })], drill)).toMatchObject([
      { level: 'ok', message: `the rule PostgresDown sees that ${subject}: it fires after 30.0s` },
    ]);
    expect(
      sightFindings([sight('sees', { firesAfterMs: 0, onlyIf: ['pg_up', 'probe_success'] })], drill),
    ).toMatchObject([
      {
        level: 'warning',
        message: `the rule PostgresDown sees that ${subject} only if pg_up and probe_success really become 0`,
      },
    ]);
  });

  it('is that the drill would prove nothing where the alert fires anyway, and a note where nothing is known', () => {
    expect(sightFindings([sight('fires-anyway', { reason: 'it fires without the fault, too' })], drill)).toMatchObject([
      { level: 'inconclusive', message: 'the rule PostgresDown proves nothing: it fires without the fault, too' },
    ]);
    expect(sightFindings([sight('unknown', { reason: 'promtool is missing' })], drill)).toMatchObject([
      {
        level: 'note',
        message: `whether the rule PostgresDown can see that ${subject} is not known: promtool is missing`,
      },
    ]);
  });

  it('is what the best of several rules of one name sees, and nothing of alerts that nobody expects', () => {
    const sights = [sight('blind'), sight('unknown'), sight('sees', { firesAfterMs: 0 }), sight('fires-anyway')];
    expect(sightFindings(sights, drill)).toMatchObject([{ level: 'ok' }]);
    expect(sightFindings([sight('blind', { alert: 'Other' })], drill)).toEqual([]);
  });
});
