import { describe, expect, it } from 'vitest';
import { substitute } from '../../src/environment/substitute.js';

const words = { domain: 'shop.test', environment: 'shop' };

describe('putting in the words of an environment', () => {
  it('replaces them wherever text is', () => {
    const values = { a: 'www.{domain}', b: [{ c: '{environment}-{environment}' }], d: 1, e: null };
    expect(substitute(values, words)).toEqual({ a: 'www.shop.test', b: [{ c: 'shop-shop' }], d: 1, e: null });
  });

  it.each(['${domain}', '{{ domain }}', '{{domain}}', '{other}', '{environment="x"}', 'sum(up{job="domain"})'])(
    'leaves %s alone',
    (text) => {
      expect(substitute({ text }, words)).toEqual({ text });
    },
  );

  it('leaves keys alone', () => {
    expect(substitute({ '{domain}': 1 }, words)).toEqual({ '{domain}': 1 });
  });
});
