import { describe, expect, it } from 'vitest';
import { createStyle } from '../../../src/ui/style.js';
import { graphText } from '../../../src/ui/graph/text.js';
import { displayWidth } from '../../../src/ui/width.js';
import { graphOf, largeGraph, measuredGraph, need, node, oddText } from './given.js';

const style = createStyle({ color: false });

describe('the graph as text', () => {
  it('lists the releases level by level, what each waits for and why, and the critical path', () => {
    expect(graphText(measuredGraph(), { style, columns: 80 })).toBe(
      [
        'shop on embedded: 3 releases, 3 needs, 2 of them derived',
        'a real control plane with simulated nodes',
        '',
        'Level 1, waiting for no other release to be installed',
        '  calico (apps): omitted: simulated nodes have no network',
        '* cert-manager (cert-manager): definitions 400ms, install 2.1s, webhook 3.0s',
        '    waits for calico:ready (derived: its chart was not rendered yet)',
        '',
        'Level 2',
        '* web (apps): install 900ms',
        '*   waits for cert-manager:webhook',
        '    waits for cert-manager:crds (derived: creates Certificate/web)',
        '',
        '* Critical path, 6.0s when last measured',
        '   2.1s  install cert-manager',
        '   3.0s  cert-manager webhook',
        '  900ms  install web',
      ].join('\n'),
    );
  });

  it('breaks lines between words to fit the terminal, under where they began', () => {
    expect(graphText(measuredGraph(), { style, columns: 44 })).toContain(
      [
        '*   waits for cert-manager:webhook',
        '    waits for cert-manager:crds (derived:',
        '      creates Certificate/web)',
      ].join('\n'),
    );
    const lines = graphText(measuredGraph(), { style, columns: 44 }).split('\n');
    expect(Math.max(...lines.map((line) => displayWidth(line)))).toBeLessThanOrEqual(44);
  });

  it('has colours only where they are wanted', () => {
    const escape = String.fromCharCode(27);
    expect(graphText(measuredGraph(), { style, columns: 80 })).not.toContain(escape);
    expect(graphText(measuredGraph(), { style: createStyle({ color: true }) })).toContain(`${escape}[33m*`);
  });

  it('keeps what others wrote in its line', () => {
    const graph = graphOf({
      releases: [node('web', { omitted: oddText })],
      edges: [need('web waits for db:ready', { derived: oddText })],
    });
    const text = graphText(graph, { style });
    expect(text.split('\n')).toHaveLength(5);
    expect(text).not.toContain('\u0007');
  });

  it('says how sure the critical path is', () => {
    const { criticalPath, ...rest } = measuredGraph();
    const unsure = { ...rest, criticalPath: { durationMs: 1, steps: [], unmeasured: ['a', 'b'], ...criticalPath } };
    expect(graphText({ ...unsure, criticalPath: { ...unsure.criticalPath, unmeasured: ['a'] } }, { style })).toContain(
      'Critical path, 6.0s when last measured; 1 release never measured',
    );
    expect(graphText(rest, { style })).not.toContain('Critical path');
  });

  it('copes with a thousand releases', () => {
    const lines = graphText(largeGraph(1000, 3), { style, columns: 80 }).split('\n');
    expect(lines.filter((line) => line.endsWith('(apps)'))).toHaveLength(1000);
    expect(lines.filter((line) => line.includes('waits for'))).toHaveLength(2994);
  });
});
