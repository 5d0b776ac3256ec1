import { stringify } from 'yaml';
import type { ValuesResult } from '../usecases/values.js';
import type { Style } from './style.js';
import { displayWidth, pad } from './width.js';

/** Columns to which short lines are filled up, so that origins stand in one column where they can. */
const widest = 60;

/** The values as YAML that Helm reads as it is, the origin of each as a comment at the end of its first line. */
export function valuesText(
  { release, namespace, chart, values, origins, ...found }: ValuesResult,
  style: Style,
): string {
  const { paint, symbols } = style;
  const title = paint('dim', `# ${release} in ${namespace}: ${chart}`);
  const lines = Object.entries(values).flatMap(([key, value]) => linesOf(key, value, [], origins));
  const width = Math.min(
    widest,
    Math.max(0, ...lines.filter(({ origin }) => origin).map(({ text }) => displayWidth(text))),
  );
  const body =
    lines.length === 0
      ? ['{}']
      : lines.map(({ text, origin }) => (origin ? `${pad(text, width)}  ${paint('dim', `# ${origin}`)}` : text));
  const unknown = found.unknown.map(({ path, origin, refused, suggestion }) => {
    const what = refused ? 'the chart refuses it' : 'the chart does not know it';
    const meant = suggestion === undefined ? '' : `; did you mean ${suggestion}?`;
    return `# ${paint('yellow', symbols.warning)} ${path} (${origin}): ${what}${meant}`;
  });
  const unchecked =
    found.unchecked === undefined ? [] : [paint('dim', `# not checked for unknown keys: ${found.unchecked}`)];
  return [title, ...body, ...unknown, ...unchecked].join('\n');
}

interface Line {
  readonly text: string;
  readonly origin?: string;
}

function linesOf(key: string, value: unknown, above: readonly string[], origins: ValuesResult['origins']): Line[] {
  const indent = '  '.repeat(above.length);
  const path = [...above, key.replaceAll(/[\\.]/g, '\\$&')];
  if (isFilledMap(value)) {
    const [head = ''] = yamlLines({ [key]: { x: 1 } });
    const inner = Object.entries(value).flatMap(([name, part]) => linesOf(name, part, path, origins));
    return [{ text: indent + head }, ...inner];
  }
  const origin = origins[path.join('.')];
  return yamlLines({ [key]: value }).map((line, index) => ({
    text: line === '' ? '' : indent + line,
    ...(index === 0 && origin !== undefined && { origin }),
  }));
}

// As YAML 1.1, which Helm reads: "yes" and "0555" stay text.
function yamlLines(map: Readonly<Record<string, unknown>>): string[] {
  const lines = stringify(map, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false }).split('\n');
  // The text ends with a line break; blank lines before it belong to the value.
  return lines.slice(0, -1);
}

function isFilledMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;
}
