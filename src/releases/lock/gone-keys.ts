import type { Values } from '../../environment/environment.js';
import type { ChartTexts } from '../charts/chart-texts.js';
import { parseChartValues } from '../charts/chart-values.js';
import { namedKeys, verdictOn, type Schema } from '../values/schema-keys.js';
import { subchartsOf } from '../values/subcharts.js';
import { isMap } from '../values/values.js';

/**
 * Keys that values set, that a chart knew and its new version does not, by values.yaml and values.schema.json of the
 * chart and its subcharts: `service.type`. What neither knows is not told: charts take many maps as they are.
 */
export function goneKeys(values: Values, before: ChartTexts, after: ChartTexts): string[] {
  const [old, now] = [knowledgeOf(before), knowledgeOf(after)];
  const gone: string[] = [];
  const visit = (map: Values, path: readonly string[]): void => {
    for (const [key, value] of Object.entries(map)) {
      const inner = [...path, key];
      if (!now.takes(inner)) {
        if (old.names(inner)) gone.push(inner.map((part) => part.replaceAll(/[\\.]/g, '\\$&')).join('.'));
      } else if (isMap(value)) visit(value, inner);
    }
  };
  visit(values, []);
  return gone.sort();
}

/** What a chart knows of a path in its values. */
interface Knowledge {
  /** Written out: a default, or a property of the schema. */
  names(path: readonly string[]): boolean;
  /** Named, or allowed by the schema. */
  takes(path: readonly string[]): boolean;
}

function knowledgeOf(files: ChartTexts): Knowledge {
  const defaults = parseChartValues(files.get('values.yaml') ?? '');
  const schema = schemaOf(files);
  const subcharts = new Map(subchartsOf(files).map((subchart) => [subchart.key, subchart]));
  const inner = new Map([...subcharts].map(([key, own]) => [key, own.files && knowledgeOf(own.files)]));

  const ask = (way: keyof Knowledge, path: readonly string[]): boolean => {
    const [head = '', ...rest] = path;
    const subchart = subcharts.get(head);
    if (subchart && (rest.length === 0 || subchart.switches.includes(rest.join('.')))) return true;
    // Of a subchart that is not there nobody knows which keys it has.
    if (subchart && (inner.get(head)?.[way](rest) ?? true)) return true;
    // What is in `global` is between a chart and its subcharts.
    return head === 'global' || hasDefault(defaults, path) || isDescribed(schema, path, way);
  };
  return { names: (path) => ask('names', path), takes: (path) => ask('takes', path) };
}

function hasDefault(values: unknown, [key, ...rest]: readonly string[]): boolean {
  if (key === undefined) return true;
  return isMap(values) && Object.hasOwn(values, key) && hasDefault(values[key], rest);
}

function isDescribed(root: Schema, path: readonly string[], way: keyof Knowledge): boolean {
  let schema = root;
  for (const key of path) {
    const verdict = verdictOn(key, schema, root);
    if (verdict.kind !== 'named' || (way === 'names' && !namedKeys(schema, root).includes(key))) return false;
    schema = verdict.schema;
  }
  return true;
}

// One that is no JSON is told by Helm, in its own words.
function schemaOf(files: ChartTexts): Schema {
  try {
    return JSON.parse(files.get('values.schema.json') ?? 'null');
  } catch {
    return undefined;
  }
}
