import { describe, expect, it } from 'vitest';
import { worstOf } from '../../../src/chaos/preflight/worst.js';
import type { Finding } from '../../../src/chaos/record.js';

const finding = (level: Finding['level']): Finding => ({ check: 'x', level, message: 'm' });

describe('the weightiest of findings', () => {
  it.each([
    [[], 'ok'],
    [['ok', 'note'], 'note'],
    [['warning', 'note'], 'warning'],
    [['inconclusive', 'warning', 'ok'], 'inconclusive'],
    [['inconclusive', 'weakness'], 'weakness'],
    [['refused', 'weakness', 'ok'], 'refused'],
  ] as const)('of %j is %s', (levels, worst) => {
    expect(worstOf(levels.map(finding))).toBe(worst);
  });
});
