import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunEventBody } from '../../src/plan/events.js';
import {
  journals,
  openJournal,
  readHistory,
  readJournal,
  rotateJournals,
  survivingChildren,
} from '../../src/plan/journal.js';
import { startTimeOf } from '../../src/process-identity.js';
import { afterwards, temporaryFolder } from '../toolchain/fixture.js';

const summary = { run: 'r', durationMs: 0, counts: {}, steps: [], criticalPath: [], journal: '' };

function journalOf(state: string, run: string, ...events: RunEventBody[]): string {
  const journal = openJournal(state, run);
  events.forEach((event, at) => {
    journal.record({ at, ...event });
  });
  journal.close();
  return journal.file;
}

const started = (command: string): RunEventBody => ({
  type: 'run-started',
  run: 'r',
  command,
  environment: 'shop',
  steps: [],
});
const done = (id: string, durationMs: number): RunEventBody => ({
  type: 'step-finished',
  id,
  outcome: 'done',
  durationMs,
});
const finished = (durationMs: number) =>
  ({ type: 'run-finished', summary: { ...summary, durationMs } }) as unknown as RunEventBody;

/** A child process of this one, as a journal would have it. */
async function child(): Promise<{ event: RunEventBody; process: ChildProcess; pid: number }> {
  const process = spawn('sleep', ['60']);
  await once(process, 'spawn');
  afterwards(() => Promise.resolve(process.kill()));
  const pid = process.pid ?? 0;
  const event = { type: 'process-started', pid, startedAt: startTimeOf(pid) ?? '', command: 'sleep 60' } as const;
  return { event, process, pid };
}

describe('a journal', () => {
  it('has one line for each event, written as it happens, for nobody but the user', async () => {
    const state = await temporaryFolder();
    const journal = openJournal(state, '20260101t000000-aaaaaa');
    journal.record({ at: 1, type: 'notice', level: 'info', message: 'two\nlines' });
    expect(await readFile(journal.file, 'utf8')).toBe(
      '{"at":1,"type":"notice","level":"info","message":"two\\nlines"}\n',
    );
    expect((await stat(journal.file)).mode & 0o777).toBe(0o600);
    journal.close();
    expect(journal.file).toBe(join(state, 'runs', '20260101t000000-aaaaaa.jsonl'));
  });

  it('leaves out how far a download is, and keeps what a step says', async () => {
    const file = journalOf(
      await temporaryFolder(),
      'r',
      { type: 'step-progress', id: 'tool/helm', message: 'downloading', done: 1, total: 2, unit: 'bytes' },
      { type: 'step-progress', id: 'nodes', message: 'not ready: worker' },
    );
    expect(await readJournal(file)).toEqual([
      { at: 1, type: 'step-progress', id: 'nodes', message: 'not ready: worker' },
    ]);
  });

  it('is read up to a last line that a crash has torn', async () => {
    const file = journalOf(await temporaryFolder(), 'r', started('up'), done('cluster', 5));
    await appendFile(file, '{"at":3,"type":"step-fini');
    expect((await readJournal(file)).map(({ type }) => type)).toEqual(['run-started', 'step-finished']);
  });

  it.skipIf(process.platform !== 'linux')(
    'neither throws nor hides it when the disk is full (needs /dev/full)',
    async () => {
      const state = await temporaryFolder();
      await mkdir(join(state, 'runs'));
      await symlink('/dev/full', join(state, 'runs', 'r.jsonl'));
      const journal = openJournal(state, 'r');
      expect(journal.problem).toBeUndefined();
      journal.record({ at: 1, type: 'notice', level: 'info', message: 'lost' });
      journal.record({ at: 2, type: 'notice', level: 'info', message: 'lost as well' });
      expect(journal.problem?.message).toContain('ENOSPC');
      journal.close();
    },
  );
});

