import { expect, it } from 'vitest';
import { unclearedNames, unexpectedNames } from '../../../src/chaos/verdict/alerts.js';
import type { AlertSighting } from '../../../src/chaos/record.js';
import { alertWithout, drill, fired, seen } from '../chain/timeline.js';
import { dbDownPassed } from '../records.js';

const passed = dbDownPassed();
const recordOf = (alerts: readonly AlertSighting[], change: object = {}) => ({
  ...passed,
  ...{ drill, observations: { ...seen, alerts }, links: [], ...change },
});

it('names what fired because of the drill and was not expected, once', () => {
  const named = (name: string, change: object = {}) => ({ ...fired, name, ...change });
  const alerts = [
    fired,
    named('ApiSlow'),
    named('Watchdog'),
    named('InfoInhibitor'),
    named('Old', { isBaseline: true }),
    { ...alertWithout('firingAt'), name: 'OnlyPending' },
    named('KubePodCrashLooping'),
    named('KubePodCrashLooping', { fingerprint: 'another' }),
  ];
  expect(unexpectedNames(recordOf(alerts))).toEqual(['KubePodCrashLooping']);
});

it('names expected alerts that are still there when the fault is not', () => {
  const left = alertWithout('endedAt');
  expect(unclearedNames(recordOf([fired, left]))).toEqual([left.name]);
  expect(unclearedNames(recordOf([fired, { ...left, isBaseline: true }]))).toEqual([]);
  const { startedAt, endedAt } = passed.marks;
  expect(unclearedNames(recordOf([fired, left], { marks: { startedAt, endedAt } }))).toEqual([]);
  // Somebody was told that it is over, and it was only not looked at again.
  const links = [{ name: 'resolved', alert: left.name, status: 'met', at: passed.marks.endedAt }];
  expect(unclearedNames(recordOf([left], { links }))).toEqual([]);
});
