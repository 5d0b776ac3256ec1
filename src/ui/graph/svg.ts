import type { GraphRelease, ReleaseGraph } from '../../releases/graph/release-graph.js';
import { displayWidth } from '../width.js';
import { cardOf, columnPx, linePx, paddingPx, type Card } from './card.js';
import { layoutOf, type Point } from './layout.js';
import { linksOf, type Link } from './links.js';
import { markup } from '../../markup.js';
import { svgStyle } from './svg-style.js';
import { caption, needText, pathText, stepText } from './words.js';

const legendPx = 34;

/** The graph as a picture that needs nothing else, in the direction of time, for light and dark surroundings. */
export async function graphSvg(graph: ReleaseGraph): Promise<string> {
  const cards = graph.releases.map(cardOf);
  const links = linksOf(graph);
  const lines = links.map(({ from, to, facets }) => ({
    from: to,
    to: from,
    width: Math.ceil(displayWidth(facets) * columnPx),
    height: linePx,
  }));
  const layout = await layoutOf(cards, lines);
  const words = legend(graph);
  const width = Math.max(layout.width, Math.ceil(displayWidth(words) * columnPx) + 48, 240);
  const height = layout.height + legendPx;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="graph" role="img" aria-labelledby="graph-title graph-description" viewBox="0 0 ${String(width)} ${String(height)}" width="${String(width)}" height="${String(height)}">`,
    `<title id="graph-title">${markup(`Releases of ${graph.environment}`)}</title>`,
    `<desc id="graph-description">${markup(description(graph))}</desc>`,
    `<style>${svgStyle}</style>`,
    ...['arrow', 'arrow-critical'].map(
      (id) =>
        `<marker id="${id}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto"><path class="${id}" d="M0 0 8 4 0 8z"/></marker>`,
    ),
    '<rect class="page" width="100%" height="100%"/>',
    ...links.map((link, index) => linkMarkup(link, layout.lines[index]?.points ?? [])),
    ...graph.releases.map((release, index) => cardMarkup(release, cards[index], layout.boxes[index])),
    ...links.map(({ facets }, index) => textAt(layout.lines[index]?.label, 'need', facets)),
    `<text class="plain" x="24" y="${String(height - 16)}">${markup(words)}</text>`,
    '</svg>',
  ].join('\n');
}

function linkMarkup(link: Link, points: readonly Point[]): string {
  const classes = ['line', ...(link.derived ? ['derived'] : []), ...(link.critical ? ['critical'] : [])].join(' ');
  const arrow = link.critical ? 'arrow-critical' : 'arrow';
  const why = link.edges.map((edge) => `${edge.from} waits for ${needText(edge)}`).join('\n');
  return `<g><title>${markup(why)}</title><path class="${classes}" marker-end="url(#${arrow})" d="${curve(points)}"/></g>`;
}

function cardMarkup(release: GraphRelease, card: Card | undefined, middle: Point | undefined): string {
  if (!card || !middle) return '';
  const left = middle.x - card.width / 2;
  const top = middle.y - card.height / 2;
  const classes = ['card', ...(release.critical ? ['critical'] : []), ...(release.omitted ? ['omitted'] : [])].join(
    ' ',
  );
  const lines = card.lines.map(
    ({ text, style }, index) =>
      `<text class="${style}" x="${String(left + paddingPx)}" y="${String(top + paddingPx + 10 + index * linePx)}">${markup(text)}</text>`,
  );
  const about = [`${release.namespace}/${release.name}`, release.chart, ...(release.omitted ? [release.omitted] : [])];
  return [
    `<g><title>${markup(about.join('\n'))}</title>`,
    `<rect class="${classes}" x="${String(left)}" y="${String(top)}" width="${String(card.width)}" height="${String(card.height)}" rx="6"/>`,
    ...lines,
    '</g>',
  ].join('');
}

function textAt(middle: Point | undefined, style: string, text: string): string {
  if (!middle) return '';
  return `<text class="${style}" x="${String(middle.x)}" y="${String(middle.y + 4)}">${markup(text)}</text>`;
}

// Through the middles between the points, with the points as handles: the corners become round.
function curve(points: readonly Point[]): string {
  const [first, ...rest] = points;
  const last = rest.pop();
  if (!first || !last) return '';
  const bends = rest.map((point, index) => {
    const next = rest[index + 1] ?? last;
    const end = index === rest.length - 1 ? last : { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 };
    return `Q${at(point)} ${at(end)}`;
  });
  return [`M${at(first)}`, ...bends, ...(rest.length === 0 ? [`L${at(last)}`] : [])].join('');
}

function at({ x, y }: Point): string {
  return `${String(x)},${String(y)}`;
}

function legend(graph: ReleaseGraph): string {
  const path = pathText(graph);
  const derived = graph.edges.some((edge) => edge.derived !== undefined);
  return [
    'solid: written',
    ...(derived ? ['dashed: derived from what a release creates'] : []),
    ...(path === undefined ? [] : [`thick: ${path.charAt(0).toLowerCase()}${path.slice(1)}`]),
  ].join(' · ');
}

function description(graph: ReleaseGraph): string {
  const path = pathText(graph);
  const steps = (graph.criticalPath?.steps ?? []).map(({ id }) => stepText(id)).join(', ');
  return `${caption(graph)}.${path === undefined ? '' : ` ${path}: ${steps}.`}`;
}
