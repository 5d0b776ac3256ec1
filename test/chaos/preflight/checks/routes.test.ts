import { describe, expect, it } from 'vitest';
import { checkRoutes } from '../../../../src/chaos/preflight/checks/routes.js';
import { configuration, givenAlertmanager, givenDrill, givenFacts, inWords } from '../given.js';

const receivers =
  'receivers: [{ name: inbox, webhook_configs: [{}] }, { name: pager, webhook_configs: [{}] }, { name: "null" }]';
const routed = (route: string) => `route: { receiver: inbox, routes: [${route}] }\n${receivers}`;
const found = (text: string, receiver: string | undefined = 'inbox', alerts = ['PostgresDown']) => {
  const expected = { alerts, mayFire: [], ...(receiver !== '' && { receiver }) };
  const facts = givenFacts({ alertmanager: givenAlertmanager({}, text) });
  return inWords(checkRoutes(givenDrill({ expect: expected }), facts, {}));
};

describe('the route of an expected alert', () => {
  it('leads to the receiver that the drill names', () => {
    expect(found(configuration)).toEqual(['ok: PostgresDown is routed to inbox']);
    expect(
      found(routed("{ receiver: pager, matchers: ['severity=critical'], continue: true }, { receiver: inbox }")),
    ).toEqual(['ok: PostgresDown is routed to pager and inbox']);
  });

  it('leads elsewhere', () => {
    expect(found(routed("{ receiver: pager, matchers: ['severity=critical'] }"))).toEqual([
      'weakness routed: PostgresDown is routed to pager, not to inbox',
    ]);
  });

  it('may lead there, by labels that nobody knows yet', () => {
    expect(found(routed("{ receiver: pager, matchers: ['team=red'] }"))).toEqual([
      'warning routed: whether PostgresDown is routed to inbox depends on labels that are not known yet; it may be pager and inbox',
    ]);
  });

  it('leads to nobody', () => {
    const muted = routed("{ receiver: 'null', matchers: ['severity=critical'] }");
    const words = 'weakness routed: PostgresDown is routed to null, which has no integration and tells nobody';
    expect(found(muted, 'null')).toEqual([words]);
    expect(found(muted, '')).toEqual([words]);
  });

  it('leads to somebody, whoever it is, where the drill names none', () => {
    expect(found(routed("{ receiver: pager, matchers: ['severity=critical'] }"), '')).toEqual([
      'ok: PostgresDown is routed to pager',
    ]);
    expect(found(routed("{ receiver: 'null', matchers: ['severity=critical'], continue: true }, {}"), '')).toEqual([
      'note routed: PostgresDown is routed to null and inbox, and null tells nobody',
    ]);
  });

  it('leads to a receiver that is not there', () => {
    const facts = givenFacts();
    const drill = givenDrill({ expect: { alerts: ['PostgresDown'], mayFire: [], receiver: 'imbox' } });
    expect(checkRoutes(drill, facts, {})).toMatchObject([
      {
        level: 'weakness',
        link: 'routed',
        message: 'Alertmanager has no receiver imbox',
        fix: ['did you mean inbox?'],
      },
    ]);
  });

  it('is not told of an alert without a rule, which is told elsewhere', () => {
    expect(found(configuration, 'inbox', ['Unknown'])).toEqual([]);
  });
});
