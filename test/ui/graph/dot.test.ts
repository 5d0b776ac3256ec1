import { describe, expect, it } from 'vitest';
import { graphDot } from '../../../src/ui/graph/dot.js';
import { graphOf, largeGraph, measuredGraph, need, node, oddText } from './given.js';

describe('the graph for Graphviz', () => {
  it('draws what waits behind what it waits for: written, derived, critical, omitted', () => {
    const lines = graphDot(measuredGraph()).split('\n');
    expect(lines.slice(4)).toEqual([
      String.raw`  "calico" [label="calico\napps\nomitted: simulated nodes have no network", tooltip="calico 1.2.3", style="rounded,dashed"]`,
      String.raw`  "cert-manager" [label="cert-manager\ncert-manager\ndefinitions 400ms\ninstall 2.1s\nwebhook 3.0s", tooltip="https://charts.example.org/stable/cert-manager v1.2.3", penwidth="3"]`,
      String.raw`  "web" [label="web\napps\ninstall 900ms", tooltip="web 1.2.3", penwidth="3"]`,
      String.raw`  "cert-manager" -> "web" [label="webhook, crds", tooltip="cert-manager:webhook\ncert-manager:crds (derived: creates Certificate/web)", penwidth="3"]`,
      String.raw`  "calico" -> "cert-manager" [label="ready", tooltip="calico:ready (derived: its chart was not rendered yet)", style="dashed"]`,
      '}',
    ]);
    expect(lines.slice(0, 2)).toEqual([
      'digraph "shop" {',
      '  graph [rankdir=LR, label="shop on embedded: 3 releases, 3 needs, 2 of them derived; a real control plane with simulated nodes", labelloc=t, fontname="sans-serif"]',
    ]);
  });

  it('lets no name or reason out of its quotes, or be read as an escape or an entity', () => {
    const graph = graphOf({
      releases: [node('web', { chart: String.raw`C:\new "charts" &lt;` }), node('db', { namespace: oddText })],
      edges: [need('web waits for db:ready', { derived: oddText })],
    });
    const lines = graphDot(graph).split('\n');
    expect(lines).toHaveLength(4 + 2 + 1 + 1);
    expect(lines[4]).toContain(String.raw`tooltip="C:\\new \"charts\" &amp;lt;"`);
    for (const line of lines) expect(line.replaceAll(/"(\\.|[^"\\])*"/g, 'text')).not.toMatch(/["\\]/);
  });

  it('copes with a thousand releases', () => {
    expect(graphDot(largeGraph(1000, 3)).match(/ -> /g)?.length).toBeGreaterThan(1900);
  });
});
