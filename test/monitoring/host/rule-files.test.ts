import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ruleFiles, type PrometheusRule } from '../../../src/monitoring/host/rule-files.js';

const rule = (name: string, namespace: string, release: string, group: object = {}): PrometheusRule => ({
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'PrometheusRule',
  metadata: { name, namespace, annotations: { 'meta.helm.sh/release-name': release } },
  spec: { groups: [{ name, rules: [{ alert: 'Down', expr: 'up == 0' }], ...group }] },
});
const alertsIn = (text: string | undefined) =>
  (parse(text ?? '') as { groups: { rules: { alert: string }[] }[] }).groups.flatMap(({ rules }) =>
    rules.map(({ alert }) => alert),
  );

describe('the rule files of a cluster', () => {
  it('are one for each object with rules, and one of our own whose alert always fires', () => {
    const files = ruleFiles([rule('portal', 'shop', 'portal'), rule('portal', 'app', 'portal')]);
    expect([...files.keys()]).toEqual(['platform.yaml', 'app.portal.yaml', 'shop.portal.yaml']);
    expect(alertsIn(files.get('shop.portal.yaml'))).toEqual(['Down']);
    expect(alertsIn(files.get('platform.yaml'))).toEqual(['Watchdog']);
  });

  it('leave out those of the public chart, which speak of what is not there', () => {
    const files = ruleFiles([
      rule('general', 'monitoring', 'kube-prometheus-stack'),
      rule('own', 'monitoring', 'observability'),
    ]);
    expect([...files.keys()]).toEqual(['platform.yaml', 'monitoring.own.yaml']);
  });

  it('keep everything of a group but the key that only Thanos knows', () => {
    const files = ruleFiles([rule('a', 'b', 'c', { interval: '30s', partial_response_strategy: 'warn' })]);
    expect(parse(files.get('b.a.yaml') ?? '')).toEqual({
      groups: [{ name: 'a', interval: '30s', rules: [{ alert: 'Down', expr: 'up == 0' }] }],
    });
  });

  it('are the same text whatever order the objects come in', () => {
    const rules = [rule('a', 'x', 'r'), rule('b', 'x', 'r')];
    expect([...ruleFiles(rules)]).toEqual([...ruleFiles([...rules].reverse())]);
  });

  it('hold an object without groups as an empty file', () => {
    const empty: PrometheusRule = { ...rule('a', 'x', 'r'), spec: {} };
    expect(parse(ruleFiles([empty]).get('x.a.yaml') ?? '')).toEqual({ groups: [] });
  });
});
