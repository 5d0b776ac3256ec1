import type { ReleaseGraph } from '../../releases/graph/release-graph.js';
import { documentText, successDocument } from '../json-document.js';
import type { GraphFormat } from './format.js';
import { graphDot } from './dot.js';
import { graphMermaid } from './mermaid.js';
import { graphText, type GraphTextOptions } from './text.js';

/**
 * The graph in a format, without a final line break. As JSON it is the document that `--json` prints.
 * @throws PlatformError `usage` where there is too much of it to be drawn
 */
export async function renderGraph(
  graph: ReleaseGraph,
  format: GraphFormat,
  options: GraphTextOptions,
): Promise<string> {
  switch (format) {
    case 'text':
      return graphText(graph, options);
    case 'mermaid':
      return graphMermaid(graph);
    case 'dot':
      return graphDot(graph);
    case 'json':
      return documentText(successDocument(graph), 'json').trimEnd();
    case 'svg':
      return (await import('./svg.js')).graphSvg(graph);
    case 'html':
      return (await import('./html.js')).graphHtml(graph);
  }
}
