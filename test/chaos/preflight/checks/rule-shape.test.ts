import { describe, expect, it } from 'vitest';
import { checkRuleShape } from '../../../../src/chaos/preflight/checks/rule-shape.js';
import type { Pod } from '../../../../src/chaos/workload/pod.js';
import {
  givenDrill,
  givenFacts,
  givenGroup,
  givenPod,
  givenRule,
  givenTarget,
  inWords,
  now,
  postgres,
} from '../given.js';

const pod: Pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'postgres-0' }, spec: givenPod() };
const target = (labels: Record<string, string>) => ({
  labels,
  scrapePool: 'p',
  scrapeUrl: 'http://x',
  health: 'up' as const,
  lastError: '',
  lastScrape: now,
});
const found = (query: string, drill = givenDrill()) =>
  inWords(
    checkRuleShape(
      drill,
      givenFacts({
        target: { answer: { object: givenTarget(), pods: [pod], others: [] } },
        prometheus: {
          groups: [givenGroup([givenRule('PostgresDown', { query })])],
          targets: [target({ job: 'postgres', pod: 'postgres-0' }), target({ job: 'exporter', pod: 'exporter-x' })],
        },
      }),
      {},
    ),
  );

const both = 'what is wanted and what is there both become 0 when statefulset/postgres in app-services is scaled to 0';
const absent = 'up of a target in a pod that is gone is absent, and not 0';

describe('the shape of a rule', () => {
  it.each([
    ['kube_statefulset_status_replicas_ready{a="b"} != kube_statefulset_replicas{a="b"}', both],
    ['(kube_deployment_spec_replicas > kube_deployment_status_replicas_available) and (changes(x[10m]) == 0)', both],
    ['up{job="postgres"} == 0', absent],
  ])('%s cannot see what is scaled to zero', (query, reason) => {
    expect(found(query)).toEqual([`note pending: the rule PostgresDown may not see it: ${reason}`]);
  });

  it.each([
    'kube_statefulset_status_replicas_ready == 0',
    'absent(up{job="postgres"}) == 1',
    'absent(up{job="postgres"}) - 1 == 0',
    'up{job="exporter"} == 0',
    'kube_statefulset_replicas != 1',
  ])('%s is not suspected', (query) => {
    expect(found(query)).toEqual([]);
  });

  it('is of no matter to a fault that leaves pods', () => {
    const fault = { type: 'scale', target: postgres, replicas: 1 } as const;
    expect(found('up{job="postgres"} == 0', givenDrill({ fault }))).toEqual([]);
  });
});
