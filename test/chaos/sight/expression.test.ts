import { describe, expect, it } from 'vitest';
import { selectorsOf } from '../../../src/chaos/sight/expression.js';

const read = (expression: string) =>
  selectorsOf(expression).map(({ text, metric, lookbackMs, rangeMs }) => [
    text,
    metric,
    lookbackMs / 1000,
    rangeMs && rangeMs / 1000,
  ]);

describe('what an expression reads', () => {
  it('is each selector with its name, without range and offset', () => {
    expect(read('sum by (a) (rate(x{job="y"}[2m])) / on (a) group_left () max(z offset 1h) > 0 # hi')).toEqual([
      ['x{job="y"}', 'x', 120, 120],
      ['z', 'z', 3_900, undefined],
    ]);
  });

  it('looks back by every range and offset around it', () => {
    expect(read('max_over_time(rate(x[5m])[1h:1m] offset 1d)')).toEqual([['x', 'x', 300 + 3_600 + 86_400, 300]]);
    expect(read('max_over_time(x[1w] offset -5m)')).toEqual([['x', 'x', 604_800, 604_800]]);
    expect(read('max_over_time(x[300])')).toEqual([['x', 'x', 300, 300]]);
    expect(read('max_over_time(x[1h30m])')).toEqual([['x', 'x', 5_400, 5_400]]);
  });

  it('may have its name among the labels, or none', () => {
    expect(read('{__name__="a b","c.d"="e"} or {"my.name",x!="y"} or {job="z"}')).toEqual([
      ['{__name__="a b","c.d"="e"}', 'a b', 300, undefined],
      ['{"my.name",x!="y"}', 'my.name', 300, undefined],
      ['{job="z"}', undefined, 300, undefined],
    ]);
  });

  it('is nothing for numbers', () => {
    expect(read('vector(1) > time() - 5')).toEqual([]);
  });
});
