import type { Values, ValuesLayer } from '../../environment/environment.js';

/**
 * Merges layers from the weakest to the strongest, as Helm merges its values files: maps are merged deeply, arrays and
 * scalars replaced as a whole. `null` replaces what weaker layers say and stays in the result, because that is how Helm
 * is told to delete the key, the chart's own default included.
 */
export function mergeValues(layers: readonly Pick<ValuesLayer, 'values'>[]): Values {
  return layers.reduce<Values>((merged, { values }) => mergedMaps(merged, values), {});
}

/** Where each value of {@link mergeValues} comes from: path (`service.type`, dots in keys escaped) to layer origin. */
export function originsOf(layers: readonly ValuesLayer[]): ReadonlyMap<string, string> {
  const origins = new Map<string, string>();
  const merged = mergeValues(layers);
  for (const path of leafPaths(merged, [])) {
    const winner = layers.findLast(({ values }) => sets(values, path));
    if (winner) origins.set(path.map(escaped).join('.'), winner.origin);
  }
  return origins;
}

/** True for a JSON-like map, the only kind of value that is merged. */
export function isMap(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mergedMaps(weaker: Values, stronger: Values): Values {
  // Built from entries: a key such as __proto__ must stay an ordinary key.
  const merged = new Map(Object.entries(weaker));
  for (const [key, value] of Object.entries(stronger)) {
    const present = merged.get(key);
    merged.set(key, isMap(present) && isMap(value) ? mergedMaps(present, value) : value);
  }
  return Object.fromEntries(merged);
}

function leafPaths(value: unknown, path: readonly string[]): string[][] {
  if (!isMap(value) || Object.keys(value).length === 0) return path.length > 0 ? [[...path]] : [];
  return Object.entries(value).flatMap(([key, inner]) => leafPaths(inner, [...path, key]));
}

function sets(values: Values, path: readonly string[]): boolean {
  let current: unknown = values;
  for (const key of path) {
    if (!isMap(current) || !Object.hasOwn(current, key)) return false;
    current = current[key];
  }
  return true;
}

function escaped(key: string): string {
  return key.replaceAll(/[\\.]/g, '\\$&');
}
