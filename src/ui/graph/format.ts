import { extname } from 'node:path';
import { PlatformError } from '../../errors.js';

/** How a graph can be written. */
export const graphFormats = ['text', 'mermaid', 'dot', 'svg', 'html', 'json'] as const;
export type GraphFormat = (typeof graphFormats)[number];

const byExtension: Readonly<Record<string, GraphFormat>> = {
  '.mmd': 'mermaid',
  '.mermaid': 'mermaid',
  '.dot': 'dot',
  '.gv': 'dot',
  '.svg': 'svg',
  '.html': 'html',
  '.htm': 'html',
  '.json': 'json',
};

/** What was asked for: a format, a file, a JSON document on standard output. */
export interface GraphWish {
  readonly format?: GraphFormat | undefined;
  /** The file to write it to instead of standard output. */
  readonly out?: string | undefined;
  readonly json: boolean;
}

/**
 * The format that was named, else the one that the file's name tells, else text.
 * @throws PlatformError `usage` where standard output would have to be JSON and something else
 */
export function graphFormatFor({ format, out, json }: GraphWish): GraphFormat {
  if (json && out === undefined && format !== undefined && format !== 'json') {
    throw new PlatformError('usage', `--format ${format} and --json ask for two different outputs`, {
      suggestions: ['leave out one of them', `or write the graph to a file: --format ${format} --out FILE`],
    });
  }
  const told = out === undefined ? undefined : byExtension[extname(out).toLowerCase()];
  return format ?? told ?? (json ? 'json' : 'text');
}
