import { formatDuration } from '../../clock.js';
import type { GraphEdge, GraphRelease, ReleaseGraph } from '../../releases/graph/release-graph.js';
import type { Style } from '../style.js';
import { table } from '../table.js';
import { oneLine, wrap } from '../width.js';
import { groupedBy } from './grouped-by.js';
import { headline, needText, pathText, stepText, timesOf } from './words.js';

export interface GraphTextOptions {
  readonly style: Style;
  /** Columns of the terminal. Without it nothing is wrapped. */
  readonly columns?: number;
}

/** The graph for a terminal, level by level: each release with what it waits for and why. */
export function graphText(graph: ReleaseGraph, options: GraphTextOptions): string {
  const { style, columns = Number.POSITIVE_INFINITY } = options;
  const { paint } = style;
  const needs = groupedBy(graph.edges, ({ from }) => from);
  const head = [paint('bold', headline(graph)), ...(graph.simulation === undefined ? [] : [graph.simulation])];
  const levels = [...groupedBy(graph.releases, ({ level }) => level)].map(([level, releases]) => {
    const meaning = level === 1 ? paint('dim', ', waiting for no other release to be installed') : '';
    return [
      wrap(`${paint('bold', `Level ${String(level)}`)}${meaning}`, columns, 2),
      ...releases.flatMap((release) => releaseLines(release, needs.get(release.name) ?? [], style, columns)),
    ];
  });
  return [head.map((line) => wrap(line, columns, 0)), ...levels, pathLines(graph, style, columns)]
    .filter((section) => section.length > 0)
    .map((section) => section.join('\n'))
    .join('\n\n');
}

function releaseLines(release: GraphRelease, needs: readonly GraphEdge[], { paint }: Style, columns: number): string[] {
  const { name, namespace, omitted, critical } = release;
  const line = (isMarked: boolean, indent: string, text: string) =>
    `${isMarked ? paint('yellow', '*') : ' '} ${indent}${wrap(text, columns - 2 - indent.length, 2).replaceAll('\n', `\n  ${indent}`)}`;
  const times = timesOf(release).join(', ');
  const more = omitted === undefined ? times : `omitted: ${oneLine(omitted)}`;
  const title = `${paint('bold', name)} ${paint('dim', `(${namespace})`)}`;
  return [
    line(critical, '', more === '' ? title : `${title}: ${more}`),
    ...needs.map((edge) => line(edge.critical, '  ', `waits for ${oneLine(needText(edge))}`)),
  ];
}

function pathLines(graph: ReleaseGraph, { paint }: Style, columns: number): string[] {
  const text = pathText(graph);
  if (text === undefined) return [];
  const rows = (graph.criticalPath?.steps ?? []).map(({ id, durationMs }) => [
    formatDuration(durationMs),
    stepText(id),
  ]);
  return [`${paint('yellow', '*')} ${paint('bold', text)}`, table(rows, { right: [0], indent: 2, columns })];
}
