import { describe, expect, it } from 'vitest';
import { compareRuns } from '../../src/chaos/report/compare.js';
import { comparisonText } from '../../src/ui/comparison-text.js';
import { createStyle } from '../../src/ui/style.js';
import { dbDownInhibited, dbDownPassed, dbDownRehearsed } from '../chaos/records.js';

describe('what differs between two runs, as text', () => {
  const comparison = compareRuns(dbDownInhibited(), dbDownPassed());

  it('is a table with a column for each run', () => {
    const lines = comparisonText(comparison, createStyle({ color: false })).split('\n');
    expect(lines[0]).toMatch(/^ +20261121t103000-d4e5f6 +20261121t095950-a1b2c3 +Change$/);
    expect(lines[1]).toMatch(/^ {2}verdict +weakness found +passed +better$/);
    expect(lines).toHaveLength(2 + 11);
  });

  it('is followed by what makes it less than fair', () => {
    const text = comparisonText(compareRuns(dbDownPassed(), dbDownRehearsed()), createStyle({ color: false }));
    expect(text).toMatch(/\n! one ran on kind, the other on embedded: times differ for that alone$/);
  });

  it('shows by colour what became better', () => {
    expect(comparisonText(comparison, createStyle({ color: true }))).toContain('\u001b[32mbetter\u001b[39m');
  });
});
