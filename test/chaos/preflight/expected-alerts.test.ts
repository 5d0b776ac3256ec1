import { describe, expect, it } from 'vitest';
import { expectedAlerts } from '../../../src/chaos/preflight/expected-alerts.js';
import { givenDrill, givenGroup, givenPrometheus, givenRule } from './given.js';

const known = (rule: Partial<ReturnType<typeof givenRule>>, external = {}) => {
  const { scraping } = givenPrometheus();
  const prometheus = givenPrometheus({
    groups: [givenGroup([givenRule('PostgresDown', rule)])],
    scraping: { ...scraping, externalLabels: external },
  });
  return expectedAlerts(givenDrill(), prometheus)[0]?.rules[0]?.labels.known;
};

describe('the labels of an expected alert', () => {
  it('are its own, those that Prometheus adds, and the namespace that its expression selects', () => {
    expect(known({}, { cluster: 'shop' })).toEqual({
      alertname: 'PostgresDown',
      severity: 'critical',
      service: 'postgres',
      namespace: 'app-services',
      cluster: 'shop',
    });
  });

  it('are those of its rule before those that Prometheus adds', () => {
    expect(known({ labels: { cluster: 'mine' } }, { cluster: 'shop' })).toMatchObject({ cluster: 'mine' });
  });

  it.each([
    ['{{ $labels.statefulset }}', 'postgres'],
    ['{{$labels.namespace}}', 'app-services'],
    ['{{ $labels.job }}', undefined],
    ['{{ $labels.statefulset }}-x', undefined],
    ['{{ .Value }}', undefined],
  ])('are known of %s only as far as the drill tells them', (service, expected) => {
    expect(known({ labels: { service } })?.['service']).toBe(expected);
  });

  it.each([
    ['kube_x{namespace="a"} == 0 and on () kube_y{namespace="b"}', undefined],
    ['kube_x{namespace="a"} == 0', 'a'],
    ['kube_x{namespace=~"a"} == 0', undefined],
    ['kube_x{namespace!="a"} == 0', undefined],
    ['sum(kube_x{namespace="a"}) == 0', undefined],
    ['kube_x{namespace="a"} == 0 or up == 0', undefined],
    ['vector(1)', undefined],
  ])('have the namespace of %s', (query, expected) => {
    expect(known({ query })?.['namespace']).toBe(expected);
  });
});

describe('the rules of an expected alert', () => {
  it('are all that raise it, each as often as its group is evaluated', () => {
    const prometheus = givenPrometheus({
      groups: [
        givenGroup([givenRule('PostgresDown')]),
        givenGroup([givenRule('PostgresDown'), givenRule('X')], 30_000),
      ],
    });
    const [alert] = expectedAlerts(givenDrill(), prometheus);
    expect(alert?.rules.map(({ intervalMs }) => intervalMs)).toEqual([5_000, 30_000]);
  });

  it('are none where there is none', () => {
    expect(expectedAlerts(givenDrill(), givenPrometheus({ groups: [] }))).toEqual([
      { name: 'PostgresDown', rules: [] },
    ]);
  });
});
