import { describe, expect, it } from 'vitest';
import { labelsFor, matchesSelector, selectorText, type LabelSelector } from '../../src/kubernetes/label-selector.js';

const expression = (key: string, operator: string, ...values: string[]): LabelSelector => ({
  matchExpressions: [{ key, operator, ...(values.length > 0 && { values }) }],
});

describe('a label selector', () => {
  it('matches everything when it asks for nothing', () => {
    expect(matchesSelector(undefined, { a: '1' })).toBe(true);
    expect(matchesSelector({}, undefined)).toBe(true);
  });

  it.each([
    ['In', ['x', 'y'], { a: 'y' }, true],
    ['In', ['x'], {}, false],
    ['NotIn', ['x'], {}, true],
    ['NotIn', ['x'], { a: 'x' }, false],
    ['Exists', [], { a: '' }, true],
    ['Exists', [], {}, false],
    ['DoesNotExist', [], {}, true],
    ['DoesNotExist', [], { a: 'x' }, false],
    ['Gt', ['1'], { a: '2' }, false],
  ])('%s %j of %j is %s', (operator, values, labels, expected) => {
    expect(matchesSelector(expression('a', operator, ...values), labels as Record<string, string>)).toBe(expected);
  });

  it('needs all that it asks for', () => {
    const selector = { matchLabels: { a: '1' }, ...expression('b', 'Exists') };
    expect(matchesSelector(selector, { a: '1', b: '' })).toBe(true);
    expect(matchesSelector(selector, { a: '2', b: '' })).toBe(false);
    expect(matchesSelector(selector, { a: '1' })).toBe(false);
  });
});

describe('a selector in a query', () => {
  it.each([
    [{}, ''],
    [{ matchLabels: { app: 'web', tier: 'front' } }, 'app=web,tier=front'],
    [{ matchLabels: { app: 'web' }, ...expression('a', 'In', 'x', 'y') }, 'app=web,a in (x,y)'],
    [expression('a', 'NotIn', 'x'), 'a notin (x)'],
    [expression('a', 'Exists'), 'a'],
    [expression('a', 'DoesNotExist'), '!a'],
  ])('%j is %s', (selector, expected) => {
    expect(selectorText(selector)).toBe(expected);
  });
});

describe('labels made for selectors', () => {
  it('are as few as possible', () => {
    expect(labelsFor([undefined, {}])).toEqual({});
    expect(labelsFor([expression('a', 'NotIn', 'x'), expression('b', 'DoesNotExist')])).toEqual({});
    expect(
      labelsFor([{ matchLabels: { a: '1' } }, expression('b', 'Exists'), expression('c', 'In', 'x', 'y')]),
    ).toEqual({
      a: '1',
      b: 'true',
      c: 'x',
    });
  });

  it('obey everything that is said of one key', () => {
    expect(labelsFor([expression('a', 'In', 'x', 'y'), expression('a', 'NotIn', 'x')])).toEqual({ a: 'y' });
    expect(labelsFor([expression('a', 'Exists'), expression('a', 'NotIn', 'true')])).toEqual({ a: 'false' });
  });

  it('are none at all where selectors contradict each other', () => {
    expect(labelsFor([{ matchLabels: { a: '1' } }, expression('a', 'In', '2')])).toBeUndefined();
    expect(labelsFor([expression('a', 'Exists'), expression('a', 'DoesNotExist')])).toBeUndefined();
  });
});
