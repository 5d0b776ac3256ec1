import { describe, expect, it } from 'vitest';
import { graphFormatFor } from '../../../src/ui/graph/format.js';

describe('the format of a graph', () => {
  it('is the one that was named', () => {
    expect(graphFormatFor({ format: 'dot', out: 'graph.svg', json: false })).toBe('dot');
  });

  it.each([
    ['graph.svg', 'svg'],
    ['docs/Graph.HTML', 'html'],
    ['a.b/graph.gv', 'dot'],
    ['graph.mmd', 'mermaid'],
    ['graph.json', 'json'],
    ['graph.txt', 'text'],
    ['graph', 'text'],
  ])('is what the name %s tells', (out, format) => {
    expect(graphFormatFor({ out, json: false })).toBe(format);
  });

  it('is text on standard output, or JSON where that was asked for', () => {
    expect(graphFormatFor({ json: false })).toBe('text');
    expect(graphFormatFor({ json: true })).toBe('json');
    expect(graphFormatFor({ format: 'json', json: true })).toBe('json');
  });

  it('cannot be another than JSON where standard output is to be JSON', () => {
    expect(() => graphFormatFor({ format: 'svg', json: true })).toThrow(
      '--format svg and --json ask for two different outputs',
    );
    expect(graphFormatFor({ format: 'svg', out: 'graph.svg', json: true })).toBe('svg');
  });
});
