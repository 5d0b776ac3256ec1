import { describe, expect, it } from 'vitest';
import { createMask } from '../../src/chaos/masked.js';
import { dbDownPassed, loadPassed } from './records.js';

describe('a record that can be shown', () => {
  const mask = createMask(['correct-horse-battery']);

  it('is the same where nothing in it is secret', () => {
    expect(mask(dbDownPassed())).toEqual(dbDownPassed());
    expect(mask(loadPassed())).toEqual(loadPassed());
  });

  it('has no secrets in texts, labels or what tools say, whatever they are kept under', () => {
    const masked = mask({
      problem: 'log-in with correct-horse-battery failed',
      labels: { alertname: 'Some', api_key: 'k-123' },
      errors: { 'postgres://shop:hunter2@db refused': 3 },
    });
    expect(masked).toEqual({
      problem: 'log-in with *** failed',
      labels: { alertname: 'Some', api_key: '***' },
      errors: { 'postgres://shop:***@db refused': 3 },
    });
  });

  it('keeps numbers, whatever they are called', () => {
    expect(mask({ errors: { 'token expired': 3 } })).toEqual({ errors: { 'token expired': 3 } });
  });
});
