import { describe, expect, it } from 'vitest';
import { createStyle } from '../../src/ui/style.js';
import { displayWidth, oneLine, pad, truncate, wrap } from '../../src/ui/width.js';

const { paint } = createStyle({ color: true });

describe('the width of text', () => {
  it.each([
    ['', 0],
    ['plain', 5],
    ['✓ ━━──…', 7],
    ['日本語', 6],
    ['한국', 4],
    ['ｆｕｌｌ', 8],
    ['e\u0301', 1],
    ['👩‍👩‍👧', 2],
    ['⚠\ufe0f', 2],
    [paint(['bold', 'red'], 'red'), 3],
  ])('of %j is %i', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });
});

describe('cutting text', () => {
  it('leaves alone what fits', () => {
    expect(truncate('exactly', 7)).toBe('exactly');
  });

  it('ends in the ellipsis, without a space before it', () => {
    expect(truncate('one two', 6)).toBe('one t…');
    expect(truncate('one two', 5)).toBe('one…');
    expect(truncate('one two', 6, '...')).toBe('one...');
  });

  it('does not cut a wide character in half', () => {
    expect(truncate('日本語', 4)).toBe('日…');
  });

  it('closes the colours it cuts into', () => {
    expect(truncate(paint('red', 'a long text'), 4)).toBe(paint('red', 'a l…'));
  });

  it('is empty where not even the ellipsis fits', () => {
    expect(truncate('text', 0)).toBe('');
    expect(truncate('text', 2, '...')).toBe('');
  });
});

describe('fitting text', () => {
  it('pads by what is seen', () => {
    expect(pad('日', 4)).toBe('日  ');
    expect(pad(paint('red', '7'), 3, 'right')).toBe(`  ${paint('red', '7')}`);
  });

  it('breaks between words, keeps the indentation, and leaves long words whole', () => {
    expect(wrap('  one two three', 9, 4)).toBe('  one two\n    three');
    expect(wrap('see /a/very/long/path', 8, 2)).toBe('see\n  /a/very/long/path');
    expect(wrap('one two', Infinity, 2)).toBe('one two');
  });

  it('makes one line of anything', () => {
    expect(oneLine(' \u001b[31mError:\u001b[0m\r\n\tdisk\u0007 full\n')).toBe('Error: disk full');
  });
});
