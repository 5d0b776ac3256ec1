import type { Release, Values, ValuesLayer } from '../../environment/environment.js';
import { PlatformError } from '../../errors.js';
import { nearest } from '../../nearest.js';
import type { ChartTexts } from '../charts/chart-texts.js';
import { parseChartValues } from '../charts/chart-values.js';
import { namedKeys, verdictOn, type Place, type Schema } from './schema-keys.js';
import { subchartsOf, type Subchart } from './subcharts.js';
import { valuePath } from './value-path.js';
import { isMap, mergeValues } from './values.js';

/** A value that the chart does not know. */
export interface UnknownValue {
  /** `controller.replicaCont`, `env[0].nmae`; dots in keys escaped, as `--set` writes them. */
  readonly path: string;
  /** The strongest layer that sets it. */
  readonly origin: string;
  /** True where Helm will refuse the values because of it; else the chart just never looks at it. */
  readonly refused: boolean;
  /** Path that was most likely meant. */
  readonly suggestion?: string;
}

/**
 * The values of a release that its chart does not know, by its `values.schema.json` and those of its subcharts; none
 * where there is no schema. A key that an open schema does not describe counts as known when the chart's `values.yaml`
 * has it, be it in a comment. `global` and the keys of subcharts are always known. Whether known values are of the
 * right type is for Helm, which checks the same schema at every rendering.
 * @throws PlatformError `usage` when a schema of the chart is not JSON
 */
export function unknownValues({ values: layers }: Pick<Release, 'values'>, files: ChartTexts): readonly UnknownValue[] {
  const found = inChart(mergeValues(layers), files, [], []);
  return found.map(({ path, verdict, value, candidates }) => {
    const meant = nearest(String(path.at(-1)), candidates);
    return {
      path: valuePath(path),
      origin: originOf(path, layers),
      // Helm takes a key out that is null before it looks.
      refused: verdict === 'refused' && value !== null,
      ...(meant !== undefined && { suggestion: valuePath([...path.slice(0, -1), meant]) }),
    };
  });
}

interface Found {
  readonly path: readonly Place[];
  readonly verdict: 'unnamed' | 'refused';
  readonly value: unknown;
  readonly candidates: readonly string[];
}

function inChart(values: Values, files: ChartTexts, above: readonly Place[], switches: readonly string[]): Found[] {
  const subcharts = subchartsOf(files);
  const text = files.get('values.yaml') ?? '';
  const chart: Chart = {
    ...{ above, switches, root: schemaOf(files), defaults: parseChartValues(text) },
    examples: commentedKeys(text),
    known: [...subcharts.map(({ key }) => key), 'global', 'tags'],
  };
  const own = Object.entries(values).filter(([key]) => !chart.known.includes(key));
  return [
    ...(chart.root === undefined ? [] : inMap(Object.fromEntries(own), chart.root, [], chart)),
    ...subcharts.flatMap((subchart) => inSubchart(subchart, values[subchart.key], above)),
  ];
}

function inSubchart({ key, files, switches }: Subchart, values: unknown, above: readonly Place[]): Found[] {
  return files && isMap(values) ? inChart(values, files, [...above, key], switches) : [];
}

interface Chart {
  readonly root: Schema;
  readonly defaults: Values;
  /** Keys in comments of values.yaml. */
  readonly examples: ReadonlySet<string>;
  /** Keys at the top that need no schema. */
  readonly known: readonly string[];
  readonly switches: readonly string[];
  /** Where its values are in those of the release. */
  readonly above: readonly Place[];
}

function inMap(map: Values, schema: Schema, path: readonly Place[], chart: Chart): Found[] {
  return Object.entries(map).flatMap(([key, value]): Found[] => {
    const place = [...path, key];
    const verdict = verdictOn(key, schema, chart.root);
    if (verdict.kind === 'named') return below(value, verdict.schema, place, chart);
    if (verdict.kind === 'free' || chart.switches.includes(place.join('.'))) return [];
    if (verdict.kind === 'unnamed' && isMentioned(place, key, chart)) return [];
    const candidates = [...namedKeys(schema, chart.root), ...(path.length === 0 ? chart.known : [])];
    return [{ path: [...chart.above, ...place], verdict: verdict.kind, value, candidates }];
  });
}

function below(value: unknown, schema: Schema, path: readonly Place[], chart: Chart): Found[] {
  if (isMap(value)) return inMap(value, schema, path, chart);
  if (!Array.isArray(value)) return [];
  return value.flatMap((item: unknown, index) => {
    const verdict = verdictOn(index, schema, chart.root);
    return verdict.kind === 'named' ? below(item, verdict.schema, [...path, index], chart) : [];
  });
}

// Schemas that are not closed often leave out what values.yaml has, as a default or as an example in a comment.
function isMentioned(path: readonly Place[], key: string, { defaults, examples }: Chart): boolean {
  let current: unknown = defaults;
  for (const part of path) current = isMap(current) && Object.hasOwn(current, part) ? current[part] : undefined;
  return current !== undefined || examples.has(key);
}

function commentedKeys(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(/^\s*#[\s#-]*["']?([\w./-]+)["']?\s*:/gm)].map(([, key = '']) => key));
}

function schemaOf(files: ChartTexts): Schema {
  const text = files.get('values.schema.json');
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    const name = /^name:\s*(\S+)/m.exec(files.get('Chart.yaml') ?? '')?.[1] ?? '';
    throw new PlatformError('usage', `the values.schema.json of the chart ${name} is not JSON`, { cause: error });
  }
}

function originOf(path: readonly Place[], layers: readonly ValuesLayer[]): string {
  const index = path.findIndex((part) => typeof part === 'number');
  const keys = index < 0 ? path : path.slice(0, index);
  const winner = layers.findLast(({ values }) => {
    let current: unknown = values;
    for (const key of keys) {
      if (!isMap(current) || !Object.hasOwn(current, key)) return false;
      current = current[key];
    }
    return true;
  });
  return winner?.origin ?? '';
}
