import { describe, expect, it } from 'vitest';
import { checkResolvedMessages } from '../../../../src/chaos/preflight/checks/resolved-messages.js';
import { givenAlertmanager, givenDrill, givenFacts, inWords } from '../given.js';

const found = (integrations: string, receiver: string | undefined = 'inbox') => {
  const text = `route: { receiver: inbox }\nreceivers: [{ name: inbox, ${integrations} }, { name: other, slack_configs: [{}] }]`;
  const expected = { alerts: ['PostgresDown'], mayFire: [], ...(receiver !== '' && { receiver }) };
  const facts = givenFacts({ alertmanager: givenAlertmanager({}, text) });
  return inWords(checkResolvedMessages(givenDrill({ expect: expected }), facts, {}));
};

describe('who is told of an alert', () => {
  it('is told of its end, too', () => {
    expect(found('webhook_configs: [{}], slack_configs: [{ send_resolved: true }]')).toEqual([
      "ok: inbox is told of an alert's end, too",
    ]);
  });

  it.each(['slack_configs: [{}]', 'webhook_configs: [{ send_resolved: false }], slack_configs: [{}]'])(
    'is never told of its end: %s',
    (integrations) => {
      expect(found(integrations)[0]).toContain('weakness resolved: inbox is not told by');
    },
  );

  it('is told of its end in one way only', () => {
    expect(found('webhook_configs: [{}], slack_configs: [{}]', '')).toEqual([
      'warning resolved: inbox is not told by slack that an alert is over: send_resolved is off',
    ]);
  });

  it('cannot be seen to be told by what the inbox does not get', () => {
    expect(found('pagerduty_configs: [{}]')).toEqual([
      'inconclusive delivered: inbox is told by pagerduty, and the inbox sees only webhook and slack',
    ]);
  });

  it('is nobody, which is told elsewhere', () => {
    expect(found('webhook_configs: []')).toEqual([]);
    expect(found('webhook_configs: [{}]', 'other')).toEqual([]);
  });
});
