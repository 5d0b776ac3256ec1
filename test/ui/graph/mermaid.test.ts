import { describe, expect, it } from 'vitest';
import { graphMermaid } from '../../../src/ui/graph/mermaid.js';
import { graphOf, largeGraph, measuredGraph, need, node, oddText } from './given.js';

describe('the graph as a Mermaid flowchart', () => {
  it('draws what waits behind what it waits for: written, derived, critical, omitted', () => {
    expect(graphMermaid(measuredGraph())).toBe(
      [
        '---',
        'title: "shop on embedded: 3 releases, 3 needs, 2 of them derived; a real control plane with simulated nodes"',
        '---',
        'flowchart LR',
        '  r0["calico<br/>apps<br/>omitted: simulated nodes have no network"]',
        '  r1["cert-manager<br/>cert-manager<br/>definitions 400ms, install 2.1s, webhook 3.0s"]',
        '  r2["web<br/>apps<br/>install 900ms"]',
        '  r1 -->|"webhook, crds"| r2',
        '  r0 -.->|"ready"| r1',
        '  classDef critical stroke-width:4px',
        '  class r1,r2 critical',
        '  classDef omitted stroke-dasharray:4',
        '  class r0 omitted',
        '  linkStyle 0 stroke-width:4px',
      ].join('\n'),
    );
  });

  it('lets no name or reason out of its label', () => {
    const graph = graphOf({
      releases: [node('end'), node('db', { namespace: oddText })],
      edges: [need('end waits for db:ready', { facet: `a/${oddText}` })],
    });
    const inside = /^[\p{L}\p{N} .,:/()_-]*(#\d+;[\p{L}\p{N} .,:/()_-]*)*$/u;
    const [, , , , first, second, line, ...rest] = graphMermaid(graph).split('\n');
    expect(rest).toEqual([]);
    expect(first).toBe('  r0["end<br/>apps"]');
    expect(/^ {2}r1\["db<br\/>(.*)"\]$/.exec(second ?? '')?.[1]).toMatch(inside);
    expect(/^ {2}r1 -->\|"(.*)"\| r0$/.exec(line ?? '')?.[1]).toMatch(inside);
  });

  it('says what a renderer must be told about a graph with very many lines', () => {
    const lines = graphMermaid(largeGraph(1000, 2)).split('\n');
    const links = lines.filter((line) => line.includes('-->')).length;
    expect(links).toBeGreaterThan(1900);
    expect(lines[3]).toBe(`%% needs maxEdges: ${String(links)} in the renderer's configuration`);
    expect(graphMermaid(largeGraph(100, 2))).not.toContain('maxEdges');
  });
});
