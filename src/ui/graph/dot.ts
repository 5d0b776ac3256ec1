import type { GraphRelease, ReleaseGraph } from '../../releases/graph/release-graph.js';
import { linksOf, type Link } from './links.js';
import { caption, needText, timesOf } from './words.js';

/** The graph for Graphviz, in the direction of time; dashed lines are derived, thick ones critical. */
export function graphDot(graph: ReleaseGraph): string {
  return [
    `digraph ${quoted(graph.environment)} {`,
    `  graph [rankdir=LR, label=${quoted(caption(graph))}, labelloc=t, fontname="sans-serif"]`,
    '  node [shape=box, style=rounded, fontname="sans-serif"]',
    '  edge [fontname="sans-serif", fontsize=10]',
    ...graph.releases.map((release) => `  ${quoted(release.name)} ${attributes(nodeAttributes(release))}`),
    ...linksOf(graph).map((link) => `  ${quoted(link.to)} -> ${quoted(link.from)} ${attributes(linkAttributes(link))}`),
    '}',
  ].join('\n');
}

function nodeAttributes(release: GraphRelease): Record<string, string> {
  const { name, namespace, chart, omitted, critical } = release;
  const more = omitted === undefined ? timesOf(release) : [`omitted: ${omitted}`];
  return {
    label: [name, namespace, ...more].map(label).join('\\n'),
    tooltip: label(chart),
    ...(critical && { penwidth: '3' }),
    ...(omitted !== undefined && { style: 'rounded,dashed' }),
  };
}

function linkAttributes({ facets, edges, derived, critical }: Link): Record<string, string> {
  return {
    label: label(facets),
    tooltip: edges.map((edge) => label(needText(edge))).join('\\n'),
    ...(derived && { style: 'dashed' }),
    ...(critical && { penwidth: '3' }),
  };
}

function attributes(named: Readonly<Record<string, string>>): string {
  return `[${Object.entries(named)
    .map(([name, value]) => `${name}="${value}"`)
    .join(', ')}]`;
}

// Labels know HTML's entities and escapes of their own.
function label(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll(/\s+/g, ' ');
}

function quoted(text: string): string {
  return `"${label(text)}"`;
}
