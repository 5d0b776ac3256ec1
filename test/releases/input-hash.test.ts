import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { canonicalJson, inputHash } from '../../src/releases/input-hash.js';

const input = {
  name: 'web',
  namespace: 'shop',
  chartDigest: 'sha256:00',
  values: { replicas: 2, image: { tag: '1', pullPolicy: 'Always' }, hosts: ['a', 'b'] },
  standIn: false,
};
const hash = inputHash(input);

describe('the hash of what a release is installed from', () => {
  it('fits into a label', () => {
    expect(hash).toMatch(/^[0-9a-f]{40}$/);
  });

  // Installed releases carry it: another value here makes every release of every user be installed again.
  it('stays what it was in earlier versions', () => {
    expect(hash).toBe('060de37e04378a8090784d74985e7a3b4cede622');
  });

  it('is over canonical JSON with the gate version: raising that makes gates be passed again', () => {
    const text =
      '{"chartDigest":"sha256:00","gateVersion":1,"name":"web","namespace":"shop","standIn":false,"values":' +
      '{"hosts":["a","b"],"image":{"pullPolicy":"Always","tag":"1"},"replicas":2}}';
    expect(createHash('sha256').update(text).digest('hex').startsWith(hash)).toBe(true);
  });

  it('does not depend on the order of keys, however deep', () => {
    const values = { hosts: ['a', 'b'], image: { pullPolicy: 'Always', tag: '1' }, replicas: 2 };
    expect(inputHash({ ...input, values })).toBe(hash);
  });

  it.each([
    ['the order of a list', { values: { ...input.values, hosts: ['b', 'a'] } }],
    ['a value', { values: { ...input.values, replicas: 3 } }],
    ['the type of a value', { values: { ...input.values, replicas: '2' } }],
    ['a value that is deleted with null', { values: { ...input.values, extra: null } }],
    ['the chart', { chartDigest: 'sha256:01' }],
    ['the name', { name: 'web2' }],
    ['the namespace', { namespace: 'shop2' }],
    ['being a stand-in', { standIn: true }],
  ])('depends on %s', (_, more) => {
    expect(inputHash({ ...input, ...more })).not.toBe(hash);
  });
});

describe('canonical JSON', () => {
  it('sorts the keys of maps and leaves lists as they are', () => {
    expect(canonicalJson({ b: 1, a: [{ d: 1, c: null }, 'x'] })).toBe('{"a":[{"c":null,"d":1},"x"],"b":1}');
  });

  it('takes __proto__ for a key like any other', () => {
    expect(canonicalJson(JSON.parse('{"b":1,"__proto__":{"x":1}}'))).toBe('{"__proto__":{"x":1},"b":1}');
  });
});
