import { describe, expect, it } from 'vitest';
import { differencesOf, pathText, valueAt } from '../../src/kubernetes/object-differences.js';

const told = (live: unknown, intended: unknown) =>
  differencesOf(live, intended).map((difference) => ({ ...difference, path: pathText(difference.path) }));

describe('the differences of two objects', () => {
  it('are none where they are the same, whatever the order of their keys', () => {
    expect(told({ a: 1, b: [{ c: 2 }] }, { b: [{ c: 2 }], a: 1 })).toEqual([]);
  });

  it('are told as deep as they are', () => {
    expect(told({ spec: { a: 1, b: 2 } }, { spec: { a: 1, b: 3, c: 4 } })).toEqual([
      { path: 'spec.b', live: 2, intended: 3 },
      { path: 'spec.c', live: undefined, intended: 4 },
    ]);
  });

  it('are those of the items of one name, wherever they stand', () => {
    const live = { containers: [{ name: 'sidecar' }, { name: 'app', image: 'x' }] };
    const intended = { containers: [{ name: 'app', image: 'y' }] };
    expect(told(live, intended)).toEqual([
      { path: 'containers[app].image', live: 'x', intended: 'y' },
      { path: 'containers[sidecar]', live: { name: 'sidecar' }, intended: undefined },
    ]);
  });

  it('take another field where names do not tell the items apart', () => {
    const mounts = (readOnly: boolean) => ({
      mounts: [
        { name: 'data', mountPath: '/a' },
        { name: 'data', mountPath: '/b', readOnly },
      ],
    });
    expect(told(mounts(false), mounts(true))).toEqual([{ path: 'mounts[/b].readOnly', live: false, intended: true }]);
  });

  it('are told by place where nothing tells the items apart, and as a whole where there is one more', () => {
    expect(told({ args: ['a', 'b'] }, { args: ['a', 'c'] })).toEqual([{ path: 'args[1]', live: 'b', intended: 'c' }]);
    expect(told({ args: ['a'] }, { args: ['a', 'c'] })).toEqual([{ path: 'args', live: ['a'], intended: ['a', 'c'] }]);
  });

  it('have paths in which a key with dots is one key', () => {
    const [difference] = told({ labels: { 'a.b/c': '1' } }, { labels: { 'a.b/c': '2' } });
    expect(difference?.path).toBe('labels["a.b/c"]');
  });

  it('can be looked up in another object of that shape', () => {
    const live = { list: [{ name: 'a', value: 1 }], plain: ['x'] };
    const differences = differencesOf(live, { list: [{ name: 'a', value: 2 }], plain: ['y'] });
    const other = { list: [{ name: 'b' }, { name: 'a', value: '***' }], plain: ['z'] };
    expect(differences.map(({ path }) => valueAt(other, path))).toEqual(['***', 'z']);
    expect(differences.map(({ path }) => valueAt({ list: 'text' }, path))).toEqual([undefined, undefined]);
  });
});