describe('the journals of an environment', () => {
  it('come newest first, and none where nothing ever ran', async () => {
    const state = await temporaryFolder();
    expect(await journals(state)).toEqual([]);
    journalOf(state, '20260102t000000-aaaaaa');
    journalOf(state, '20260103t000000-aaaaaa');
    journalOf(state, '20260101t000000-ffffff');
    await writeFile(join(state, 'runs', 'notes.txt'), '');
    expect((await journals(state)).map((file) => basename(file).slice(0, 8))).toEqual([
      '20260103',
      '20260102',
      '20260101',
    ]);
  });

  it('are kept for the last 20 runs', async () => {
    const state = await temporaryFolder();
    const names = Array.from({ length: 25 }, (_, n) => `202601${String(n + 1).padStart(2, '0')}t000000-aaaaaa`);
    for (const name of names) journalOf(state, name);
    await rotateJournals(state);
    expect((await readdir(join(state, 'runs'))).sort()).toEqual(names.slice(5).map((name) => `${name}.jsonl`));
    await rotateJournals(state);
    expect(await readdir(join(state, 'runs'))).toHaveLength(20);
  });
});

describe('the history', () => {
  it('has the newest duration of each step that was applied', async () => {
    const state = await temporaryFolder();
    journalOf(state, '1', started('up'), done('cluster', 9000), done('release/a', 700), finished(9700));
    journalOf(state, '2', started('up'), done('cluster', 6000), {
      type: 'step-finished',
      id: 'release/a',
      outcome: 'failed',
      durationMs: 60_000,
    });
    expect(Object.fromEntries((await readHistory(state)).durations)).toEqual({ cluster: 6000, 'release/a': 700 });
  });

  it('has each finished run with its command, what it applied and how long it took', async () => {
    const state = await temporaryFolder();
    journalOf(state, '1', started('up'), done('cluster', 9), finished(10));
    journalOf(state, '2', started('stop'), done('cluster', 1), finished(2));
    journalOf(state, '3', started('up'), done('cluster', 5));
    expect((await readHistory(state)).runs).toEqual([
      { command: 'stop', applied: new Set(['cluster']), durationMs: 2 },
      { command: 'up', applied: new Set(['cluster']), durationMs: 10 },
    ]);
  });

  it('goes back a few runs only', async () => {
    const state = await temporaryFolder();
    for (const run of ['1', '2', '3']) journalOf(state, run, started('up'), finished(Number(run)));
    expect((await readHistory(state, 2)).runs.map(({ durationMs }) => durationMs)).toEqual([3, 2]);
  });
});

describe('the children that survived a run', () => {
  it('are those of a run that did not finish, while they live', async () => {
    const state = await temporaryFolder();
    const [living, dead, ended] = await Promise.all([child(), child(), child()]);
    journalOf(state, 'killed', started('up'), living.event, dead.event, ended.event, {
      type: 'process-finished',
      pid: ended.pid,
      exitCode: 0,
    });
    dead.process.kill('SIGKILL');
    await once(dead.process, 'exit');
    const { pid, event } = living;
    expect(await survivingChildren(state, 'now')).toEqual([
      { pid, startedAt: 'startedAt' in event ? event.startedAt : '', command: 'sleep 60' },
    ]);
  });

  it('are not those of a run that finished, whatever it said after that', async () => {
    const state = await temporaryFolder();
    const { event } = await child();
    const late: RunEventBody = { type: 'notice', level: 'warning', message: 'the journal is not complete' };
    journalOf(state, 'finished', started('up'), event, finished(1), late);
    expect(await survivingChildren(state, 'now')).toEqual([]);
  });

  it('are not those of this run', async () => {
    const state = await temporaryFolder();
    journalOf(state, 'now', started('up'), (await child()).event);
    expect(await survivingChildren(state, 'now')).toEqual([]);
  });

  it('are not other processes that were given the same pid', async () => {
    const state = await temporaryFolder();
    const { event } = await child();
    journalOf(state, 'killed', started('up'), { ...event, startedAt: 'long ago' } as RunEventBody);
    expect(await survivingChildren(state, 'now')).toEqual([]);
  });
});
