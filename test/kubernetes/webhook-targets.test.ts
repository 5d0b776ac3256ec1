import { describe, expect, it } from 'vitest';
import type { WebhookRule } from '../../src/kubernetes/admission-webhooks.js';
import type { DiscoveredResource } from '../../src/kubernetes/discovery.js';
import { targetsOf } from '../../src/kubernetes/webhook-targets.js';
import { served, webhook } from './given-webhook.js';

const status = { name: 'status', verbs: ['get', 'patch'] };
const things = served('things', { subresources: [status, { name: 'logs', verbs: ['get'] }] });
const crates = served('crates', { namespaced: false });
const configMaps = served('configmaps', { group: '' });
const pods = served('pods', { group: '', subresources: [status] });

function targets(rule: WebhookRule, resources: readonly DiscoveredResource[] = [pods, crates, configMaps, things]) {
  const whole = { operations: ['CREATE'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*'], ...rule };
  return targetsOf(webhook({ rules: [whole] }), resources).map(
    ({ operation, resource, subresource }) =>
      `${operation} ${resource.plural}${subresource === undefined ? '' : `/${subresource}`}`,
  );
}

describe('what a webhook can be asked about', () => {
  it.each<[WebhookRule, string[]]>([
    [{ resources: ['things'] }, ['CREATE things']],
    [{ resources: ['*'] }, ['CREATE configmaps', 'CREATE pods', 'CREATE crates', 'CREATE things']],
    [{ resources: ['*/*'], apiGroups: ['example.org'] }, ['CREATE crates', 'CREATE things']],
    [{ resources: ['pods/*'], operations: ['*'] }, ['UPDATE pods/status']],
    [{ resources: ['*/status'], operations: ['UPDATE'] }, ['UPDATE pods/status', 'UPDATE things/status']],
    [{ resources: ['things/logs'], operations: ['*'] }, []],
    [{ resources: ['pods/exec'], operations: ['CONNECT'] }, []],
    [{ resources: ['*'], scope: 'Cluster' }, ['CREATE crates']],
    [{ resources: ['crates', 'things'], scope: 'Namespaced' }, ['CREATE things']],
    [{ resources: ['things'], apiVersions: ['v2'] }, []],
    [{ resources: ['pods'], apiGroups: ['example.org'] }, []],
    [
      { resources: ['things'], operations: ['DELETE', 'UPDATE', 'CREATE'] },
      ['CREATE things', 'UPDATE things', 'DELETE things'],
    ],
  ])('by %j is %j', (rule, expected) => {
    expect(targets(rule)).toEqual(expected);
  });

  it('is first what a rule names, then what it only includes', () => {
    expect(targets({ resources: ['*', 'things'] })[0]).toBe('CREATE things');
  });

  it('is nothing that is not served now, that cannot be written, or that no webhook is ever asked about', () => {
    const resources = [
      served('stales', { stale: true }),
      served('reads', { verbs: ['get'] }),
      served('validatingwebhookconfigurations', { group: 'admissionregistration.k8s.io' }),
    ];
    expect(targets({}, resources)).toEqual([]);
  });
});
