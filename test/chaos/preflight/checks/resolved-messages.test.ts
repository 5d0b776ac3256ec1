import { describe, expect, it } from 'vitest';
import { checkResolvedMessages } from '../../../../src/chaos/preflight/checks/resolved-messages.js';
import { givenAlertmanager, givenDrill, givenFacts, inWords } from '../given.js';

const found = (integrations: string, receiver: string | undefined = 'inbox', namesReceivers = true) => {
  const other = '{ name: other, slack_configs: [{}], opsgenie_configs: [{}] }';
  const text = `route: { receiver: inbox }\nreceivers: [{ name: inbox, ${integrations} }, ${other}]`;
  const expected = { alerts: ['PostgresDown'], mayFire: [], ...(receiver !== '' && { receiver }) };
  const facts = givenFacts({ alertmanager: givenAlertmanager({ namesReceivers }, text) });
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

  it("is seen to be told by Alertmanager's counters where the inbox does not get it", () => {
    const told = "ok: inbox is told of an alert's end, too";
    expect(found('pagerduty_configs: [{}], opsgenie_configs: [{}]')).toEqual([
      told,
      "note delivered: inbox is told by pagerduty and opsgenie: seen by Alertmanager's counters only",
    ]);
    expect(found('pagerduty_configs: [{}]', 'inbox', false)).toEqual([
      told,
      "note delivered: inbox is told by pagerduty: seen by Alertmanager's counters only",
    ]);
    expect(found('email_configs: [{}]')[0]).toBe(
      'weakness resolved: inbox is not told by email that an alert is over: send_resolved is off',
    );
  });

  it('cannot be seen to be told where counters name no receiver and another one has the same', () => {
    const unknown = (kinds: string) =>
      `inconclusive delivered: whether inbox is told by ${kinds} cannot be known: Alertmanager counts ${kinds} of all ` +
      'receivers together while its feature receiver-name-in-metrics is off';
    expect(found('opsgenie_configs: [{}], webhook_configs: [{}]', 'inbox', false)).toEqual([unknown('opsgenie')]);
    expect(found('slack_configs: [{}]', 'inbox', false)).toEqual([unknown('slack')]);
    expect(found('webhook_configs: [{}]', 'inbox', false)).toEqual(["ok: inbox is told of an alert's end, too"]);
  });

  it('is nobody, which is told elsewhere', () => {
    expect(found('webhook_configs: []')).toEqual([]);
    expect(found('webhook_configs: [{}]', 'other')).toEqual([]);
  });
});
