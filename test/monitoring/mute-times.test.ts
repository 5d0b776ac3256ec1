import { describe, expect, it } from 'vitest';
import { isDuring, muteTimeSchema } from '../../src/monitoring/mute-times.js';

const during = (interval: object, at: string) =>
  isDuring(muteTimeSchema.parse({ name: 'times', time_intervals: [interval] }), Date.parse(at));

// 2026-11-21 is a Saturday, 2028-02 has 29 days.
describe('whether a moment is one of the times of a route', () => {
  it.each<[object, string, boolean]>([
    [{}, '2026-11-21T12:00:00Z', true],
    [{ times: [{ start_time: '09:00', end_time: '17:00' }] }, '2026-11-21T09:00:00Z', true],
    [{ times: [{ start_time: '09:00', end_time: '17:00' }] }, '2026-11-21T17:00:00Z', false],
    [{ times: [{ start_time: '22:00', end_time: '24:00' }] }, '2026-11-21T23:59:59Z', true],
    [{ weekdays: ['monday:friday'] }, '2026-11-21T12:00:00Z', false],
    [{ weekdays: ['monday:friday', 'Saturday'] }, '2026-11-21T12:00:00Z', true],
    [{ months: ['november:december'] }, '2026-11-21T12:00:00Z', true],
    [{ months: ['1:10'] }, '2026-11-21T12:00:00Z', false],
    [{ years: [2026] }, '2026-11-21T12:00:00Z', true],
    [{ years: ['2027:2030'] }, '2026-11-21T12:00:00Z', false],
    [{ days_of_month: ['1:7'] }, '2026-11-21T12:00:00Z', false],
    [{ days_of_month: ['-3:-1'] }, '2028-02-27T12:00:00Z', true],
    [{ days_of_month: ['-3:-1'] }, '2028-02-26T12:00:00Z', false],
    [{ days_of_month: ['30:31'] }, '2028-02-29T12:00:00Z', false],
    [{ days_of_month: ['20:31'] }, '2028-02-29T12:00:00Z', true],
    [
      { times: [{ start_time: '00:00', end_time: '01:00' }], location: 'Europe/Stockholm' },
      '2026-11-20T23:30:00Z',
      true,
    ],
    [{ weekdays: ['saturday'], location: 'Asia/Tokyo' }, '2026-11-20T16:00:00Z', true],
    [{ times: [{ start_time: '09:00', end_time: '10:00' }], location: 'Local' }, '2026-11-20T09:30:00Z', true],
    [{ weekdays: ['saturday'], months: ['may'] }, '2026-11-21T12:00:00Z', false],
  ])('%j at %s: %s', (interval, at, expected) => {
    expect(during(interval, at)).toBe(expected);
  });

  it('is never one of no times', () => {
    expect(isDuring(muteTimeSchema.parse({ name: 'never' }), 0)).toBe(false);
  });

  it.each([{ weekdays: ['someday'] }, { months: ['smarch'] }, { location: 'Nowhere/City' }])(
    'refuses %j',
    (interval) => {
      expect(() => during(interval, '2026-11-21T12:00:00Z')).toThrow();
    },
  );
});
