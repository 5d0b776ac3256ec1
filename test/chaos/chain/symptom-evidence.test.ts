import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../src/chaos/drill.js';
import type { ProbeSample } from '../../../src/chaos/record.js';
import { after, broken, drill, faultAt, judged, linkOf, probe } from './timeline.js';

const url = 'https://webportal.shop.localhost/login';
const designed = (from: number, to: number) => each(from, to, (seconds) => probe(seconds, 503));
const well = (from: number, to: number) => each(from, to, (seconds) => probe(seconds, 200));
const hang = (seconds: number): ProbeSample => ({
  at: after(seconds),
  durationMs: 5000,
  error: 'no answer within 5.0s',
});

/** Once a second. */
function each(from: number, to: number, answer: (seconds: number) => ProbeSample): ProbeSample[] {
  return Array.from({ length: to - from + 1 }, (_, index) => answer(from + index));
}

/** All that users got until the fault was taken back after 25 s, and that they are well again. */
const symptomOf = (fault: Fault, ...during: ProbeSample[]) =>
  linkOf(judged({ probes: [probe(-2, 200), ...during, ...well(26, 30)] }, { drill: { ...drill, fault } }), 'symptom');

describe('the page that is designed for a fault', () => {
  it('may be a while in coming, and be missed once', () => {
    const answers = [probe(1, 200), hang(2), probe(3, 502), ...designed(4, 12), probe(13, 502), ...designed(14, 25)];
    expect(symptomOf(drill.fault, ...answers)).toMatchObject({ status: 'met', at: after(4) });
    expect(symptomOf(drill.fault, ...designed(4, 5), probe(6, 502))).toMatchObject({ status: 'met' });
  });

  it.each<[string, (seconds: number) => ProbeSample, string]>([
    ['a hang', hang, 'nothing (no answer within 5.0s)'],
    ['another status', (seconds) => probe(seconds, 502), '502'],
    ['another text', (seconds) => probe(seconds, 503, false), '503 without "try again"'],
    ['the page as it always is', (seconds) => probe(seconds, 200), '200'],
  ])('is not what users get where most of the time they get %s', (_, other, words) => {
    expect(symptomOf(drill.fault, probe(4, 503), ...each(5, 25, other))).toMatchObject({
      status: 'broken',
      cause: `21 of 22 times ${url} answered something else than 503 with "try again", first ${words}`,
    });
  });

  it('is missed too often when it is more than one time in ten', () => {
    const missed = [probe(6, 502), probe(9, 502), probe(12, 502)];
    const often = [...designed(4, 25).filter(({ at }) => !missed.some((one) => one.at === at)), ...missed];
    expect(symptomOf(drill.fault, ...often).status).toBe('broken');
    expect(symptomOf(drill.fault, ...often.slice(0, -1)).status).toBe('met');
  });

  it('ends by itself where the fault does', () => {
    const kill: Fault = { type: 'kill', target: { kind: 'deployment', namespace: 'app', name: 'api' }, count: 1 };
    expect(symptomOf(kill, ...designed(4, 6), ...well(7, 25)).status).toBe('met');
    expect(symptomOf(kill, ...designed(4, 6), hang(7), hang(8), ...well(9, 25)).status).toBe('broken');
  });

  it('is not waited for any more when a load is over', () => {
    const marks = { startedAt: after(-10), faultAt, loadEndedAt: after(10), endedAt: after(90) };
    const probes = [probe(-2, 200), ...designed(4, 10), ...well(11, 60)];
    expect(linkOf(judged({ probes }, { marks }), 'symptom').status).toBe('met');
  });

  it('is a chance that users still have while the fault lasts', () => {
    const marks = { startedAt: after(-10), faultAt };
    const soon = (...probes: ProbeSample[]) => linkOf(judged({ probes }, { marks, now: after(9) }), 'symptom').status;
    expect(soon(probe(4, 503), hang(5), hang(6))).toBe('unreached');
    expect(broken(judged({ probes: [probe(4, 503), hang(5), hang(6)] }))[0]).toMatch(/^symptom: 2 of 3 times/);
  });
});
