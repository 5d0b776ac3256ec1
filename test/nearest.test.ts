import { describe, expect, it } from 'vitest';
import { nearest } from '../src/nearest.js';

const keys = ['values', 'needs', 'namespace', 'only', 'chart'];

describe('the nearest word', () => {
  it.each([
    ['valeus', 'values'],
    ['vlaues', 'values'],
    ['need', 'needs'],
    ['Chart', 'chart'],
    ['name-space', 'namespace'],
    ['olny', 'only'],
  ])('%s means %s', (word, meant) => {
    expect(nearest(word, keys)).toBe(meant);
  });

  it.each(['replicas', 'x', '', 'storage'])('%j means none of them', (word) => {
    expect(nearest(word, keys)).toBeUndefined();
  });

  it('is the closest one, not the first one', () => {
    expect(nearest('cart', ['card', 'carts', 'cart'])).toBe('cart');
  });
});
