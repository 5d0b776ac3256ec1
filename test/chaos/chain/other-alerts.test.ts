import { expect, it } from 'vitest';
import { unclearedAlerts, unexpectedAlerts } from '../../../src/chaos/chain/other-alerts.js';
import { alertWithout, drill, fired, seen } from './timeline.js';

it('names what fired because of the drill and was not expected', () => {
  const named = (name: string, change: object = {}) => ({ ...fired, name, ...change });
  const alerts = [
    fired,
    named('ApiSlow'),
    named('Watchdog'),
    named('InfoInhibitor'),
    named('Old', { isBaseline: true }),
    { ...alertWithout('firingAt'), name: 'OnlyPending' },
    named('KubePodCrashLooping'),
  ];
  expect(unexpectedAlerts({ ...seen, alerts }, drill).map(({ name }) => name)).toEqual(['KubePodCrashLooping']);
});

it('names expected alerts that are still there', () => {
  const alerts = [fired, alertWithout('endedAt'), { ...alertWithout('endedAt'), isBaseline: true }];
  expect(unclearedAlerts({ ...seen, alerts }, drill)).toEqual([alerts[1]]);
});
