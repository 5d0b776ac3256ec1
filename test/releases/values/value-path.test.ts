import { describe, expect, it } from 'vitest';
import { parseValuePath, valuePath, valuePathPattern } from '../../../src/releases/values/value-path.js';

describe('the path of a value', () => {
  it.each([[['a']], [['a', 'b', 'c']], [['example.org/a', 'b']], [['back\\slash', 'end.']]])(
    'of the keys %j leads back to them',
    (keys) => {
      const path = valuePath(keys);
      expect(parseValuePath(path)).toEqual({ keys, rest: undefined });
      expect(path).toMatch(valuePathPattern);
    },
  );

  it('ends at the first equals sign that is not escaped', () => {
    expect(parseValuePath(String.raw`a\=b.c=d=e`)).toEqual({ keys: ['a=b', 'c'], rest: 'd=e' });
    expect(String.raw`a\=b.c`).toMatch(valuePathPattern);
    expect('a=b').not.toMatch(valuePathPattern);
  });

  it.each(['', '.', 'a.', '.a', 'a..b'])('is none in %j', (text) => {
    expect(text).not.toMatch(valuePathPattern);
  });
});
