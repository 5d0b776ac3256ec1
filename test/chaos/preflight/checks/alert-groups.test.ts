import { describe, expect, it } from 'vitest';
import { checkAlertGroups } from '../../../../src/chaos/preflight/checks/alert-groups.js';
import { configuration, givenAlertmanager, givenDrill, givenFacts, inWords } from '../given.js';

const same = { alertname: 'PostgresDown', namespace: 'app-services', service: 'postgres' };
const found = (labels: Record<string, string>, text = configuration, receiver = 'inbox') => {
  const alertmanager = givenAlertmanager({ groups: [{ labels, receiver, alerts: [] }] }, text);
  return inWords(checkAlertGroups(givenDrill(), givenFacts({ alertmanager }), {}));
};
const grouped = (by: string) => configuration.replace(/group_by: .*/, `group_by: ${by}`);

describe('the group of an expected alert', () => {
  it('is there already, and makes the message wait for its next turn', () => {
    expect(found(same)).toEqual([
      'note delivered: PostgresDown joins a group of inbox that is there already: it is told after group_interval 5s instead of group_wait 1s',
    ]);
  });

  it('is there by fewer labels, as the chart groups by default', () => {
    expect(found({ namespace: 'app-services' }, grouped('[namespace]'))[0]).toContain('joins');
    expect(found({}, grouped('[]'))[0]).toContain('joins');
  });

  it('may be there, by labels that nobody knows yet', () => {
    expect(found({ alertname: 'PostgresDown', pod: 'x' }, grouped('[alertname, pod]'))[0]).toContain('may join');
    expect(found({ ...same, severity: 'critical' }, grouped('[...]'))[0]).toContain('may join');
  });

  it('is a new one', () => {
    expect(found({ ...same, service: 'api' })).toEqual([]);
    expect(found({ alertname: 'PostgresDown' })).toEqual([]);
    expect(found(same, configuration, 'pager')).toEqual([]);
    // Of another route to the same receiver.
    expect(found({ alertname: 'PostgresDown', namespace: 'app-services', pod: 'x' })).toEqual([]);
  });
});
