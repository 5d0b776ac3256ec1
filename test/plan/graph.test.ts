import { describe, expect, it } from 'vitest';
import { findCycle } from '../../src/plan/graph.js';

const graph = (needs: Record<string, string[]>) => new Map(Object.entries(needs));

describe('finding a cycle', () => {
  it('finds none in a graph without one, however often a node is shared', () => {
    expect(findCycle(graph({ a: ['b', 'c'], b: ['d'], c: ['d'], d: [] }))).toBeUndefined();
  });

  it('returns the whole closed walk and nothing that only leads to it', () => {
    expect(findCycle(graph({ entry: ['a'], a: ['x', 'b'], x: [], b: ['c'], c: ['a'] }))).toEqual(['a', 'b', 'c', 'a']);
  });

  it('sees a node that needs itself', () => {
    expect(findCycle(graph({ a: ['a'] }))).toEqual(['a', 'a']);
  });

  it('ignores names that are no node', () => {
    expect(findCycle(graph({ a: ['elsewhere'], b: ['a'] }))).toBeUndefined();
  });

  it('finds a cycle that is only reachable from a later node', () => {
    expect(findCycle(graph({ a: [], b: ['a', 'c'], c: ['b'] }))).toEqual(['b', 'c', 'b']);
  });

  it('walks a chain of 50,000 nodes', () => {
    const chain = new Map(Array.from({ length: 50_000 }, (_, n) => [String(n), [String(n + 1)]]));
    expect(findCycle(chain)).toBeUndefined();
    chain.set('50000', ['49999']);
    expect(findCycle(chain)).toEqual(['49999', '50000', '49999']);
  });
});
