import { describe, expect, it } from 'vitest';
import { longestChain } from '../../src/plan/longest-chain.js';

const durations: Readonly<Record<string, number>> = { a: 10, b: 1, c: 20, d: 5, e: 40 };
const durationOf = (id: string) => durations[id] ?? 0;
const step = (id: string, ...needs: string[]) => ({ id, needs });

describe('the longest chain of steps', () => {
  it('goes through the need that takes longest to get to, not through the longest need', () => {
    const steps = [step('a'), step('b', 'a'), step('c', 'b'), step('d'), step('end', 'c', 'd')];
    expect(longestChain([...steps, step('last', 'end')], durationOf)).toEqual({ ids: ['a', 'b', 'c'], durationMs: 31 });
  });

  it('keeps steps that take no time between those that do, so that it is whole', () => {
    const steps = [step('before'), step('a', 'before'), step('between', 'a'), step('c', 'between'), step('after', 'c')];
    expect(longestChain(steps, durationOf)).toEqual({ ids: ['a', 'between', 'c'], durationMs: 30 });
  });

  it('passes over needs that are not among the steps', () => {
    expect(longestChain([step('b', 'cluster'), step('d', 'cluster', 'b')], durationOf)).toEqual({
      ids: ['b', 'd'],
      durationMs: 6,
    });
  });

  it('is empty where nothing takes any time', () => {
    expect(longestChain([step('x'), step('y', 'x')], durationOf)).toEqual({ ids: [], durationMs: 0 });
  });
});
