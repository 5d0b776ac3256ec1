import { PlatformError } from '../../errors.js';
import { loadDagre } from './dagre.js';

/** A box to place: its size in pixels. */
export interface Box {
  readonly name: string;
  /** How many boxes it comes after at least; tells beforehand how many columns a line will cross. */
  readonly level: number;
  readonly width: number;
  readonly height: number;
}

/** A line to draw from one box to another, with the size of its label in pixels. */
export interface Line {
  readonly from: string;
  readonly to: string;
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where everything goes, in pixels from the top left; boxes and labels by their middle, in the order they came in. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Point[];
  readonly lines: readonly { readonly label: Point; readonly points: readonly Point[] }[];
}

/** Up to this many boxes the layout with the shortest lines is found within a second. */
const carefulBoxes = 200;
/** Boxes, and columns that lines cross, that are laid out within ten seconds: a thousand releases of 2,800 needs. */
const mostPlaces = 7_500;
const margin = 24;

/**
 * Places the boxes in columns, from left to right along the lines, of which there is at most one from one box to
 * another. Loads its library when it is called.
 * @throws PlatformError `usage` for more than can be laid out in a reasonable time
 */
export async function layoutOf(boxes: readonly Box[], lines: readonly Line[]): Promise<Layout> {
  if (placesOf(boxes, lines) > mostPlaces) throw tooLarge(boxes.length, lines.length);
  const { Graph, layout } = await loadDagre();
  const graph = new Graph();
  const ranker = boxes.length > carefulBoxes ? 'tight-tree' : 'network-simplex';
  graph.setGraph({ rankdir: 'LR', ranker, ranksep: 40, nodesep: 18, edgesep: 10, marginx: margin, marginy: margin });
  for (const { name, width, height } of boxes) graph.setNode(idOf(name), { width, height });
  for (const { from, to, width, height } of lines) {
    graph.setEdge(idOf(from), idOf(to), { width, height, labelpos: 'c' });
  }
  layout(graph);
  const { width, height } = graph.graph();
  return {
    // Without a box in it the library has no size to tell.
    width: boxes.length > 0 ? Math.ceil(width) : 2 * margin,
    height: boxes.length > 0 ? Math.ceil(height) : 2 * margin,
    boxes: boxes.map(({ name }) => rounded(graph.node(idOf(name)))),
    lines: lines.map(({ from, to }) => {
      const line = graph.edge(idOf(from), idOf(to));
      return { label: rounded(line), points: line.points.map(rounded) };
    }),
  };
}

function placesOf(boxes: readonly Box[], lines: readonly Line[]): number {
  const levels = new Map(boxes.map(({ name, level }) => [name, level]));
  const columns = lines.map(({ from, to }) => Math.abs((levels.get(to) ?? 0) - (levels.get(from) ?? 0)));
  return columns.reduce((sum, crossed) => sum + Math.max(1, crossed), boxes.length);
}

// The library keeps names as keys of objects, which have a `constructor` already.
function idOf(name: string): string {
  return `box ${name}`;
}

function rounded({ x, y }: Point): Point {
  return { x: Math.round(x), y: Math.round(y) };
}

function tooLarge(boxes: number, lines: number): PlatformError {
  return new PlatformError(
    'usage',
    `a drawing of ${String(boxes)} releases and ${String(lines)} lines between them is more than can be laid out or read`,
    {
      suggestions: [
        'look at a part of it: --only RELEASE',
        'or lay it out with Graphviz: --format dot --out graph.dot, then sfdp -Tsvg -Goverlap=prism graph.dot',
      ],
    },
  );
}
