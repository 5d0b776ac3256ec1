import { expect, it } from 'vitest';
import { writeReports } from '../../src/chaos/report/write.js';
import { runFolder } from '../../src/chaos/run-folder.js';
import { runToCompareWith } from '../../src/usecases/chaos-report.js';
import { dbDownPassed, loadPassed } from '../chaos/records.js';
import { temporaryFolder } from '../chaos/temporary-folder.js';

async function given() {
  const state = await temporaryFolder();
  const [first, second] = ['20261118t100000-aaaaaa', '20261119t100000-bbbbbb'].map((run) => dbDownPassed({ run }));
  const load = loadPassed({ run: '20261120t100000-cccccc' });
  for (const record of [first, second, load]) if (record) await writeReports(runFolder(state, record.run), record);
  return { state, first, second, load };
}

it('is the newest of the same drill, before the drill that is compared with it has begun', async () => {
  const { state, second } = await given();
  expect(await runToCompareWith(state, 'db-down', 'previous')).toBe(second?.run);
});

it('is none where the drill runs for the first time', async () => {
  const { state } = await given();
  expect(await runToCompareWith(state, 'pod-kill', 'previous')).toBeUndefined();
  expect(await runToCompareWith(await temporaryFolder(), 'db-down', 'previous')).toBeUndefined();
});

it('is the one that is named, and fits', async () => {
  const { state, first, load } = await given();
  expect(await runToCompareWith(state, 'db-down', '20261118')).toBe(first?.run);
  expect(await runToCompareWith(state, 'load', 'last')).toBe(load.run);
  await expect(runToCompareWith(state, 'db-down', 'last')).rejects.toThrow(
    `${load.run} is a run of load, and not of db-down`,
  );
  await expect(runToCompareWith(state, 'db-down', 'x')).rejects.toThrow('no run of a drill begins with "x"');
});
