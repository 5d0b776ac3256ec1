import { describe, expect, it } from 'vitest';
import { pageStyle } from '../../../src/chaos/report/page/style.js';

/** The colours of the style by their names: those of light first, those of dark after them. */
const palettes = [...pageStyle.matchAll(/--ground:[^}]+/g)].map(([declarations]) =>
  Object.fromEntries(
    [...declarations.matchAll(/--(\w+):(#[0-9a-f]+)/g)].map(([, name = '', colour = '']) => [name, colour]),
  ),
);

function luminance(colour: string): number {
  const digits = colour.length === 4 ? colour.replaceAll(/[0-9a-f]/g, '$&$&') : colour;
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(digits.slice(at, at + 2), 16) / 255)
    .map((share) => (share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [a, b] = [luminance(one), luminance(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

describe.each([
  ['light', palettes[0]],
  ['dark', palettes[1]],
])('the colours of a report: %s', (_, palette = {}) => {
  const { ground = '', shade = '' } = palette;

  // WCAG 2.2: 1.4.3 for texts, 1.4.11 for what has to be seen in a drawing.
  it.each(['text', 'quiet', 'link'])('let the %s be read on the page and on shaded phases', (name) => {
    expect(contrast(palette[name] ?? '', ground)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(palette[name] ?? '', shade)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(['first', 'second', 'third', 'fourth', 'good', 'bad', 'odd'])('let %s marks be seen', (name) => {
    expect(contrast(palette[name] ?? '', ground)).toBeGreaterThanOrEqual(3);
    expect(contrast(palette[name] ?? '', shade)).toBeGreaterThanOrEqual(3);
  });
});

describe('the series of a plot', () => {
  it('have each a pattern of their own, for those who do not see colours', () => {
    const looks = ['first', 'second', 'third', 'fourth', 'predicted', 'limit'];
    const patterns = looks.map((look) => {
      const rule =
        new RegExp(`\\.${look}\\{([^}]*)\\}`).exec(pageStyle.slice(pageStyle.indexOf('.series')))?.[1] ?? look;
      return /stroke-dasharray:([^;]*)/.exec(rule)?.[1] ?? 'solid';
    });
    expect(new Set(patterns).size).toBe(looks.length);
  });
});
