import { describe, expect, it } from 'vitest';
import type { DrillRun } from '../../src/chaos/history.js';
import { historyText } from '../../src/ui/history-text.js';
import { createStyle } from '../../src/ui/style.js';
import { faultAt } from '../chaos/records.js';

const style = createStyle({ color: false });
const start = { at: faultAt - 10_000, run: 'r', drill: 'db-down', environment: 'shop', provider: 'kind' };
const finished: DrillRun = {
  status: 'finished',
  run: '20261121t095950-a1b2c3',
  folder: '/state/one',
  drill: 'db-down',
  environment: 'shop',
  provider: 'embedded',
  startedAt: faultAt,
  durationMs: 76_000,
  verdict: { outcome: 'passed', isRehearsed: true, summary: 'images went 2 → 18' },
};

describe('the history of drills as text', () => {
  it('has a line for each run: when, what, verdict, how long, its id', () => {
    expect(historyText([finished], style)).toBe(
      [
        '  Began                    Drill    Verdict               Took  Run',
        '✓ 2026-11-21 10:00:00 UTC  db-down  passed (rehearsed)  1m 16s  20261121t095950-a1b2c3  images went 2 → 18',
      ].join('\n'),
    );
  });

  it('says of a run that was killed while its fault lasted how to take that back', () => {
    const tale = { start, marks: { fault: faultAt }, facts: 3, lastAt: faultAt + 7000, isRunning: false };
    const text = historyText([{ status: 'crashed', run: 'r', folder: '/state/r', tale }], style);
    expect(text).toContain(
      '✗ 2026-11-21 09:59:50 UTC  db-down  crashed  17.0s  r    it ended while its fault lasted, 3 lines of journal: platform chaos restore r',
    );
  });

  it.each([
    [{}, 'it ended before the fault, 3 lines of journal'],
    [{ fault: faultAt, restored: faultAt + 1 }, 'it ended after its fault was taken back, 3 lines of journal'],
  ])('says that nothing has to be taken back where nothing has to: %j', (marks, words) => {
    const tale = { start, marks, facts: 3, isRunning: false };
    const text = historyText([{ status: 'crashed', run: 'r', folder: '/state/r', tale }], style);
    expect(text.endsWith(words)).toBe(true);
  });

  it('tells runs that go on and runs that nobody can read apart', () => {
    const tale = { start, marks: {}, facts: 1, isRunning: true };
    const lines = historyText(
      [
        { status: 'running', run: 'a', folder: '/state/a', tale },
        { status: 'unreadable', run: 'b', folder: '/state/b', reason: 'it is\nempty' },
      ],
      style,
    ).split('\n');
    expect(lines[1]).toMatch(/^• .* is running .* before the fault$/);
    expect(lines[2]).toMatch(/^! \? +\? +cannot be read +b +it is empty$/);
  });

  it('says so where there is none', () => {
    expect(historyText([], style)).toBe('No drill has run here.\n→ platform chaos list');
  });
});
