import { describe, expect, it } from 'vitest';
import { layoutOf, type Box, type Point } from '../../../src/ui/graph/layout.js';

const box = (name: string): Box => ({ name, level: 1, width: 100, height: 40 });
const line = (text: string) => {
  const [from = '', to = ''] = text.split(' → ');
  return { from, to, width: 50, height: 16 };
};

/** Every pair of different boxes whose areas share a point. */
function overlaps(boxes: readonly Box[], places: readonly Point[]): string[] {
  return boxes.flatMap((one, i) =>
    boxes.slice(i + 1).flatMap((other, j) => {
      const [a, b] = [places[i], places[i + 1 + j]];
      const apart =
        !a ||
        !b ||
        Math.abs(a.x - b.x) >= (one.width + other.width) / 2 ||
        Math.abs(a.y - b.y) >= (one.height + other.height) / 2;
      return apart ? [] : [`${one.name} ${other.name}`];
    }),
  );
}

describe('laying out a graph', () => {
  it('places boxes from left to right along the lines, apart from each other and inside the picture', async () => {
    const boxes = ['web', 'db', 'auth', 'mail', 'constructor'].map(box);
    const lines = ['db → auth', 'auth → web', 'db → web', 'mail → web', 'constructor → db'].map(line);
    const layout = await layoutOf(boxes, lines);
    const at = new Map(boxes.map(({ name }, index) => [name, layout.boxes[index] ?? { x: NaN, y: NaN }]));
    for (const { from, to } of lines)
      expect(at.get(from)?.x, `${from} → ${to}`).toBeLessThan((at.get(to)?.x ?? 0) - 100);
    expect(overlaps(boxes, layout.boxes)).toEqual([]);
    for (const { x, y } of layout.boxes) {
      expect(x - 50).toBeGreaterThan(0);
      expect(x + 50).toBeLessThan(layout.width);
      expect(y - 20).toBeGreaterThan(0);
      expect(y + 20).toBeLessThan(layout.height);
    }
  });

  it('draws each line from the border of one box to the border of the other', async () => {
    const { boxes, lines } = await layoutOf([box('a'), box('b')], [line('a → b')]);
    const [a, b] = boxes;
    const points = lines[0]?.points ?? [];
    expect(points[0]?.x).toBe((a?.x ?? 0) + 50);
    expect(points.at(-1)?.x).toBe((b?.x ?? 0) - 50);
  });

  it('keeps both lines of two boxes that wait for each other', async () => {
    const { lines } = await layoutOf([box('a'), box('b')], [line('a → b'), line('b → a')]);
    expect(lines.map(({ points }) => points.length > 1)).toEqual([true, true]);
    expect(lines[0]?.label).not.toEqual(lines[1]?.label);
  });

  it('lays out a graph of more boxes than the careful way takes', async () => {
    const boxes = Array.from({ length: 250 }, (_, index) => box(`r${String(index)}`));
    const lines = boxes.slice(1).map(({ name }, index) => line(`r${String(Math.floor(index / 4))} → ${name}`));
    expect(overlaps(boxes, (await layoutOf(boxes, lines)).boxes)).toEqual([]);
  });

  it('is empty, but a picture, without a box', async () => {
    expect(await layoutOf([], [])).toMatchObject({ width: 48, height: 48, boxes: [], lines: [] });
  });

  it('refuses what would take minutes, and says what to do instead', async () => {
    const boxes = Array.from({ length: 1000 }, (_, index) => ({ ...box(`r${String(index)}`), level: index }));
    const chain = boxes.slice(1).map(({ name }, index) => line(`r${String(index)} → ${name}`));
    const fromFirst = boxes.slice(1, 200).map(({ name }) => line(`r0 → ${name}`));
    await expect(layoutOf(boxes, [...chain, ...fromFirst.slice(1)])).rejects.toMatchObject({
      code: 'usage',
      message: 'a drawing of 1000 releases and 1197 lines between them is more than can be laid out or read',
      suggestions: [expect.stringContaining('--only'), expect.stringContaining('--format dot')] as unknown,
    });
  });
});
