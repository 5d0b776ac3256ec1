import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { mergeValues, originsOf } from '../../src/releases/values/values.js';
import { createStyle } from '../../src/ui/style.js';
import { valuesText } from '../../src/ui/values-text.js';
import type { ValuesResult } from '../../src/usecases/values.js';

const style = createStyle({ color: false });

function textOf(layers: readonly object[], more: Partial<ValuesResult> = {}): string {
  const all = layers.map((values, index) => ({ origin: `layer ${String(index + 1)}`, values: { ...values } }));
  const values = mergeValues(all);
  const origins = Object.fromEntries(originsOf(all));
  return valuesText(
    { release: 'shop', namespace: 'web', chart: 'service', values, origins, unknown: [], ...more },
    style,
  );
}

describe('values as text', () => {
  it('are YAML with the origin of each value at the end of its line, in one column', () => {
    expect(
      textOf([
        { image: { tag: 'v1' }, args: ['a', { b: 1 }], nothing: {} },
        { image: { 'pull.policy': 'Always' }, limits: null, text: 'one\n\ntwo\n' },
      ]),
    ).toBe(
      `# shop in web: service
image:
  tag: v1              # layer 1
  pull.policy: Always  # layer 2
args:                  # layer 1
  - a
  - b: 1
nothing: {}            # layer 1
limits: null           # layer 2
text: |                # layer 2
  one

  two`,
    );
  });

  it('mean the same when Helm reads them back', () => {
    const values = {
      ...{ yes: 'yes', mode: '0555', time: '12:30', number: '1', nothing: '~', hash: 'a # b', colon: 'a: b', '': 'x' },
      ...{
        list: ['no', [], [[1]], { y: 'off' }],
        folded: `${'long '.repeat(60)}end`,
        lines: '  a\n b\n\n',
        tab: '\ta',
      },
      ...{ 'a key': { 'a: b': null, '#c': true, '0': 1.5 }, multi: { 'line\nbreak': 1 } },
    };
    expect(parse(textOf([values]), { version: '1.1' })).toEqual(values);
  });

  it('leave the column where a line is too long for it', () => {
    const text = textOf([{ short: 1, long: 'x'.repeat(80) }]);
    const [, first = '', second = ''] = text.split('\n');
    expect(first.indexOf('#')).toBe(62);
    expect(second).toBe(`long: ${'x'.repeat(80)}  # layer 1`);
  });

  it('are an empty map where there are none', () => {
    expect(textOf([])).toBe('# shop in web: service\n{}');
  });

  it('end with what is unknown, as comments, so that the whole stays YAML', () => {
    const text = textOf([{ tpye: 1 }], {
      unknown: [
        { path: 'tpye', origin: 'platform.yaml', refused: true, suggestion: 'type' },
        { path: 'xyz', origin: '--set', refused: false },
      ],
    });
    expect(text.split('\n').slice(-2)).toEqual([
      '# ! tpye (platform.yaml): the chart refuses it; did you mean type?',
      '# ! xyz (--set): the chart does not know it',
    ]);
    expect(parse(text)).toEqual({ tpye: 1 });
  });

  it('say why nobody looked for unknown ones', () => {
    expect(textOf([{ a: 1 }], { unchecked: 'the chart is not here' })).toContain(
      '\n# not checked for unknown keys: the chart is not here',
    );
  });
});
