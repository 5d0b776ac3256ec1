import { describe, expect, it } from 'vitest';
import { matchOf, matchOfAll, parseMatchers, type PartialLabels } from '../../src/monitoring/matchers.js';

const complete = (known: Record<string, string>): PartialLabels => ({ known, isComplete: true });
const partial = (known: Record<string, string>): PartialLabels => ({ known, isComplete: false });
const matcher = (text: string) => {
  const [found] = parseMatchers(text);
  if (!found) throw new Error(`no matcher in ${text}`);
  return found;
};
const equal = (name: string, value: string) => ({ name, value, isRegex: false, isEqual: true });

describe('reading matchers', () => {
  it.each([
    ['severity=critical', [equal('severity', 'critical')]],
    [' severity  = "critical" ', [equal('severity', 'critical')]],
    ['a!=b', [{ name: 'a', value: 'b', isRegex: false, isEqual: false }]],
    ['a=~"b|c"', [{ name: 'a', value: 'b|c', isRegex: true, isEqual: true }]],
    ['a!~b', [{ name: 'a', value: 'b', isRegex: true, isEqual: false }]],
    ['a=', [equal('a', '')]],
    ['{a="b", c="d",}', [equal('a', 'b'), equal('c', 'd')]],
    ['a="b,c",d=e', [equal('a', 'b,c'), equal('d', 'e')]],
    ['{}', []],
    ['quote="she said: \\"hi\\""', [equal('quote', 'she said: "hi"')]],
    ['path="C:\\\\new\\d"', [equal('path', 'C:\\new\\d')]],
    ['text="one\\ntwo"', [equal('text', 'one\ntwo')]],
    ['a=b\\', [equal('a', 'b\\')]],
    // What only the newer syntax reads.
    ['"foo.bar"="x y"', [equal('foo.bar', 'x y')]],
    ['{"foo bar"=~"x|y", größe="groß"}', [{ ...equal('foo bar', 'x|y'), isRegex: true }, equal('größe', 'groß')]],
    ['"a\\tb"=c', [equal('a\tb', 'c')]],
  ])('reads %s', (text, expected) => {
    expect(parseMatchers(text)).toEqual(expected);
  });

  it.each(['severity', 'a="b', 'a="b"c"', '"foo.bar"', '"foo.bar"=x"foo"=y', '"a\\q"="b"', '=b'])(
    'refuses %s, and says what it was',
    (text) => {
      expect(() => parseMatchers(text)).toThrow(`${JSON.stringify(text)} is no matcher of labels`);
    },
  );
});

describe('matching', () => {
  it('takes a label that is not there for an empty one', () => {
    expect(matchOf(matcher('a=""'), complete({}))).toBe('yes');
    expect(matchOf(matcher('a!=""'), complete({}))).toBe('no');
    expect(matchOf(matcher('a=~"b?"'), complete({}))).toBe('yes');
  });

  it('matches the whole of a value, as Alertmanager anchors its expressions', () => {
    expect(matchOf(matcher('a=~"b"'), complete({ a: 'abc' }))).toBe('no');
    expect(matchOf(matcher('a=~"b|ab.*"'), complete({ a: 'abc' }))).toBe('yes');
    expect(matchOf(matcher('a!~"b"'), complete({ a: 'abc' }))).toBe('yes');
  });

  it('knows the flags that Go writes before an expression', () => {
    expect(matchOf(matcher('a=~"(?i)post.*"'), complete({ a: 'PostgresDown' }))).toBe('yes');
    expect(matchOf(matcher('a=~"(?P<name>post).*"'), complete({ a: 'postgres' }))).toBe('yes');
  });

  it.each(['[[:alpha:]]+', '\\\\pL+', 'x(?i:y)', '\\\\Ax\\\\z', '('])('does not guess at %s', (value) => {
    expect(matchOf(matcher(`a=~"${value}"`), complete({ a: 'x' }))).toBe('maybe');
  });

  it('does not guess at a label that nobody knows yet', () => {
    const labels = partial({ alertname: 'PostgresDown' });
    expect(matchOf(matcher('namespace="app-services"'), labels)).toBe('maybe');
    expect(matchOfAll(parseMatchers('alertname=PostgresDown,namespace="x"'), labels)).toBe('maybe');
    expect(matchOfAll(parseMatchers('alertname=Other,namespace="x"'), labels)).toBe('no');
    expect(matchOfAll(parseMatchers('alertname=~"Postgres.*"'), labels)).toBe('yes');
    expect(matchOfAll([], labels)).toBe('yes');
  });
});
