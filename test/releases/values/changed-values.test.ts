import { describe, expect, it } from 'vitest';
import type { Values } from '../../../src/environment/environment.js';
import { describeInputChange } from '../../../src/releases/values/changed-values.js';

function described(
  config: Values | undefined,
  values: Values,
  versions: readonly [installed?: string | undefined, wanted?: string] = [],
): string {
  const [version, chartVersion] = versions;
  const record = {
    ...(config && { config }),
    ...(version !== undefined && { chart: { metadata: { name: 'web', version } } }),
  };
  return describeInputChange(record, { values, ...(chartVersion !== undefined && { chartVersion }) });
}

describe('why a release is to be installed anew', () => {
  it('names the keys of values that changed, came or went, and no value', () => {
    const before = { replicas: 1, image: { tag: 'v1', name: 'web' }, password: 'hunter2' };
    const after = { replicas: 2, image: { tag: 'v2', name: 'web' }, debug: true };
    const text = described(before, after);
    expect(text).toBe('values changed: replicas, image.tag, debug (and 1 more)');
    expect(text).not.toContain('hunter2');
  });

  it('names a map that came or went, not what is in it', () => {
    expect(described({}, { resources: { requests: { cpu: 1, memory: 2 } } })).toBe('values changed: resources');
    expect(described({ a: { b: 1 } }, { a: 'text' })).toBe('values changed: a');
    expect(described(undefined, { a: 1 })).toBe('values changed: a');
  });

  it('sees a default that is taken out, and a list as a whole', () => {
    expect(described({ a: { b: 1 } }, { a: { b: null } })).toBe('values changed: a.b');
    expect(described({}, { a: null })).toBe('values changed: a');
    expect(described({ list: [{ name: 'a' }] }, { list: [{ name: 'b' }] })).toBe('values changed: list');
  });

  it('escapes a dot in a key, as --set wants it', () => {
    expect(described({ annotations: { 'a.b/c': '1' } }, { annotations: { 'a.b/c': '2' } })).toBe(
      String.raw`values changed: annotations.a\.b/c`,
    );
  });

  it('says from which version of the chart to which', () => {
    expect(described({}, {}, ['41.2.0', '41.3.0'])).toBe('chart changed: 41.2.0 → 41.3.0');
    expect(described({}, { a: 1 }, ['41.2.0', '41.3.0'])).toBe('chart changed: 41.2.0 → 41.3.0; values changed: a');
  });

  it('says that only the contents of the chart changed where nothing else did, or is known', () => {
    expect(described({ a: 1 }, { a: 1 }, ['1.0.0', '1.0.0'])).toBe('chart contents changed');
    expect(described({ a: 1 }, { a: 1 }, ['1.0.0'])).toBe('chart contents changed');
    expect(described({ a: 1 }, { a: 1 }, [undefined, '1.0.0'])).toBe('chart contents changed');
  });
});
