import { describe, expect, it } from 'vitest';
import { parseDuration, writeDuration } from '../src/duration.js';

describe('a duration', () => {
  it.each([
    ['250ms', 250],
    ['90s', 90_000],
    ['10m', 600_000],
    ['1h30m', 5_400_000],
    ['1.5h', 5_400_000],
    ['2d', 172_800_000],
  ])('of %s is %d milliseconds', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  it.each(['', '10', 'm', '10 m', '-5m', '10min', '5m later'])('is not %j', (text) => {
    expect(() => parseDuration(text)).toThrow(`${JSON.stringify(text)} is not a duration`);
  });
});

describe('writing a duration', () => {
  it.each([
    [0, '0s'],
    [0.2, '0s'],
    [250, '250ms'],
    [5_000, '5s'],
    [90_000, '1m30s'],
    [3_600_000, '1h'],
    [90_061_001, '1d1h1m1s1ms'],
  ])('%d is %s', (milliseconds, text) => {
    expect(writeDuration(milliseconds)).toBe(text);
  });
});
