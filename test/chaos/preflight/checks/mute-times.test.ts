import { describe, expect, it } from 'vitest';
import { checkMuteTimes } from '../../../../src/chaos/preflight/checks/mute-times.js';
import { givenAlertmanager, givenDrill, givenFacts, inWords } from '../given.js';

// By Prometheus, beside which Alertmanager runs: all facts are of a Saturday at noon.
const found = (route: string) => {
  const text = `
route: { receiver: inbox, routes: [${route}] }
receivers: [{ name: inbox, webhook_configs: [{}] }]
time_intervals:
  - { name: weekend, time_intervals: [{ weekdays: ['saturday', 'sunday'] }] }
  - { name: weekdays, time_intervals: [{ weekdays: ['monday:friday'] }] }
`;
  return inWords(checkMuteTimes(givenDrill(), givenFacts({ alertmanager: givenAlertmanager({}, text) }), {}));
};

describe('the route of an expected alert', () => {
  it('is muted at this time', () => {
    expect(found("{ matchers: ['severity=critical'], mute_time_intervals: [weekend, weekdays] }")).toEqual([
      'weakness routed: the route of PostgresDown to inbox mutes it at this time (weekend)',
    ]);
  });

  it('is active at other times only', () => {
    expect(found("{ matchers: ['severity=critical'], active_time_intervals: [weekdays] }")).toEqual([
      'weakness routed: the route of PostgresDown to inbox is active at other times only (weekdays)',
    ]);
  });

  it('may be a muted one', () => {
    expect(found("{ matchers: ['team=red'], mute_time_intervals: [weekend] }")[0]).toContain('warning routed');
  });

  it.each([
    "{ matchers: ['severity=critical'], mute_time_intervals: [weekdays] }",
    "{ matchers: ['severity=critical'], active_time_intervals: [weekdays, weekend] }",
    "{ matchers: ['severity=info'], mute_time_intervals: [weekend] }",
  ])('is open: %s', (route) => {
    expect(found(route)).toEqual([]);
  });
});
