import { describe, expect, it } from 'vitest';
import { parseExposition } from '../../src/monitoring/exposition.js';
import { monitoringAt } from '../../src/monitoring/monitoring.js';
import { receiversByName } from '../../src/monitoring/receivers.js';
import { routesOf } from '../../src/monitoring/routing.js';
import { program } from './programs.js';

describe('reading metrics', () => {
  it('takes samples with and without labels, quoted ones included, and leaves the rest', () => {
    const text = [
      '# HELP a words',
      '# TYPE a counter',
      'a 1',
      'a{x="1",y="{\\"q\\": \\"\\\\\\n\\"}"} 2.5e3 1700000000000',
      'b{le="+Inf"} +Inf',
      'nothing',
      '',
    ].join('\n');
    expect(parseExposition(text)).toEqual([
      { name: 'a', labels: {}, value: 1 },
      { name: 'a', labels: { x: '1', y: '{"q": "\\\n"}' }, value: 2500 },
      { name: 'b', labels: { le: '+Inf' }, value: Infinity },
    ]);
  });
});

describe('what Alertmanager has sent', () => {
  it('is counted by attempts, for each integration of each receiver', async () => {
    const of = (labels: string) => `{integration="slack"${labels}}`;
    const metrics = [
      `alertmanager_notifications_total${of(',receiver_name="team"')} 9`,
      `alertmanager_notification_requests_total${of(',receiver_name="team"')} 7`,
      `alertmanager_notification_requests_failed_total${of(',receiver_name="team"')} 3`,
      `alertmanager_notifications_failed_total${of(',receiver_name="team",reason="authError"')} 1`,
      `alertmanager_notifications_failed_total${of(',receiver_name="team",reason="other"')} 0`,
      `alertmanager_notification_requests_total${of('')} 2`,
    ].join('\n');
    const { url } = await program({ 'GET /metrics': metrics });
    const { alertmanager } = monitoringAt({ prometheus: url, alertmanager: url, inbox: url });
    expect(await alertmanager.notifications()).toEqual([
      { receiver: 'team', integration: 'slack', sent: 4, failed: 3, reasons: { authError: 1 } },
      { integration: 'slack', sent: 2, failed: 0, reasons: {} },
    ]);
  });
});

describe('the receivers of a configuration', () => {
  it('have integrations that tell of the end of an alert or do not', () => {
    const configuration = `
route: { receiver: inbox }
receivers:
  - name: "null"
  - name: inbox
    webhook_configs: [{ url: http://inbox }, { url: http://other, send_resolved: false }]
    slack_configs: [{ channel: a }, { channel: b, send_resolved: true }]
`;
    expect(receiversByName(routesOf(configuration).receivers)).toEqual({
      null: [],
      inbox: [
        { kind: 'webhook', sendsResolved: true },
        { kind: 'webhook', sendsResolved: false },
        { kind: 'slack', sendsResolved: false },
        { kind: 'slack', sendsResolved: true },
      ],
    });
  });
});
