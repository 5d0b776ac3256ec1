import { describe, expect, it } from 'vitest';
import { keepsLabel, selectorsIn } from '../../src/monitoring/expression.js';

describe('the selectors of an expression', () => {
  it('are all of them, without what is around them', () => {
    const found = selectorsIn(
      'max by (a) (max_over_time(up{job="api", "x.y"=~\'b|c\'}[5m] offset 1h)) > on (a) {__name__="other", d!~`e`} + plain',
    );
    expect(found).toEqual([
      {
        text: 'up{job="api", "x.y"=~\'b|c\'}',
        metric: 'up',
        matchers: [
          { name: 'job', value: 'api', isRegex: false, isEqual: true },
          { name: 'x.y', value: 'b|c', isRegex: true, isEqual: true },
        ],
      },
      {
        text: '{__name__="other", d!~`e`}',
        metric: 'other',
        matchers: [
          { name: '__name__', value: 'other', isRegex: false, isEqual: true },
          { name: 'd', value: 'e', isRegex: true, isEqual: false },
        ],
      },
      { text: 'plain', metric: 'plain', matchers: [] },
    ]);
  });

  it('may have a name that is no identifier', () => {
    const matchers = [{ name: 'x', value: 'y"', isRegex: false, isEqual: false }];
    expect(selectorsIn('{"my.name",x!="y\\""}')).toEqual([
      { text: '{"my.name",x!="y\\""}', metric: 'my.name', matchers },
    ]);
  });

  it('are none where nothing is selected', () => {
    expect(selectorsIn('vector(1)')).toEqual([]);
  });
});

describe('whether a label is left', () => {
  it.each([
    ['up == 0', true],
    ['max by (namespace) (up)', true],
    ['max(up)', false],
    ['sum by (job) (max by (namespace, job) (up))', false],
    ['sum without (pod) (up)', true],
    ['sum without (namespace) (up)', false],
    ['max by (namespace) (a) or max by (namespace) (b)', true],
  ])('%s: %s', (expression, expected) => {
    expect(keepsLabel(expression, 'namespace')).toBe(expected);
  });
});
