import { describe, expect, it } from 'vitest';
import { mergeValues, originsOf } from '../../../src/releases/values/values.js';

const layers = (...values: object[]) =>
  values.map((layer, index) => ({ origin: `layer ${String(index + 1)}`, values: { ...layer } }));

describe('merging values', () => {
  it('merges maps deeply, the last layer winning', () => {
    const merged = mergeValues(layers({ a: { b: 1, c: 2 }, d: 3 }, { a: { c: 4, e: 5 } }, { d: 6 }));
    expect(merged).toEqual({ a: { b: 1, c: 4, e: 5 }, d: 6 });
  });

  it('replaces arrays as a whole', () => {
    expect(mergeValues(layers({ args: ['a', 'b'] }, { args: ['c'] }))).toEqual({ args: ['c'] });
  });

  it('replaces a scalar by a map and a map by a scalar', () => {
    expect(mergeValues(layers({ a: 1, b: { c: 1 } }, { a: { x: 1 }, b: 2 }))).toEqual({ a: { x: 1 }, b: 2 });
  });

  it('hands null on to Helm, which then deletes the key and the default of the chart', () => {
    expect(mergeValues(layers({ limits: { cpu: 1 }, kept: 1 }, { limits: null }))).toEqual({ limits: null, kept: 1 });
  });

  it('lets a stronger map return what null deleted, without what was there before', () => {
    expect(mergeValues(layers({ limits: { cpu: 1 } }, { limits: null }, { limits: { memory: 2 } }))).toEqual({
      limits: { memory: 2 },
    });
  });

  it('keeps strings that look like other types', () => {
    expect(mergeValues(layers({ a: '1', b: 'true', c: '0644' }))).toEqual({ a: '1', b: 'true', c: '0644' });
  });

  it('changes none of its layers', () => {
    const [weaker, stronger] = [{ a: { b: 1 } }, { a: { c: 2 } }];
    mergeValues(layers(weaker, stronger));
    expect([weaker, stronger]).toEqual([{ a: { b: 1 } }, { a: { c: 2 } }]);
  });

  it('treats __proto__ as an ordinary key', () => {
    const merged = mergeValues([
      { values: JSON.parse('{"__proto__": {"polluted": true}}') as Record<string, unknown> },
      { values: JSON.parse('{"__proto__": {"more": 1}}') as Record<string, unknown> },
    ]);
    expect(JSON.stringify(merged)).toBe('{"__proto__":{"polluted":true,"more":1}}');
    expect(Object.getPrototypeOf(merged)).toBe(Object.prototype);
  });

  it('is empty without layers', () => {
    expect(mergeValues([])).toEqual({});
  });
});

describe('the origins of values', () => {
  it('name the layer whose value won, path by path', () => {
    expect(Object.fromEntries(originsOf(layers({ a: { b: 1, c: 2 }, d: [1] }, { a: { c: 3 } }, { d: [2] })))).toEqual({
      'a.b': 'layer 1',
      'a.c': 'layer 2',
      d: 'layer 3',
    });
  });

  it('name the layer that repeats a value, since it decides', () => {
    expect(originsOf(layers({ a: 1 }, { a: 1 })).get('a')).toBe('layer 2');
  });

  it('forget what a scalar or null replaced', () => {
    expect(Object.fromEntries(originsOf(layers({ a: { b: 1 }, c: { d: 1 } }, { a: null, c: 2 })))).toEqual({
      a: 'layer 2',
      c: 'layer 2',
    });
  });

  it('keep an empty map as a value', () => {
    expect(Object.fromEntries(originsOf(layers({ a: {} })))).toEqual({ a: 'layer 1' });
  });

  it('escape dots in keys, as --set writes them', () => {
    expect([...originsOf(layers({ annotations: { 'a.b/c': 1 } })).keys()]).toEqual(['annotations.a\\.b/c']);
  });
});
