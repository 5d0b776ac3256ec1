import { formatDuration } from '../../clock.js';
import type { GraphEdge, GraphRelease, ReleaseGraph } from '../../releases/graph/release-graph.js';
import { groupedBy } from './grouped-by.js';
import { markup } from '../../markup.js';
import { pageHead } from '../../page-head.js';
import { graphSvg } from './svg.js';
import { caption, headline, pathText, stepText } from './words.js';

/** The graph as a page that needs nothing else and runs no scripts: drawing, critical path, table of releases. */
export async function graphHtml(graph: ReleaseGraph): Promise<string> {
  const path = pathText(graph);
  return [
    pageHead(headline(graph), pageStyle),
    '<body>',
    `<h1>Releases of ${markup(graph.environment)}</h1>`,
    `<p>${markup(caption(graph))}.</p>`,
    `<figure tabindex="0" aria-label="Drawing of the graph">${await graphSvg(graph)}</figure>`,
    ...(path === undefined ? [] : [`<h2>${markup(path)}</h2>`, pathTable(graph)]),
    '<h2>Releases</h2>',
    releaseTable(graph),
    '</body>',
    '</html>',
  ].join('\n');
}

function pathTable({ criticalPath }: ReleaseGraph): string {
  const { steps, durationMs } = criticalPath ?? { steps: [], durationMs: 0 };
  const rows = steps.map((step) => [cell(stepText(step.id)), time(step.durationMs, durationMs)]);
  return table(['Step', 'Took'], rows);
}

function releaseTable({ releases, edges }: ReleaseGraph): string {
  const needs = groupedBy(edges, ({ from }) => from);
  const times = releases.flatMap(({ durationMs = 0, gates }) => [durationMs, waitOf(gates)]);
  const longest = Math.max(1, ...times);
  const rows = releases.map((release) => [
    `<th scope="row">${markup(release.name)}${release.critical ? ' <abbr title="on the critical path">*</abbr>' : ''}</th>`,
    cell(String(release.level)),
    cell(release.namespace),
    cell(release.omitted === undefined ? release.chart : `omitted: ${release.omitted}`),
    time(release.durationMs, longest),
    time(release.gates.some(({ durationMs }) => durationMs !== undefined) ? waitOf(release.gates) : undefined, longest),
    `<td>${release.gates.map(gateMarkup).join('<br>')}</td>`,
    `<td>${(needs.get(release.name) ?? []).map(needMarkup).join('<br>')}</td>`,
  ]);
  return table(['Release', 'Level', 'Namespace', 'Chart', 'Install', 'Longest gate', 'Gates', 'Waits for'], rows);
}

function gateMarkup({ facet, durationMs }: GraphRelease['gates'][number]): string {
  return markup(durationMs === undefined ? facet : `${facet} ${formatDuration(durationMs)}`);
}

function needMarkup({ to, facet, derived, critical }: GraphEdge): string {
  const need = markup(`${to}:${facet}`);
  const why = derived === undefined ? '' : ` <small>derived: ${markup(derived)}</small>`;
  return `${critical ? `<strong>${need}</strong>` : need}${why}`;
}

function waitOf(gates: GraphRelease['gates']): number {
  return Math.max(0, ...gates.map(({ durationMs = 0 }) => durationMs));
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [
    '<div class="scroll" tabindex="0"><table>',
    `<thead><tr>${head.map((text) => `<th scope="col">${text}</th>`).join('')}</tr></thead>`,
    `<tbody>\n${rows.map((cells) => `<tr>${cells.join('')}</tr>`).join('\n')}\n</tbody>`,
    '</table></div>',
  ].join('\n');
}

function cell(text: string): string {
  return `<td>${markup(text)}</td>`;
}

// A bar behind the number: the longest are found without sorting.
function time(milliseconds: number | undefined, longest: number): string {
  if (milliseconds === undefined) return '<td class="time"></td>';
  const share = ((milliseconds / longest) * 100).toFixed(1);
  return `<td class="time"><span style="width:${share}%"></span>${formatDuration(milliseconds)}</td>`;
}

const pageStyle = [
  ':root{color-scheme:light dark;font:15px/1.5 system-ui,sans-serif}',
  'body{margin:1.5rem;background:#fff;color:#1f2328}',
  'h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}',
  'figure,.scroll{margin:0;overflow:auto}figure{max-height:80vh;border:1px solid #818b9880;border-radius:6px}',
  'svg{display:block}',
  'table{border-collapse:collapse;font-size:.9rem}',
  'th,td{text-align:left;vertical-align:top;padding:.3rem .8rem;border-bottom:1px solid #818b9840}',
  'thead th{position:sticky;top:0;white-space:nowrap}',
  '.time{min-width:8rem;white-space:nowrap;font-variant-numeric:tabular-nums}',
  '.time span{display:block;height:3px;border-radius:2px;background:#bc4c00}',
  'small{color:#59636e}abbr{color:#bc4c00;text-decoration:none}',
  '@media(prefers-color-scheme:dark){body{background:#0d1117;color:#f0f6fc}small{color:#9198a1}.time span{background:#f0883e}abbr{color:#f0883e}}',
].join('');
