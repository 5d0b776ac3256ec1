import type { Values } from '../../environment/environment.js';
import { isMap } from './values.js';

/** A JSON Schema of any draft, as parsed. */
export type Schema = unknown;

/** A key of a map, or an index of a list. */
export type Place = string | number;

/** What a schema says about one place of a value. */
export type Verdict =
  /** It is described: by these schemas, put into one. */
  | { readonly kind: 'named'; readonly schema: Schema }
  /** Nothing is said about places like this one. */
  | { readonly kind: 'free' }
  /** Others are described and this one is not; it is allowed all the same. */
  | { readonly kind: 'unnamed' }
  /** No value may have it. */
  | { readonly kind: 'refused' };

const free: Verdict = { kind: 'free' };
const refused: Verdict = { kind: 'refused' };

/**
 * What a schema says about a key or an index, all its branches taken together: refused only where no branch allows it.
 * Conditions (`if`, `dependentSchemas`) count as if they might hold; references that lead out of `root` say nothing.
 */
export function verdictOn(place: Place, schema: Schema, root: Schema): Verdict {
  return judge(place, schema, { root, trail: [] });
}

/** Every key that some branch of a schema describes. */
export function namedKeys(schema: Schema, root: Schema): string[] {
  const keys = new Set<string>();
  const seen = new Set<unknown>();
  const visit = (part: Schema): void => {
    if (!isMap(part) || seen.has(part)) return;
    seen.add(part);
    if (isMap(part['properties'])) for (const key of Object.keys(part['properties'])) keys.add(key);
    [...branches(part), resolve(part['$ref'], root)].forEach(visit);
  };
  visit(schema);
  return [...keys];
}

interface Scope {
  readonly root: Schema;
  /** References on the way here, against circles. */
  readonly trail: readonly unknown[];
}

function judge(place: Place, schema: Schema, scope: Scope): Verdict {
  if (schema === false) return refused;
  if (!isMap(schema)) return free;
  const said = (part: Schema) => judge(place, part, scope);
  const either = (parts: readonly Schema[]) =>
    anyOf(parts.filter((part) => isAbout(place, part, scope)).map((part) => said(part)));
  const { if: condition, then: yes = true, else: no = true } = schema;
  const verdict = allOf([
    typeof place === 'number' ? onIndex(place, schema) : onKey(place, schema),
    ...referred(place, schema['$ref'], scope),
    ...listOf(schema['allOf']).map(said),
    ...['anyOf', 'oneOf'].map((word) => either(listOf(schema[word]))),
    ...(condition === undefined ? [] : [anyOf([said(yes), said(no)]), atMostNamed(said(condition))]),
    ...dependent(schema).map((part) => atMostNamed(said(part))),
  ]);
  const rest = typeof place === 'number' ? undefined : schema['unevaluatedProperties'];
  if (rest === undefined || verdict.kind === 'named' || verdict.kind === 'refused') return verdict;
  return rest === false ? refused : { kind: 'named', schema: rest };
}

function onKey(key: string, schema: Values): Verdict {
  const { properties, patternProperties, additionalProperties: others } = schema;
  const matching = [
    ...(isMap(properties) && Object.hasOwn(properties, key) ? [properties[key]] : []),
    ...(isMap(patternProperties)
      ? Object.entries(patternProperties).flatMap(([pattern, part]) => (matches(pattern, key) ? [part] : []))
      : []),
  ];
  if (matching.includes(false)) return refused;
  if (matching.length > 0) return { kind: 'named', schema: together('allOf', matching) };
  if (others === false) return refused;
  if (others !== undefined) return { kind: 'named', schema: others };
  const isDescribed = [properties, patternProperties].some((map) => isMap(map) && Object.keys(map).length > 0);
  return isDescribed ? { kind: 'unnamed' } : free;
}

function onIndex(index: number, { items, prefixItems, additionalItems }: Values): Verdict {
  const first = Array.isArray(prefixItems) ? prefixItems : Array.isArray(items) ? items : [];
  const rest = Array.isArray(items) ? additionalItems : items;
  const schema: unknown = index < first.length ? first[index] : rest;
  return schema === undefined || schema === false ? free : { kind: 'named', schema };
}

function referred(place: Place, reference: unknown, { root, trail }: Scope): Verdict[] {
  if (reference === undefined || trail.includes(reference)) return [];
  const target = resolve(reference, root);
  return target === undefined ? [free] : [judge(place, target, { root, trail: [...trail, reference] })];
}

// Described by one branch is described, even where another says nothing; refused by one is refused.
function allOf(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.some(({ kind }) => kind === 'refused')) return refused;
  const schemas = verdicts.flatMap((verdict) => (verdict.kind === 'named' ? [verdict.schema] : []));
  if (schemas.length > 0) return { kind: 'named', schema: together('allOf', schemas) };
  return verdicts.some(({ kind }) => kind === 'unnamed') ? { kind: 'unnamed' } : free;
}

function anyOf(verdicts: readonly Verdict[]): Verdict {
  const says = (wanted: Verdict['kind']) => verdicts.some(({ kind }) => kind === wanted);
  if (says('named')) {
    const schemas = verdicts.flatMap((verdict) =>
      verdict.kind === 'named' ? [verdict.schema] : verdict.kind === 'refused' ? [] : [true],
    );
    return { kind: 'named', schema: together('anyOf', schemas) };
  }
  if (verdicts.length === 0 || says('free')) return free;
  return says('unnamed') ? { kind: 'unnamed' } : refused;
}

// A condition that may not hold can make a key known, and forbids nothing.
function atMostNamed(verdict: Verdict): Verdict {
  return verdict.kind === 'named' ? { kind: 'named', schema: true } : free;
}

// A branch for strings has nothing to say about the keys of a map.
function isAbout(place: Place, schema: Schema, { root, trail }: Scope): boolean {
  if (!isMap(schema)) return true;
  const reference = schema['$ref'];
  if (reference !== undefined && !trail.includes(reference)) {
    if (!isAbout(place, resolve(reference, root), { root, trail: [...trail, reference] })) return false;
  }
  const types = [schema['type'] ?? []].flat();
  return types.length === 0 || types.includes(typeof place === 'number' ? 'array' : 'object');
}

function resolve(reference: unknown, root: Schema): Schema {
  if (typeof reference !== 'string' || !/^#(\/|$)/.test(reference)) return undefined;
  const parts = reference.split('/').slice(1).map(decoded);
  return parts.reduce<unknown>((part, key) => {
    if (Array.isArray(part)) return part[Number(key)] as unknown;
    return isMap(part) && Object.hasOwn(part, key) ? part[key] : undefined;
  }, root);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
  } catch {
    return part;
  }
}

function branches(schema: Values): Schema[] {
  const lists = ['allOf', 'anyOf', 'oneOf'].flatMap((word) => listOf(schema[word]));
  return [...lists, schema['if'], schema['then'], schema['else'], ...dependent(schema)];
}

function dependent({ dependencies, dependentSchemas }: Values): Schema[] {
  return [dependencies, dependentSchemas].flatMap((map) => (isMap(map) ? Object.values(map).filter(isMap) : []));
}

function together(word: 'allOf' | 'anyOf', schemas: readonly Schema[]): Schema {
  return schemas.length === 1 ? schemas[0] : { [word]: schemas };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

// Patterns are written for other engines; one that this one cannot read refuses nothing.
function matches(pattern: string, key: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(key);
  } catch {
    return true;
  }
}
