import { describe, expect, it } from 'vitest';
import { gibibyte } from '../../src/bytes.js';
import { memory } from '../../src/doctor/memory.js';
import { examined } from './examined.js';

describe('the memory', () => {
  it.each([
    ['no', 2, 'ok'],
    ['no', 0.5, 'warning'],
    ['yes', 2, 'warning'],
    ['yes', 8, 'ok'],
  ] as const)('when containers are needed: %s, and there are %d GiB, is %s', async (need, size, status) => {
    const finding = await examined(memory(need, { bytes: size * gibibyte, what: 'available' }));
    expect(finding.status).toBe(status);
    expect(finding.detail).toContain('available');
  });
});
