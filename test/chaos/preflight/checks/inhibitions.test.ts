import { describe, expect, it } from 'vitest';
import { checkInhibitions } from '../../../../src/chaos/preflight/checks/inhibitions.js';
import {
  configuration,
  firing,
  givenAlertmanager,
  givenDrill,
  givenFacts,
  givenGroup,
  givenRule,
  inWords,
} from '../given.js';

const rules = (rule: string) => `${configuration}\ninhibit_rules: [${rule}]`;
const byNode = rules("{ name: node, source_matchers: ['alertname=NodeDown'], target_matchers: ['severity=critical'] }");
const nodeDown = firing({ alertname: 'NodeDown', severity: 'critical', namespace: 'app-services' });

function found(text: string, alerts = [nodeDown], more: { mayFire?: string[]; alsoExpected?: string[] } = {}) {
  const groups = [
    givenGroup([
      givenRule('PostgresDown'),
      givenRule('NodeDown', { query: 'up == 0' }),
      givenRule('Lesser', { labels: { severity: 'warning', service: 'postgres' } }),
    ]),
  ];
  const expect_ = { alerts: ['PostgresDown', ...(more.alsoExpected ?? [])], mayFire: more.mayFire ?? [] };
  return inWords(
    checkInhibitions(
      givenDrill({ expect: expect_ }),
      givenFacts({ prometheus: { groups }, alertmanager: givenAlertmanager({ alerts }, text) }),
      {},
    ),
  );
}

describe('an inhibition', () => {
  it('is told where its source fires', () => {
    expect(found(byNode)).toEqual(['weakness routed: PostgresDown is inhibited by NodeDown, which fires (rule node)']);
    expect(found(byNode, [])).toEqual([]);
  });

  it('is told where its source is to fire in the same drill', () => {
    expect(found(byNode, [], { alsoExpected: ['NodeDown'] })).toEqual([
      'weakness routed: PostgresDown is inhibited by NodeDown, which is expected to fire as well (rule node)',
    ]);
    expect(found(byNode, [], { mayFire: ['NodeDown'] })).toEqual([
      'warning routed: PostgresDown may be inhibited by NodeDown, which may fire as well (rule node)',
    ]);
  });

  it('needs its equal labels to be equal', () => {
    const equal = (label: string) =>
      rules(`{ source_match: { alertname: NodeDown }, target_match: { severity: critical }, equal: [${label}] }`);
    expect(found(equal('namespace'))[0]).toContain('weakness routed');
    // An alert of another service; a label that nobody knows yet.
    expect(found(equal('service'))).toEqual([]);
    expect(found(equal('pod'))[0]).toContain('warning routed: PostgresDown may be inhibited by NodeDown');
  });

  it('does not hold between alerts that are both source and target', () => {
    const critical = rules("{ source_matchers: ['severity=critical'], target_matchers: ['severity=critical'] }");
    expect(found(critical)).toEqual([]);
  });

  it('does not hold for alerts that are no target', () => {
    expect(found(rules("{ source_matchers: ['alertname=NodeDown'], target_matchers: ['severity=info'] }"))).toEqual([]);
  });

  it('keeps the lesser of two alerts quiet', () => {
    const lesser = rules(
      "{ source_matchers: ['severity=critical'], target_matchers: ['severity=warning'], equal: [namespace, service] }",
    );
    expect(found(lesser, [], { alsoExpected: ['Lesser'] })).toEqual([
      'weakness routed: Lesser is inhibited by PostgresDown, which is expected to fire as well',
    ]);
  });
});
