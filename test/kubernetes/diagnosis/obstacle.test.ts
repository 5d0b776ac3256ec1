import { describe, expect, it } from 'vitest';
import { describeObstacle, keyOf, obstacle } from '../../../src/kubernetes/diagnosis/obstacle.js';

describe('an obstacle in one line', () => {
  it('names object, reason and message', () => {
    const found = obstacle('Pod/web-0', 'Unschedulable', '0/2 nodes are available');
    expect(describeObstacle(found)).toBe('Pod/web-0: Unschedulable: 0/2 nodes are available');
  });

  it('is shorter where there is no message', () => {
    expect(describeObstacle(obstacle('Pod/web-0', 'Unschedulable'))).toBe('Pod/web-0: Unschedulable');
  });
});

describe('an obstacle that is seen again', () => {
  it.each([
    ['ErrImagePull', 'ImagePullBackOff'],
    ['Error', 'CrashLoopBackOff'],
    ['OOMKilled', 'CrashLoopBackOff'],
  ])('is the same one, whether the kubelet tries or waits for the next try: %s, %s', (first, second) => {
    expect(keyOf(obstacle('Pod/web-0', first))).toBe(keyOf(obstacle('Pod/web-0', second)));
  });

  it('is another one of another object, or for another reason', () => {
    const one = keyOf(obstacle('Pod/web-0', 'Unschedulable'));
    expect(keyOf(obstacle('Pod/web-1', 'Unschedulable'))).not.toBe(one);
    expect(keyOf(obstacle('Pod/web-0', 'CrashLoopBackOff'))).not.toBe(one);
  });
});
