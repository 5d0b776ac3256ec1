import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDrillJournal } from '../../src/chaos/drill-journal.js';
import type { DrillRecord } from '../../src/chaos/record.js';
import { writeReports } from '../../src/chaos/report/write.js';
import { runFolder } from '../../src/chaos/run-folder.js';
import { chaosHistory } from '../../src/usecases/chaos-history.js';
import { reportOf } from '../../src/usecases/chaos-report.js';
import { crashedJournal, crashedRun, dbDownInhibited, dbDownPassed, loadPassed } from '../chaos/records.js';
import { temporaryFolder } from '../chaos/temporary-folder.js';

async function stateWith(...records: readonly DrillRecord[]): Promise<string> {
  const state = await temporaryFolder();
  for (const record of records) await writeReports(runFolder(state, record.run), record);
  return state;
}

const { marks } = dbDownPassed();
const earlier = dbDownInhibited({
  run: '20261120t100000-aaaaaa',
  marks: { ...marks, startedAt: marks.startedAt - 86_400_000 },
});
const later = dbDownPassed();

describe('the report of a drill', () => {
  it('is that of the last run, from what is kept of it', async () => {
    const state = await stateWith(earlier, later);
    expect(await reportOf(state)).toEqual({
      record: later,
      folder: runFolder(state, later.run),
      html: join(runFolder(state, later.run), 'report.html'),
    });
  });

  it.each([
    ['html', '<!doctype html>'],
    ['markdown', '## ✓ Drill db-down: passed'],
    ['junit', '<?xml version="1.0" encoding="UTF-8"?>'],
  ] as const)('can be had as %s', async (format, beginning) => {
    const { content } = await reportOf(await stateWith(later), { format });
    expect(content?.startsWith(beginning)).toBe(true);
  });

  it('can be had as JSON: the record, with what differs where that is asked for', async () => {
    const state = await stateWith(earlier, later);
    const { content = '' } = await reportOf(state, { format: 'json' });
    expect(JSON.parse(content)).toEqual(later);
    const compared = await reportOf(state, { format: 'json', compare: 'previous' });
    expect(JSON.parse(compared.content ?? '')).toEqual({ ...later, comparison: compared.comparison });
  });

  it('tells what differs from the run before it of the same drill', async () => {
    const state = await stateWith(earlier, loadPassed({ run: '20261121t000000-bbbbbb' }), later);
    const { comparison, content } = await reportOf(state, { compare: 'previous', format: 'markdown' });
    expect(comparison).toMatchObject({ before: { run: earlier.run }, verdict: 'better' });
    expect(content).toContain(`### Compared with ${earlier.run}`);
  });

  it('tells what differs from a run that was named', async () => {
    const { comparison } = await reportOf(await stateWith(earlier, later), { run: earlier.run, compare: later.run });
    expect(comparison).toMatchObject({ verdict: 'worse', caveats: [`${later.run} is the later one of the two`] });
  });

  it('says so where there is no run before it, or no place for what differs', async () => {
    const state = await stateWith(later);
    await expect(reportOf(state, { compare: 'previous' })).rejects.toThrow(
      `there is no run of db-down before ${later.run}`,
    );
    await expect(reportOf(state, { compare: 'previous', format: 'junit' })).rejects.toMatchObject({ code: 'usage' });
  });

  it('cannot be had of a run that was killed; what to do first is take its fault back', async () => {
    const state = await temporaryFolder();
    const folder = runFolder(state, crashedRun);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'journal.jsonl'), crashedJournal);
    await expect(reportOf(state)).rejects.toMatchObject({
      code: 'conflict',
      message: `run ${crashedRun} has no report: it was ended before it could write one`,
      suggestions: [
        `platform chaos restore ${crashedRun} --environment shop`,
        `its journal tells what was seen: ${join(folder, 'journal.jsonl')}`,
      ],
    });
  });

  it('cannot be had of a run that goes on, or whose record is broken', async () => {
    const state = await temporaryFolder();
    const start = { at: 1, run: 'one', drill: 'db-down', environment: 'shop', provider: 'kind' };
    openDrillJournal(runFolder(state, 'one'), start).close();
    await expect(reportOf(state)).rejects.toThrow('the drill of run one is still running');
    await mkdir(runFolder(state, 'two'));
    await writeFile(join(runFolder(state, 'two'), 'record.json'), '{"version":7}');
    await expect(reportOf(state)).rejects.toThrow("has version 7 of a drill's record");
  });

  it('comes with all files of the run in a folder, for those who keep them', async () => {
    const state = await stateWith(later);
    const to = join(await temporaryFolder(), 'made', 'artefacts');
    const { artefacts } = await reportOf(state, { artefacts: to });
    expect(artefacts).toEqual(['record.json', 'report.html', 'report.md', 'junit.xml'].map((name) => join(to, name)));
    expect(JSON.parse(await readFile(join(to, 'record.json'), 'utf8'))).toEqual(later);
  });

  it('has none of the secrets that are known, in none of its files', async () => {
    const state = await temporaryFolder();
    const folder = runFolder(state, later.run);
    const secret = 'correct-horse-battery';
    const files = await writeReports(folder, dbDownPassed({ problem: `log-in with ${secret} failed` }), [secret]);
    for (const file of Object.values<string>({ ...files })) {
      expect(existsSync(file)).toBe(true);
      const text = await readFile(file, 'utf8');
      expect(text).not.toContain(secret);
      expect(text).toMatch(/log-in with (\*\*\*|\\\*\\\*\\\*) failed/);
    }
  });
});

describe('the history of an environment', () => {
  it('can be that of one drill', async () => {
    const state = await stateWith(earlier, later, loadPassed());
    expect((await chaosHistory(state)).runs).toHaveLength(3);
    const { runs } = await chaosHistory(state, { drill: 'db-down' });
    expect(runs.map(({ run }) => run)).toEqual([later.run, earlier.run]);
  });
});
