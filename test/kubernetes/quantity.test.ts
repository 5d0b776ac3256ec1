import { describe, expect, it } from 'vitest';
import { amountOf } from '../../src/kubernetes/quantity.js';

describe('a quantity', () => {
  it.each([
    ['1Gi', '1024Mi'],
    ['1.5Gi', '1536Mi'],
    ['0.5', '500m'],
    ['0.3', '300m'],
    ['4', '4000m'],
    ['1k', '1000'],
    ['2E', '2000P'],
    ['100m', '100000u'],
  ])('of %s is the same as one of %s', (one, other) => {
    expect(amountOf(one)).toBe(amountOf(other));
    expect(amountOf(one)).toBeGreaterThan(0);
  });

  it.each([
    ['1G', '1Gi'],
    ['500m', '501m'],
    ['60', '61'],
    ['1M', '1m'],
  ])('of %s is another than one of %s', (one, other) => {
    expect(amountOf(one)).not.toBe(amountOf(other));
  });

  it.each(['', 'Container', 'Ingress', '8GB', '-1', '1e3', 'm'])('is nothing that is written %j', (text) => {
    expect(amountOf(text)).toBeUndefined();
  });
});
