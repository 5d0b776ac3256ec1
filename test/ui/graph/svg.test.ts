import { describe, expect, it } from 'vitest';
import { graphSvg } from '../../../src/ui/graph/svg.js';
import { graphOf, measuredGraph, need, node, oddText } from './given.js';
import { elementsOf } from './well-formed.js';

describe('the graph as SVG', () => {
  it('shows every release with its times and every need, and marks what is critical, derived and omitted', async () => {
    const svg = await graphSvg(measuredGraph());
    for (const text of ['>calico<', '>cert-manager v1.2.3<', '>install\u00a0900ms<', '>webhook, crds<', '>ready<']) {
      expect(svg).toContain(text);
    }
    expect(svg.match(/class="card critical"/g)).toHaveLength(2);
    expect(svg.match(/class="card omitted"/g)).toHaveLength(1);
    expect(svg.match(/class="line critical" marker-end="url\(#arrow-critical\)"/g)).toHaveLength(1);
    expect(svg.match(/class="line derived" marker-end="url\(#arrow\)"/g)).toHaveLength(1);
    expect(svg).toContain('thick: critical path, 6.0s when last measured');
  });

  it('goes from left to right: what waits is behind what it waits for', async () => {
    const graph = graphOf({ releases: [node('web'), node('db')], edges: [need('web waits for db:ready')] });
    const svg = await graphSvg(graph);
    const left = (name: string) => Number(new RegExp(`class="name" x="([\\d.]+)" y="[\\d.]+">${name}<`).exec(svg)?.[1]);
    expect(left('db')).toBeGreaterThan(0);
    expect(left('web')).toBeGreaterThan(left('db'));
  });

  it('tells people who cannot see it what it shows', async () => {
    const svg = await graphSvg(measuredGraph());
    expect(svg).toContain('role="img" aria-labelledby="graph-title graph-description"');
    expect(svg).toContain('<title id="graph-title">Releases of shop</title>');
    expect(svg).toContain('a real control plane with simulated nodes. Critical path, 6.0s when last measured: install');
    expect(svg).toContain(
      '<title>web waits for cert-manager:webhook\nweb waits for cert-manager:crds (derived: creates',
    );
  });

  it('is readable in light and dark, and loads nothing', async () => {
    const svg = await graphSvg(measuredGraph());
    expect(svg).toContain('@media(prefers-color-scheme:dark){.graph .page{fill:#0d1117}');
    expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/(href|src|@import)|url\((?!#arrow)/);
  });

  it('is well-formed whatever names and reasons are', async () => {
    const releases = [node('web', { omitted: oddText }), node('db', { chart: oddText, namespace: oddText })];
    const edges = [need('web waits for db:ready', { facet: `a/${oddText}`, derived: oddText })];
    const svg = await graphSvg(graphOf({ releases, edges, simulation: oddText }));
    expect(elementsOf(svg).slice(0, 4)).toEqual(['svg', 'title', 'desc', 'style']);
  });

  it('is a picture also of an environment without releases', async () => {
    expect(elementsOf(await graphSvg(graphOf()))).toContain('text');
  });
});
