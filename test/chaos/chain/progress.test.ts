import { describe, expect, it } from 'vitest';
import { deadline, isComplete, waitsFor } from '../../../src/chaos/chain/progress.js';
import { after, alertWithout, faultAt, judged, linkOf, seen, target, type Seen } from './timeline.js';

/** The chain as it is some seconds after the fault, before the restore. */
function midway(seconds: number, observed: Seen) {
  const marks = { startedAt: after(-10), faultAt };
  const empty = { alerts: [], deliveries: [], probes: seen.probes.slice(0, 2), target: seen.target.slice(0, 1) };
  return judged({ ...empty, notifications: [], ...observed }, { marks, now: after(seconds) });
}

describe('waiting for the links of a drill', () => {
  it('waits for the fault before anything else', () => {
    const links = judged({}, { marks: { startedAt: after(-10) }, now: after(-1) });
    expect(waitsFor(links)).toBe('the fault');
    expect(isComplete(links, 'fault')).toBe(false);
    expect(deadline(links)).toBeUndefined();
  });

  it('waits for users and rules at once when the target is away', () => {
    const links = midway(3, { target: seen.target.slice(0, 2) });
    expect(waitsFor(links)).toBe('users to see it, PostgresDown to be pending');
    // The rule has 10 s, and as long again, but at least 15 s.
    expect(deadline(links)).toBe(after(2 + 10 + 15));
  });

  it('waits for what comes next of each alert', () => {
    const pending = { ...alertWithout('firingAt', 'groupedAt', 'endedAt'), receivers: [] };
    const links = midway(8, { target: seen.target.slice(0, 2), alerts: [pending], probes: seen.probes.slice(0, 3) });
    expect(waitsFor(links)).toBe('PostgresDown to fire');
    expect(deadline(links)).toBe(after(6 + 15 + 15));
    expect(linkOf(links, 'firing')).toMatchObject({ status: 'unreached' });
    expect(linkOf(links, 'firing')).not.toHaveProperty('cause');
  });

  it('gives a link up when its time is over, and those after it', () => {
    const observed = { target: seen.target.slice(0, 2), probes: seen.probes.slice(0, 3) };
    expect(isComplete(midway(27, observed), 'fault')).toBe(false);
    const links = midway(28, observed);
    expect(linkOf(links, 'pending').status).toBe('broken');
    expect(isComplete(links, 'fault')).toBe(true);
    expect(waitsFor(links)).toBe('the restore');
    expect(isComplete(links, 'recovery')).toBe(false);
  });

  it('is done with the fault when all is delivered, and with the recovery when all are told', () => {
    const marks = { startedAt: after(-10), faultAt };
    const delivered = judged({}, { marks, now: after(19) });
    expect(isComplete(delivered, 'fault')).toBe(true);
    expect(waitsFor(delivered)).toBe('the restore');
    const restored = judged(
      { deliveries: seen.deliveries.slice(0, 1), notifications: [], probes: seen.probes.slice(0, 4) },
      { marks: { ...marks, restoredAt: after(25) }, now: after(26) },
    );
    expect(waitsFor(restored)).toBe('users to be well again');
    expect(isComplete(restored, 'recovery')).toBe(false);
    expect(isComplete(judged(), 'recovery')).toBe(true);
    expect(waitsFor(judged())).toBe('');
  });

  it('waits for a kill no longer than for anything else', () => {
    const marks = { startedAt: after(-10), faultAt };
    const observed = { target: [target(-2, 2), target(3, 2), target(12, 2)] };
    const fault = {
      type: 'kill',
      target: { kind: 'deployment', namespace: 'app', name: 'api' },
      count: 'all',
    } as const;
    const drill = {
      name: 'pod-kill',
      summary: '',
      origin: '',
      fault,
      expect: { alerts: [], mayFire: [] },
      budgets: {},
      holdMs: 0,
    };
    expect(linkOf(judged(observed, { drill, marks, now: after(12) }), 'endpoints').status).toBe('unobserved');
    const dip = { target: [target(-2, 2), target(0.5, 1, 2), target(2, 2)] };
    expect(linkOf(judged(dip, { drill, marks, now: after(12) }), 'endpoints')).toMatchObject({
      status: 'met',
      at: after(0.5),
    });
  });
});
