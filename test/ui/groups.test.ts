import { describe, expect, it } from 'vitest';
import { grouped, groupOf } from '../../src/ui/groups.js';

describe('the group of a step', () => {
  it.each([
    ['tool/helm', 'Tools'],
    ['cluster', 'Cluster'],
    ['kubeconfig', 'Cluster'],
    ['namespace/monitoring', 'Namespaces'],
    ['release/traefik', 'Releases'],
    ['uninstall/traefik', 'Releases'],
    ['gate/traefik/ready', 'Gates'],
    ['layer/network', 'Layers'],
    ['proxy/a', 'Proxies'],
    ['gateway/a', 'Gateways'],
    ['address/a', 'Addresses'],
    ['load-test/a', 'Load tests'],
    ['constructor/a', 'Constructors'],
    ['urls', 'Other'],
    ['look', 'Before the fault'],
    ['link/firing/PostgresDown', 'Chain'],
    ['scaled', 'Load'],
    ['', 'Other'],
  ])('%s is %s', (id, group) => {
    expect(groupOf(id)).toBe(group);
  });

  it('keeps the order of first appearance', () => {
    const groups = grouped(['tool/a', 'cluster', 'tool/b', 'record'].map((id) => ({ id })));
    expect([...groups]).toEqual([
      ['Tools', [{ id: 'tool/a' }, { id: 'tool/b' }]],
      ['Cluster', [{ id: 'cluster' }, { id: 'record' }]],
    ]);
  });
});
