import { expect, it } from 'vitest';
import { systemClock } from '../src/clock.js';
import { throttle } from '../src/throttle.js';

it('says one thing per interval, and the last one always', () => {
  let now = 0;
  const said: string[] = [];
  const throttled = throttle<string>({ ...systemClock, now: () => now }, 100, (text) => said.push(text));
  throttled.now('first');
  now = 99;
  throttled.now('too early');
  now = 100;
  throttled.now('second');
  throttled.last('end');
  expect(said).toEqual(['first', 'second', 'end']);
});
