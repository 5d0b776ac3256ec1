import { describe, expect, it } from 'vitest';
import { generated } from '../../src/secrets/generate.js';

describe('a generated secret', () => {
  it.each([16, 128])('has %i letters and digits', (length) => {
    expect(generated(length)).toMatch(new RegExp(`^[A-Za-z0-9]{${String(length)}}$`));
  });

  it('is another each time', () => {
    expect(new Set(Array.from({ length: 50 }, () => generated(16))).size).toBe(50);
  });

  it('is made of all of them', () => {
    expect(new Set(generated(5_000)).size).toBe(62);
  });
});
