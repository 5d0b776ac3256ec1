import { describe, expect, it } from 'vitest';
import { createStyle, isUnicode } from '../../src/ui/style.js';

describe('the style of text', () => {
  it('has colours only where they are wanted', () => {
    expect(createStyle({ color: true }).paint('red', 'x')).toBe('\u001b[31mx\u001b[39m');
    expect(createStyle({ color: false }).paint('red', 'x')).toBe('x');
    expect(createStyle({ color: true }).paint('red', '')).toBe('');
  });

  it.each([
    [{ LANG: 'en_GB.UTF-8' }, true],
    [{ LANG: 'C.utf8' }, true],
    [{ LANG: 'en_GB.UTF-8', LC_ALL: 'C' }, false],
    [{ LC_ALL: '', LC_CTYPE: 'UTF-8' }, true],
    [{}, false],
  ])('uses Unicode symbols where the locale has them: %j', (variables, expected) => {
    expect(isUnicode(variables)).toBe(expected);
  });
});
