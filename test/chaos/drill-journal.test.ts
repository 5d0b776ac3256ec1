import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDrillJournal, readDrillJournal } from '../../src/chaos/drill-journal.js';
import { crashedJournal, faultAt } from './records.js';
import { temporaryFolder } from './temporary-folder.js';

const start = { at: faultAt - 10_000, run: 'one', drill: 'db-down', environment: 'shop', provider: 'kind' };

async function opened(secrets: readonly string[] = []) {
  const folder = join(await temporaryFolder(), 'drills', 'one');
  const journal = openDrillJournal(folder, start, secrets);
  onTestFinished(() => {
    journal.close();
  });
  return { folder, journal };
}

describe('the journal of a drill', () => {
  it('tells while the drill runs what was done and how much was seen', async () => {
    const { folder, journal } = await opened();
    journal.mark('fault', faultAt);
    journal.record({ at: faultAt + 7000, kind: 'alerts', value: { name: 'PostgresDown' } });

    expect(await readDrillJournal(folder)).toEqual({
      start,
      marks: { fault: faultAt },
      facts: 3,
      lastAt: faultAt + 7000,
      isRunning: true,
    });
    expect(journal.problem).toBeUndefined();
    expect((await stat(journal.file)).mode & 0o077).toBe(0);
  });

  it('tells after a crash all but the torn line, and that nobody runs it any more', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'journal.jsonl'), crashedJournal);
    expect(await readDrillJournal(folder)).toMatchObject({
      start: { drill: 'db-down' },
      marks: { fault: faultAt },
      facts: 3,
      lastAt: faultAt + 7200,
      isRunning: false,
    });
  });

  it('holds no secrets, known or by their looks', async () => {
    const { journal } = await opened(['correct-horse-battery']);
    journal.record({ error: 'log-in of correct-horse-battery failed', at: 1 });
    journal.record({ error: 'https://hooks.slack.com/services/T0/B0/xyz answered 403', at: 2 });
    const text = await readFile(journal.file, 'utf8');
    expect(text).not.toContain('correct-horse-battery');
    expect(text).not.toContain('T0/B0/xyz');
    expect(text).toContain('answered 403');
  });

  it('never throws, and says what kept it from being complete', async () => {
    const folder = join(await temporaryFolder(), 'one');
    const journal = openDrillJournal(folder, start);
    journal.close();
    journal.record({ at: 1 });
    expect(journal.problem).toMatchObject({ code: 'EBADF' });
  });

  it('tells nothing of a run whose first line is torn', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'journal.jsonl'), '{"kind":"sta');
    expect(await readDrillJournal(folder)).toEqual({ marks: {}, facts: 0, isRunning: false });
  });
});
