import type { GraphRelease, ReleaseGraph } from '../../releases/graph/release-graph.js';
import { linksOf, type Link } from './links.js';
import { caption, timesOf } from './words.js';

/** Renderers refuse more lines than this by default. */
const mermaidEdges = 500;

/** The graph as a Mermaid flowchart, in the direction of time; dotted lines are derived, thick ones critical. */
export function graphMermaid(graph: ReleaseGraph): string {
  const ids = new Map(graph.releases.map(({ name }, index) => [name, `r${String(index)}`]));
  const links = linksOf(graph);
  const idsOf = (isWanted: (release: GraphRelease) => boolean) =>
    graph.releases.filter(isWanted).map(({ name }) => ids.get(name) ?? '');
  const critical = idsOf((release) => release.critical);
  const omitted = idsOf((release) => release.omitted !== undefined);
  const thick = links.flatMap((link, index) => (link.critical ? [index] : []));
  return [
    '---',
    `title: ${JSON.stringify(caption(graph))}`,
    '---',
    ...(links.length > mermaidEdges
      ? [`%% needs maxEdges: ${String(links.length)} in the renderer's configuration`]
      : []),
    'flowchart LR',
    ...graph.releases.map((release) => `  ${ids.get(release.name) ?? ''}["${nodeLabel(release)}"]`),
    ...links.map((link) => `  ${ids.get(link.to) ?? ''} ${arrow(link)} ${ids.get(link.from) ?? ''}`),
    ...(critical.length > 0 ? ['  classDef critical stroke-width:4px', `  class ${critical.join(',')} critical`] : []),
    ...(omitted.length > 0 ? ['  classDef omitted stroke-dasharray:4', `  class ${omitted.join(',')} omitted`] : []),
    ...(thick.length > 0 ? [`  linkStyle ${thick.join(',')} stroke-width:4px`] : []),
  ].join('\n');
}

function nodeLabel(release: GraphRelease): string {
  const { name, namespace, omitted } = release;
  const more = omitted === undefined ? timesOf(release).join(', ') : `omitted: ${omitted}`;
  return [name, namespace, more]
    .filter((line) => line !== '')
    .map(quoted)
    .join('<br/>');
}

function arrow({ facets, derived }: Link): string {
  return `${derived ? '-.->' : '-->'}|"${quoted(facets)}"|`;
}

// Mermaid has its own entities; what is none of these could end a label, be HTML, or turn it into Markdown.
function quoted(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N} .,:/()_-]/gu, (character) => `#${String(character.codePointAt(0) ?? 0)};`);
}
