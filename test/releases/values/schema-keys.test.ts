import { describe, expect, it } from 'vitest';
import { namedKeys, verdictOn, type Place } from '../../../src/releases/values/schema-keys.js';

const on = (place: Place, schema: unknown, root = schema) => verdictOn(place, schema, root);
const kindOf = (place: Place, schema: unknown, root = schema) => on(place, schema, root).kind;

const a = { properties: { a: { type: 'string' } } };
const closed = { ...a, additionalProperties: false };

describe('a key', () => {
  it('is named by a property, which says more about it', () => {
    expect(on('a', a)).toEqual({ kind: 'named', schema: { type: 'string' } });
  });

  it('is named by a pattern, and by a schema for all others', () => {
    expect(kindOf('x-1', { patternProperties: { '^x-': {} }, additionalProperties: false })).toBe('named');
    expect(on('b', { ...a, additionalProperties: { type: 'number' } })).toEqual({
      kind: 'named',
      schema: { type: 'number' },
    });
  });

  it('is unnamed where others are named and nothing is said about the rest', () => {
    expect(kindOf('b', a)).toBe('unnamed');
    expect(kindOf('b', { patternProperties: { '^x-': {} } })).toBe('unnamed');
  });

  it('is free where a schema names no keys at all', () => {
    for (const schema of [true, {}, { type: 'object' }, { properties: {} }, undefined, 'nonsense']) {
      expect(kindOf('b', schema)).toBe('free');
    }
  });

  it('is refused by a closed map, by false, and by a property that may not be', () => {
    expect(kindOf('b', closed)).toBe('refused');
    expect(kindOf('b', false)).toBe('refused');
    expect(kindOf('old', { properties: { old: false } })).toBe('refused');
  });

  it('is not one that every object has', () => {
    expect(kindOf('toString', closed)).toBe('refused');
    expect(kindOf('__proto__', closed)).toBe('refused');
  });
});

describe('branches', () => {
  const b = { properties: { b: {} } };

  it('of allOf name together, and one that is closed refuses', () => {
    expect(kindOf('b', { ...a, allOf: [b] })).toBe('named');
    expect(kindOf('c', { ...a, allOf: [b] })).toBe('unnamed');
    expect(kindOf('b', { allOf: [closed, b] })).toBe('refused');
  });

  it.each(['anyOf', 'oneOf'])('of %s refuse only when all of them do', (word) => {
    const closedB = { ...b, additionalProperties: false };
    expect(kindOf('a', { [word]: [closed, closedB] })).toBe('named');
    expect(kindOf('c', { [word]: [closed, closedB] })).toBe('refused');
    expect(kindOf('c', { [word]: [closed, {}] })).toBe('free');
    expect(kindOf('c', { [word]: [closed, a] })).toBe('unnamed');
  });

  it('let pass what one of them leaves free, further down too', () => {
    const verdict = on('a', { anyOf: [{ properties: { a: closed } }, {}] });
    expect(verdict.kind === 'named' && kindOf('x', verdict.schema)).toBe('free');
  });

  it('for other types have no say about the keys of a map', () => {
    const root = { definitions: { text: { type: 'string' } } };
    expect(kindOf('b', { oneOf: [{ type: 'string' }, closed] })).toBe('refused');
    expect(kindOf('b', { anyOf: [{ type: ['null', 'string'] }, closed] })).toBe('refused');
    expect(kindOf('b', { anyOf: [{ $ref: '#/definitions/text' }, closed] }, root)).toBe('refused');
    expect(kindOf('b', { anyOf: [{ type: ['object', 'string'] }, closed] })).toBe('free');
  });

  it('under a condition can name, and refuse only when both do', () => {
    expect(kindOf('b', { ...a, if: {}, then: b })).toBe('named');
    expect(kindOf('c', { if: {}, then: closed })).toBe('free');
    expect(kindOf('c', { if: {}, then: closed, else: closed })).toBe('refused');
    expect(kindOf('b', { ...a, if: b, then: {} })).toBe('named');
    expect(kindOf('b', { ...a, dependentSchemas: { a: b } })).toBe('named');
    expect(kindOf('b', { ...a, dependencies: { a: ['x'], c: b } })).toBe('named');
    expect(kindOf('c', { ...a, dependentSchemas: { a: closed } })).toBe('unnamed');
  });

  it('count for unevaluatedProperties', () => {
    expect(kindOf('b', { ...a, allOf: [b], unevaluatedProperties: false })).toBe('named');
    expect(kindOf('c', { ...a, allOf: [b], unevaluatedProperties: false })).toBe('refused');
    expect(on('c', { ...a, unevaluatedProperties: { type: 'number' } })).toEqual({
      kind: 'named',
      schema: { type: 'number' },
    });
  });
});

describe('references', () => {
  const root = {
    $defs: { port: closed, 'a/b~c d': closed, loop: { $ref: '#/$defs/back' }, back: { $ref: '#/$defs/loop' } },
    properties: { self: { $ref: '#' } },
    additionalProperties: false,
  };

  it('are followed within the schema, escapes and all', () => {
    expect(kindOf('a', { $ref: '#/$defs/port' }, root)).toBe('named');
    expect(kindOf('b', { $ref: '#/$defs/port' }, root)).toBe('refused');
    expect(kindOf('b', { $ref: '#/$defs/a~1b~0c%20d' }, root)).toBe('refused');
    expect(kindOf('b', { $ref: '#' }, root)).toBe('refused');
    expect(kindOf('self', { $ref: '#' }, root)).toBe('named');
  });

  it('that go round in a circle, lead elsewhere or nowhere say nothing', () => {
    expect(kindOf('b', { $ref: '#/$defs/loop' }, root)).toBe('free');
    expect(kindOf('b', { $ref: 'https://example.org/schema.json' }, root)).toBe('free');
    expect(kindOf('b', { $ref: '#/$defs/absent' }, root)).toBe('free');
    expect(kindOf('b', { $ref: '#/%' }, root)).toBe('free');
  });

  it('count beside other keywords', () => {
    expect(kindOf('c', { properties: { c: {} }, $ref: '#/$defs/port' }, { $defs: { port: a } })).toBe('named');
  });
});

describe('an index', () => {
  it('is named by the schema of all items, or its own', () => {
    expect(kindOf(3, { items: closed })).toBe('named');
    expect(on(1, { prefixItems: [a, closed], items: true })).toEqual({ kind: 'named', schema: closed });
    expect(on(1, { items: [a, closed] })).toEqual({ kind: 'named', schema: closed });
    expect(on(2, { items: [a], additionalItems: closed })).toEqual({ kind: 'named', schema: closed });
    expect(kindOf(2, { items: [a] })).toBe('free');
  });

  it('is judged by the branches for lists', () => {
    expect(
      on(0, {
        oneOf: [
          { type: 'object', items: {} },
          { type: 'array', items: closed },
        ],
      }),
    ).toEqual({
      kind: 'named',
      schema: closed,
    });
  });
});

it('reads a pattern that another engine would as one that may match', () => {
  expect(kindOf('b', { patternProperties: { '(?<=': {} }, additionalProperties: false })).toBe('named');
});

it('lists the keys that any branch names, once, whatever goes round in circles', () => {
  const root = {
    $defs: { more: { properties: { c: {}, a: {} }, allOf: [{ $ref: '#/$defs/more' }] } },
    ...{ properties: { a: {} }, anyOf: [{ properties: { b: {} } }], $ref: '#/$defs/more' },
    ...{ if: { properties: { d: {} } }, then: { properties: { e: {} } }, else: { properties: { f: {} } } },
  };
  expect(namedKeys(root, root).sort()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
});
