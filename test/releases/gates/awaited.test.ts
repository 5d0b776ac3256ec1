import { describe, expect, it } from 'vitest';
import { obstacle } from '../../../src/kubernetes/diagnosis/obstacle.js';
import type { Progress } from '../../../src/plan/events.js';
import { sayAwaited } from '../../../src/releases/gates/awaited.js';

function saying() {
  let now = 1000;
  const said: Progress[] = [];
  const say = sayAwaited({ progress: (progress) => said.push(progress) }, { now: () => now });
  return { said, say, later: () => (now += 1000) };
}

describe('what is waited for', () => {
  it('is said once, with the time since when', () => {
    const { said, say, later } = saying();
    for (let looks = 0; looks < 5; looks += 1) {
      later();
      say('Deployment/web: 0 of 1 pods ready');
    }
    expect(said).toEqual([{ message: 'Deployment/web: 0 of 1 pods ready', since: 2000 }]);
  });

  it('is said again with what stands in the way, still counting from before', () => {
    const { said, say, later } = saying();
    say('Deployment/web: 0 of 1 pods ready');
    later();
    say('Deployment/web: 0 of 1 pods ready', obstacle('Pod/web-1', 'ImagePullBackOff', 'not found'));
    expect(said.at(-1)).toEqual({
      message: 'Deployment/web: 0 of 1 pods ready (Pod/web-1: ImagePullBackOff)',
      since: 1000,
    });
  });

  it('counts anew when it is something else', () => {
    const { said, say, later } = saying();
    say('one');
    later();
    say('another');
    expect(said.at(-1)).toEqual({ message: 'another', since: 2000 });
  });
});
