import { describe, expect, it } from 'vitest';
import type { Schema } from '../../src/kubernetes/open-api.js';
import { sampleObject } from '../../src/kubernetes/sample-object.js';
import { sampleText } from '../../src/kubernetes/sample-text.js';
import { sampleValue } from '../../src/kubernetes/sample-value.js';

const value = (schema: Schema, schemas: Record<string, Schema> = {}) => sampleValue(schema, schemas);
const text: Schema = { type: 'string' };

describe('a sample value', () => {
  it('has the required fields, and no others', () => {
    const properties = { name: text, size: { type: 'integer' }, note: text };
    expect(value({ type: 'object', required: ['name', 'size'], properties })).toEqual({ name: 'proof', size: 1 });
  });

  it('follows references, and the parts that a schema is made of', () => {
    const part = { allOf: [{ $ref: '#/components/schemas/part' }], default: {} };
    const schemas = { part: { type: 'object', required: ['name'], properties: { name: text } } };
    expect(value({ type: 'object', required: ['part'], properties: { part } }, schemas)).toEqual({
      part: { name: 'proof' },
    });
  });

  it('lets a schema say otherwise than what it is made of', () => {
    const schemas = { part: { type: 'string', default: 'of the part' } };
    expect(value({ allOf: [{ $ref: '#/components/schemas/part' }], default: 'its own' }, schemas)).toBe('its own');
  });

  it('takes a default or an allowed value before anything made up', () => {
    expect(value({ type: 'string', default: 'given' })).toBe('given');
    expect(value({ type: 'integer', default: 0 })).toBe(0);
    expect(value({ type: 'string', default: '', enum: ['', 'fast', 'slow'] })).toBe('fast');
  });

  it.each<[Schema, unknown]>([
    [{ type: 'integer', minimum: 3 }, 3],
    [{ type: 'integer', minimum: 3, exclusiveMinimum: true }, 4],
    [{ type: 'integer', maximum: 0 }, 0],
    [{ type: 'integer', minimum: 25, multipleOf: 10 }, 30],
    [{ type: 'number', minimum: 0, exclusiveMinimum: true, maximum: 1, exclusiveMaximum: true }, 0.25],
    [{ type: 'boolean' }, false],
    [{ type: 'array', items: text }, []],
    [{ type: 'array', items: text, minItems: 2 }, ['proof', 'proof']],
    [{ type: 'object', minProperties: 1, additionalProperties: text }, { proof0: 'proof' }],
    [{ type: 'object', minProperties: 1, properties: { a: text, b: text } }, { a: 'proof' }],
    [{ 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, text] }, 1],
    [{ oneOf: [text, { type: 'number' }] }, 1],
    [{}, {}],
  ])('of %j is %j', (schema, expected) => {
    expect(value(schema)).toEqual(expected);
  });

  it('takes the first alternative that asks for something', () => {
    const properties = { left: text, right: { type: 'integer' } };
    const oneOf = [{ required: ['right'] }, { required: ['left'] }];
    expect(value({ type: 'object', properties, oneOf })).toEqual({ right: 1 });
    expect(value({ type: 'object', properties, anyOf: [...oneOf].reverse(), required: ['right'] })).toEqual({
      left: 'proof',
      right: 1,
    });
  });

  it('passes over alternatives that ask for nothing', () => {
    const oneOf = [{ type: 'object' }, { required: ['left'] }];
    expect(value({ type: 'object', properties: { left: text }, oneOf })).toEqual({ left: 'proof' });
  });

  it('ends for a schema that requires itself', () => {
    const schemas = {
      node: { type: 'object', required: ['next'], properties: { next: { $ref: '#/components/schemas/node' } } },
    };
    expect(JSON.stringify(value({ $ref: '#/components/schemas/node' }, schemas))).toContain('{"next":');
  });
});

describe('a sample text', () => {
  it.each<[Schema, string]>([
    [{}, 'proof'],
    [{ format: 'date-time' }, '2026-01-01T00:00:00.000000Z'],
    [{ format: 'unheard-of' }, 'proof'],
    [{ pattern: '^[A-Z]+$' }, 'PROOF'],
    [{ pattern: '^([0-9]+(ms|s|m|h))+$' }, '1h'],
    [{ pattern: '^arn:aws:' }, 'arn:aws:iam::000000000000:role/proof'],
    [{ minLength: 8 }, '2026-01-01T00:00:00.000000Z'],
    [{ minLength: 90, pattern: '^p' }, 'proof'.padEnd(90, 'a')],
    [{ maxLength: 2 }, '1h'],
    [{ pattern: '(?i)^go only$' }, 'proof'],
    [{ pattern: '^nobody guesses this$' }, 'proof'],
  ])('of %j is %s', (schema, expected) => {
    expect(sampleText(schema)).toBe(expected);
  });
});

describe('a sample object', () => {
  const kind = { group: 'example.org', version: 'v1', kind: 'Thing' };
  const fields = { type: 'object', required: ['size'], properties: { size: { type: 'integer' } } };
  const published = (more: Schema) => ({
    'org.example.v1.Thing': {
      type: 'object',
      properties: { apiVersion: text, kind: text, metadata: { type: 'object' }, spec: fields, status: fields },
      'x-kubernetes-group-version-kind': [kind],
      ...more,
    },
  });

  it('has no name of its own, and a spec even where it could do without', () => {
    expect(sampleObject(kind, published({}), { namespace: 'shop', labels: { tier: 'gold' } })).toEqual({
      apiVersion: 'example.org/v1',
      kind: 'Thing',
      metadata: { generateName: 'platform-proof-', namespace: 'shop', labels: { tier: 'gold' } },
      spec: { size: 1 },
    });
  });

  it('has a status only where its definition asks for one', () => {
    expect(sampleObject(kind, published({ required: ['metadata', 'status'] }))).toEqual({
      apiVersion: 'example.org/v1',
      kind: 'Thing',
      metadata: { generateName: 'platform-proof-' },
      spec: { size: 1 },
      status: { size: 1 },
    });
  });

  it('is nearly empty while nothing is published of its kind', () => {
    const nothing = { apiVersion: 'v1', kind: 'Thing', metadata: { generateName: 'platform-proof-' } };
    expect(sampleObject({ group: '', version: 'v1', kind: 'Thing' }, published({}))).toEqual(nothing);
    expect(sampleObject({ group: '', version: 'v1', kind: 'Thing' }, undefined)).toEqual(nothing);
  });
});
