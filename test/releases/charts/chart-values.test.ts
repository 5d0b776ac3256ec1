import { describe, expect, it } from 'vitest';
import { PlatformError } from '../../../src/errors.js';
import { parseChartValues } from '../../../src/releases/charts/chart-values.js';

describe("a chart's values.yaml", () => {
  it('is read as Helm reads it', () => {
    const text = 'mode: 0555\non: yes\noff: no\ntime: 12:30\ndate: 2026-01-01\nenum: =\nversion: 1.10\ntext: "0555"\n';
    expect(parseChartValues(text)).toEqual({
      ...{ mode: 0o555, true: true, false: false, time: '12:30', date: '2026-01-01', enum: '=' },
      ...{ version: 1.1, text: '0555' },
    });
  });

  it('has its anchors and merges resolved', () => {
    const text = 'base: &base { a: 1, b: 2 }\nmore: { <<: *base, b: 3 }\n';
    expect(parseChartValues(text)['more']).toEqual({ a: 1, b: 3 });
  });

  it.each(['', '# nothing but comments\n', '---\n'])('may be empty: %j', (text) => {
    expect(parseChartValues(text)).toEqual({});
  });

  it.each([
    ['- a\n', 'the values.yaml of the chart is not a map of values'],
    ['a: [\n', 'the values.yaml of the chart is not YAML'],
  ])('is refused as %j', (text, message) => {
    expect(() => parseChartValues(text)).toThrow(new PlatformError('usage', message));
  });
});
