import { describe, expect, it } from 'vitest';
import { compareRuns } from '../../../src/chaos/report/compare.js';
import { reportMarkdown } from '../../../src/chaos/report/markdown.js';
import { brokenAt, dbDown, dbDownInhibited, dbDownPassed, dbDownRehearsed, loadPassed } from '../records.js';

describe('a drill as a comment on a pull request', () => {
  it('has the verdict, why, what to do, and a row for each link', () => {
    const lines = reportMarkdown(dbDownInhibited()).split('\n');
    expect(lines[0]).toBe('## ✗ Drill db-down: weakness found');
    expect(lines).toContain('nobody was told of PostgresDown: fired but inhibited by NodeDown');
    expect(lines).toContain('**What to do**');
    expect(lines).toContain('| target not ready | met | 2.1s | 30.0s |  |');
    expect(lines).toContain('| delivered \\(PostgresDown\\) | broken |  | 6.0s | fired but inhibited by NodeDown |');
    expect(lines).toContain('- Taken back: as before');
  });

  it('has the autoscaler and the load where there were any', () => {
    const text = reportMarkdown(loadPassed());
    expect(text).toContain('- Replicas: 2 → 10 → 18 → 9 → 5 → 3 → 2, 18 wanted\n');
    expect(text).toContain('- Load: 108,000 requests, &gt;99.9% succeeded, 95% within 104ms\n');
  });

  it('says what was rehearsed and not observed', () => {
    const text = reportMarkdown(dbDownRehearsed());
    expect(text).toMatch(/^## ✓ Drill db-down: passed \\\(rehearsed\\\)\n/);
    expect(text).toContain('| users see it | not observed |  |  | simulated pods answer nobody |');
    expect(text).toContain('**Not observed**');
  });

  it('has what differs from another run', () => {
    const text = reportMarkdown(dbDownPassed(), compareRuns(dbDownInhibited(), dbDownPassed()));
    expect(text).toContain('### Compared with 20261121t103000-d4e5f6');
    expect(text).toContain('| delivered \\(PostgresDown\\) | broken | 2.4s | better |');
  });

  it('lets nothing that others wrote become markup, a row of its own, or a call to somebody', () => {
    const cause = 'a|b\n| c | <img src=x> [link](https://evil.example) `tick` @ada **bold** &amp;';
    const text = reportMarkdown(dbDownPassed({ links: brokenAt('pending', cause), drill: dbDown }));
    expect(text).not.toMatch(/<img|(?<!\\)\[link|@ada|https:\/\/evil|(?<!\\)\*\*bold|&amp;amp;amp/);
    const rows = text.split('\n').filter((line) => line.startsWith('| '));
    expect(rows).toHaveLength(2 + 11);
    for (const row of rows) expect(row.match(/(?<!\\)\|/g)).toHaveLength(6);
  });
});
