interface Size {
  readonly width: number;
  readonly height: number;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** A graph of dagre, which writes the places into the labels it was given; all numbers are pixels. */
export interface DagreGraph {
  setGraph(options: Readonly<Record<string, string | number>>): unknown;
  setNode(name: string, size: Size): unknown;
  setEdge(from: string, to: string, label: Size & { readonly labelpos: 'l' | 'c' | 'r' }): unknown;
  graph(): Size;
  /** Its middle. */
  node(name: string): Point;
  /** The middle of its label, and the line from border to border. */
  edge(from: string, to: string): Point & { readonly points: readonly Point[] };
}

interface Dagre {
  readonly Graph: new () => DagreGraph;
  readonly layout: (graph: DagreGraph) => unknown;
}

/**
 * The layout library, loaded when it is asked for. Its own declarations import each other without extensions, which
 * TypeScript does not resolve as Node would, so what is used of it is declared here.
 */
export function loadDagre(): Promise<Dagre> {
  return import('@dagrejs/dagre');
}
