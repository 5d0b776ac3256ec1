import { describe, expect, it } from 'vitest';
import type { Check } from '../../src/plan/step.js';
import { planTable, type PlannedStep } from '../../src/ui/plan-table.js';
import { createStyle } from '../../src/ui/style.js';

const style = createStyle({ color: false });
const planned = (id: string, check: Check): PlannedStep => ({ id, title: id.split('/').at(-1) ?? id, check });
const satisfied: Check = { status: 'satisfied' };

describe('a plan as text', () => {
  it('tells what would happen and why, group by group, and only counts what is as wanted', () => {
    const steps = [
      planned('tool/helm', satisfied),
      planned('tool/kwok', { status: 'unneeded' }),
      planned('cluster', satisfied),
      planned('release/calico', { status: 'omitted', reason: 'simulated nodes have no network' }),
      planned('release/cert-manager', satisfied),
      planned('release/traefik', { status: 'needed', reason: 'values changed:\nreplicas 1 → 2' }),
      planned('gate/traefik/ready', { status: 'needed', reason: 'release changes' }),
      planned('release/kube-prometheus-stack', {
        status: 'blocked',
        by: 'revision 3 is pending-upgrade by ada@host (pid 7)',
        fix: ['wait for it, or stop it: kill 7'],
      }),
    ];
    expect(planTable(steps, { style })).toBe(
      [
        'Releases  1 to do, 1 blocked, 1 unchanged, 1 omitted',
        '  ↓ calico                 simulated nodes have no network',
        '  • traefik                values changed: replicas 1 → 2',
        '  ✗ kube-prometheus-stack  revision 3 is pending-upgrade by ada@host (pid 7)',
        '      → wait for it, or stop it: kill 7',
        '',
        'Gates  1 to do',
        '  • ready                  release changes',
        '',
        'Plan: 2 to do, 1 blocked, 3 unchanged, 1 omitted',
      ].join('\n'),
    );
  });

  it('cuts reasons to the terminal, but never a fix', () => {
    const by = 'a reason that is much too long for this';
    const steps = [planned('cluster', { status: 'blocked', by, fix: ['a fix that is much too long for this'] })];
    expect(planTable(steps, { style, columns: 24 })).toContain(
      '  ✗ cluster  a reason t…\n      → a fix that is much too long for this\n',
    );
  });

  it('is one line when there is nothing to do', () => {
    expect(planTable([planned('cluster', satisfied), planned('tool/helm', satisfied)], { style })).toBe(
      '✓ nothing to do: 2 unchanged',
    );
  });
});
