import { describe, expect, it } from 'vitest';
import type { Release } from '../../src/environment/environment.js';
import type { Problem } from '../../src/environment/problems.js';
import { withSettings } from '../../src/environment/set.js';
import { mergeValues } from '../../src/releases/values/values.js';

const auth: Release = {
  ...{ name: 'auth', namespace: 'apps', needs: [], values: [{ origin: 'file', values: { a: { kept: 1 } } }] },
  chart: { from: 'bundled', name: 'service', path: '/service' },
};

function set(...flags: string[]) {
  const problems: Problem[] = [];
  const [release] = withSettings(
    { releases: [auth], names: ['auth', 'broken'], off: new Map([['store', 'shopping']]) },
    flags,
    (problem) => problems.push(problem),
  );
  return { values: mergeValues(release?.values ?? []), problems };
}

describe('--set', () => {
  it.each<[string, unknown]>([
    ['1', 1],
    ['-1.5', -1.5],
    ['true', true],
    ['null', null],
    ['"1"', '1'],
    ["'true'", 'true'],
    ['', ''],
    ['text with spaces', 'text with spaces'],
    ['welcome: friends', 'welcome: friends'],
    ['a=b', 'a=b'],
    ['https://x.example/?a=1#b', 'https://x.example/?a=1#b'],
    ['@every 5m', '@every 5m'],
    ['x #1', 'x #1'],
    ['*', '*'],
    ['!x y', '!x y'],
    ['- a', '- a'],
    ['[a, 1, "2"]', ['a', 1, '2']],
    ['{a: {b: 1}}', { a: { b: 1 } }],
    ['[]', []],
  ])('reads %j as YAML would, and as text where that is none', (text, value) => {
    expect(set(`auth.key=${text}`)).toEqual({ values: { a: { kept: 1 }, key: value }, problems: [] });
  });

  it('reaches into maps and leaves the rest of them', () => {
    expect(set('auth.a.b.c=1').values).toEqual({ a: { kept: 1, b: { c: 1 } } });
  });

  it('takes a dot or an equals sign after a backslash for part of the key', () => {
    expect(set('auth.annotations.example\\.org/a\\=b=1').values).toMatchObject({
      annotations: { 'example.org/a=b': 1 },
    });
  });

  it('lets the last one win', () => {
    expect(set('auth.x=1', 'auth.x.y=2').values).toMatchObject({ x: { y: 2 } });
  });

  it.each([
    ['auth', '"auth" does not set a value of a release'],
    ['auth=1', '"auth=1" does not set a value of a release'],
    ['auth.=1', '"auth.=1" does not set a value of a release'],
    ['.a=1', '".a=1" does not set a value of a release'],
    ['auth.a.b', '"auth.a.b" does not set a value of a release'],
    ['auth.list[0]=1', 'auth.list[0]=1 sets one item of a list'],
    ['auth.a=no', 'auth.a=no: no is false to Helm, but text in YAML 1.2'],
    ['other.a=1', 'there is no release other in this environment: other.a=1'],
  ])('refuses %s', (flag, message) => {
    const { problems } = set(flag);
    expect(problems.map((problem) => problem.message)).toEqual([message]);
    expect(problems[0]?.file).toBe('--set');
  });

  it('refuses a list that is not closed, and says where', () => {
    expect(set('auth.a=[1, 2').problems).toMatchObject([{ column: 8, value: '[1, 2' }]);
  });

  it('suggests the release that was meant', () => {
    expect(set('auht.a=1').problems).toMatchObject([{ suggestion: 'did you mean auth?', allowed: 'auth, broken' }]);
  });

  it('has no complaint about a release that is only broken otherwise', () => {
    expect(set('broken.a=1').problems).toEqual([]);
  });
});
