import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDrillJournal } from '../../src/chaos/drill-journal.js';
import { findRun, listRuns, pruneRuns } from '../../src/chaos/history.js';
import { writeRecord } from '../../src/chaos/record-file.js';
import { runFolder } from '../../src/chaos/run-folder.js';
import { crashedJournal, crashedRun, dbDownInhibited, dbDownPassed, faultAt } from './records.js';
import { temporaryFolder } from './temporary-folder.js';

async function stateWith(...runs: readonly string[]): Promise<string> {
  const state = await temporaryFolder();
  for (const run of runs) await writeRecord(join(runFolder(state, run), 'record.json'), dbDownPassed({ run }));
  return state;
}

async function crash(state: string, run = crashedRun): Promise<void> {
  await mkdir(runFolder(state, run), { recursive: true });
  await writeFile(join(runFolder(state, run), 'journal.jsonl'), crashedJournal);
}

const begin = (state: string, run: string) => {
  const start = { at: faultAt, run, drill: 'db-down', environment: 'shop', provider: 'kind' };
  const journal = openDrillJournal(runFolder(state, run), start);
  onTestFinished(() => {
    journal.close();
  });
};

describe('the history of drills', () => {
  it('has the newest run first, with its verdict', async () => {
    const state = await stateWith('20261121t090000-aaaaaa');
    const { run } = dbDownInhibited();
    await writeRecord(join(runFolder(state, run), 'record.json'), dbDownInhibited());

    expect(await listRuns(state)).toMatchObject([
      {
        status: 'finished',
        run,
        folder: runFolder(state, run),
        drill: 'db-down',
        durationMs: 76_000,
        verdict: { outcome: 'weakness', summary: 'nobody was told of PostgresDown: fired but inhibited by NodeDown' },
      },
      { status: 'finished', run: '20261121t090000-aaaaaa', verdict: { outcome: 'passed', isRehearsed: false } },
    ]);
  });

  it('has runs that were killed, that still go on, and that nobody can read', async () => {
    const state = await stateWith();
    await crash(state);
    begin(state, '20261121t120001-ffffff');
    await mkdir(runFolder(state, '20261121t120002-000000'), { recursive: true });
    await mkdir(runFolder(state, '20261121t120003-000000'), { recursive: true });
    await writeFile(join(runFolder(state, '20261121t120003-000000'), 'record.json'), '{');

    expect(await listRuns(state)).toMatchObject([
      { status: 'unreadable', reason: expect.stringContaining('it is not JSON') as unknown },
      { status: 'unreadable', reason: 'its folder has neither a record nor a journal' },
      { status: 'running', tale: { start: { drill: 'db-down' } } },
      { status: 'crashed', run: crashedRun, tale: { marks: { fault: faultAt }, facts: 3 } },
    ]);
  });

  it('is empty where no drill has run', async () => {
    expect(await listRuns(await temporaryFolder())).toEqual([]);
  });

  it('keeps the newest fifty, and whatever still goes on', async () => {
    const names = Array.from({ length: 52 }, (_, index) => `20261121t1100${String(index).padStart(2, '0')}-aaaaaa`);
    const state = await stateWith(...names);
    begin(state, '20260101t000000-aaaaaa');

    await pruneRuns(state);

    const left = (await listRuns(state)).map(({ run }) => run);
    expect(left).toEqual([...names.slice(2).reverse(), '20260101t000000-aaaaaa']);
    expect(existsSync(runFolder(state, names[1] ?? ''))).toBe(false);
  });
});

describe('finding a run', () => {
  const runs = ['20261121t090000-aaaaaa', '20261121t090000-aaaaaa-2', '20261122t090000-bbbbbb'];

  it.each([
    ['last', '20261122t090000-bbbbbb'],
    ['20261122', '20261122t090000-bbbbbb'],
    ['20261121t090000-aaaaaa', '20261121t090000-aaaaaa'],
  ])('finds %s', async (wanted, run) => {
    expect((await findRun(await stateWith(...runs), wanted)).run).toBe(run);
  });

  it('says which ones begin so where there are several', async () => {
    await expect(findRun(await stateWith(...runs), '20261121')).rejects.toMatchObject({
      code: 'usage',
      message: 'several runs begin with "20261121": 20261121t090000-aaaaaa-2, 20261121t090000-aaaaaa',
    });
  });

  it('says where there is none', async () => {
    await expect(findRun(await stateWith(...runs), 'x')).rejects.toMatchObject({
      code: 'conflict',
      message: 'no run of a drill begins with "x"',
      suggestions: ['platform chaos history', 'the newest one is 20261122t090000-bbbbbb'],
    });
    await expect(findRun(await temporaryFolder(), 'last')).rejects.toMatchObject({
      message: 'no drill has run in this environment on this machine',
    });
  });

  it('finds no path outside the history', async () => {
    await expect(findRun(await stateWith(...runs), '../drills')).rejects.toThrow('no run of a drill begins with');
  });
});
