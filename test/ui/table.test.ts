import { describe, expect, it } from 'vitest';
import { createStyle } from '../../src/ui/style.js';
import { table } from '../../src/ui/table.js';

describe('a table', () => {
  it('aligns its columns under their headings', () => {
    const rows = [
      ['traefik', '12', 'healthy'],
      ['kube-prometheus-stack', '3', ''],
    ];
    expect(table(rows, { head: ['RELEASE', 'REVISION', 'HEALTH'], right: [1], indent: 2 })).toBe(
      [
        '  RELEASE                REVISION  HEALTH',
        '  traefik                      12  healthy',
        '  kube-prometheus-stack         3',
      ].join('\n'),
    );
  });

  it('measures what is seen: no colours, wide characters twice', () => {
    const { paint } = createStyle({ color: true });
    expect(
      table([
        [paint('red', 'ab'), 'x'],
        ['日本', 'y'],
        ['e\u0301', 'z'],
      ]),
    ).toBe(`${paint('red', 'ab')}    x\n日本  y\ne\u0301     z`);
  });

  it('cuts the end of lines to the terminal', () => {
    expect(table([['traefik', 'has been healthy']], { columns: 16 })).toBe('traefik  has be…');
  });

  it('is empty without rows', () => {
    expect(table([])).toBe('');
  });
});
