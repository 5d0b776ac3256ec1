import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRecord, writeRecord } from '../../src/chaos/record-file.js';
import { dbDownInconclusive, dbDownInhibited, dbDownPassed, dbDownRehearsed, loadPassed } from './records.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'platform-record-'));
});
afterAll(() => rm(folder, { recursive: true }));

const written = async (text: string): Promise<string> => {
  const file = join(folder, 'broken.json');
  await writeFile(file, text);
  return file;
};

describe('the record of a drill', () => {
  it.each([
    ['passed', dbDownPassed()],
    ['weakness', dbDownInhibited()],
    ['rehearsed', dbDownRehearsed()],
    ['inconclusive', dbDownInconclusive()],
    ['failed', dbDownPassed({ problem: 'hey could not be started' })],
    ['load', loadPassed()],
    ['drain', dbDownPassed({ drill: { ...dbDownPassed().drill, fault: { type: 'drain', node: 'worker-1' } } })],
  ])('is the same after it was written and read: %s', async (name, record) => {
    const file = join(folder, `${name}.json`);
    await writeRecord(file, record);
    expect(await readRecord(file)).toEqual(record);
    expect((await stat(file)).mode & 0o077).toBe(0);
  });

  it('keeps what a later platform has added to it', async () => {
    const file = join(folder, 'later.json');
    const record = dbDownPassed();
    const later = { ...record, weather: 'fair', marks: { ...record.marks, heldAt: 1 } };
    await writeFile(file, JSON.stringify(later));
    expect(await readRecord(file)).toEqual(later);
  });

  it('is refused where the file is torn or empty, with what else tells of the run', async () => {
    const whole = join(folder, 'whole.json');
    await writeRecord(whole, dbDownPassed());
    const text = await readFile(whole, 'utf8');
    await expect(readRecord(await written(text.slice(0, 1000)))).rejects.toMatchObject({
      code: 'conflict',
      message: `${join(folder, 'broken.json')} cannot be read: it is not JSON`,
      suggestions: [expect.stringContaining('journal.jsonl') as unknown, 'run the drill again'],
    });
    await expect(readRecord(await written(''))).rejects.toThrow('it is empty');
  });

  it('is refused where something else stands in the file, with the place', async () => {
    const record = dbDownPassed();
    const odd = { ...record, marks: { ...record.marks, endedAt: 'late' } };
    await expect(readRecord(await written(JSON.stringify(odd)))).rejects.toThrow(
      'it is not the record of a drill at marks.endedAt: ',
    );
    await expect(readRecord(await written('[]'))).rejects.toThrow('it is not the record of a drill: ');
  });

  it('is refused in another version, with who can read it', async () => {
    await expect(readRecord(await written(JSON.stringify({ ...dbDownPassed(), version: 2 })))).rejects.toMatchObject({
      message: `${join(folder, 'broken.json')} has version 2 of a drill's record, and this platform reads version 1`,
      suggestions: [
        'read it with the platform that wrote it, or update this one',
        'open report.html beside it: it needs nothing else',
      ],
    });
    await expect(readRecord(await written('{"version":0}'))).rejects.toMatchObject({
      suggestions: ['run the drill again', expect.any(String) as unknown],
    });
  });

  it('is told to be absent in the words of the system', async () => {
    await expect(readRecord(join(folder, 'nowhere.json'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
