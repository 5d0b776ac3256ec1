import { describe, expect, it } from 'vitest';
import { excerptOf } from '../../src/environment/excerpt.js';

describe('an excerpt', () => {
  it('shows the line and what is meant in it', () => {
    expect(excerptOf('a: 1\nbb: xyz\n', 2, 5, 3)).toBe('    2 │ bb: xyz\n      │     ^^^');
  });

  it('marks the first line only of what goes on below', () => {
    expect(excerptOf('a:\n  b: 1\n  c: 2\n', 2, 3, 20)).toBe('    2 │   b: 1\n      │   ^^^^');
  });

  it('leaves a line whole that is not too long', () => {
    expect(excerptOf(`${'x'.repeat(90)}WRONG`, 1, 91, 5).split('\n')[0]).toBe(`    1 │ ${'x'.repeat(90)}WRONG`);
  });

  it('cuts a long line around the caret', () => {
    const [line, carets] = excerptOf(`${'x'.repeat(200)}WRONG${'y'.repeat(200)}`, 1, 201, 5).split('\n');
    expect(line).toHaveLength('    1 │ '.length + 100);
    expect(line?.slice(carets?.indexOf('^'))).toMatch(/^WRONGy/);
    expect(carets).toMatch(/ \^{5}$/);
  });

  it('passes nothing on that a terminal could take for a command', () => {
    const shown = excerptOf('a: \u001b[2J\u202ex\u0007y\n', 1, 1, 1);
    expect(shown).toBe('    1 │ a:  [2J x y\n      │ ^');
  });

  it('masks secrets', () => {
    expect(excerptOf('password: hunter2\n', 1, 1, 8)).toBe('    1 │ password: ***');
  });

  it('is nothing for a line that is empty', () => {
    expect(excerptOf('a: "x\n', 2, 1, 1)).toBe('');
  });
});
