import { describe, expect, it } from 'vitest';
import { obstacle, type Obstacle } from '../../../src/kubernetes/diagnosis/obstacle.js';
import { foremost, watchObstacles } from '../../../src/releases/gates/obstacle-watch.js';

const crash = obstacle('Pod/web-1', 'CrashLoopBackOff', '', { fatal: true, patienceMs: 10_000 });
const slow = obstacle('Pod/db-0', 'FailedMount', '', { fatal: true, patienceMs: 60_000 });
const passing = obstacle('Pod/web-1', 'ContainerCreating');

/** A watch and the second at which it looks. */
function watching() {
  let second = 0;
  const watch = watchObstacles({ now: () => second * 1000 });
  return {
    watch,
    at: (now: number, ...found: readonly Obstacle[]) => {
      second = now;
      return watch.note(found);
    },
  };
}

describe('watching obstacles', () => {
  it('lets each have the time it is given, and not longer', () => {
    const { at } = watching();
    expect(at(0, crash, slow)).toEqual([]);
    expect(at(9.9, crash, slow)).toEqual([]);
    expect(at(10, crash, slow)).toEqual([crash]);
    expect(at(60, crash, slow)).toEqual([crash, slow]);
  });

  it('lets those last that may go away by themselves', () => {
    const { at, watch } = watching();
    at(0, passing);
    expect(at(3600, passing)).toEqual([]);
    expect(watch.obstacles).toEqual([passing]);
  });

  it('begins anew when one was gone', () => {
    const { at } = watching();
    at(0, crash);
    at(8);
    at(9, crash);
    expect(at(18, crash)).toEqual([]);
    expect(at(19, crash)).toEqual([crash]);
  });

  it('goes on counting when only the name of the reason changes', () => {
    const { at } = watching();
    const pulling = { ...crash, reason: 'ErrImagePull' };
    at(0, pulling);
    at(5, { ...crash, reason: 'ImagePullBackOff' });
    expect(at(10, pulling)).toEqual([pulling]);
  });

  it('goes by the time that an obstacle is given now', () => {
    const { at } = watching();
    at(0, slow);
    expect(at(20, { ...slow, patienceMs: 10_000 })).toHaveLength(1);
  });
});

describe('the obstacle that is named first', () => {
  it('is a fatal one, if there is any', () => {
    expect(foremost([passing, crash])).toBe(crash);
    expect(foremost([passing])).toBe(passing);
    expect(foremost([])).toBeUndefined();
  });
});
