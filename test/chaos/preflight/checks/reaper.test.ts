import { describe, expect, it } from 'vitest';
import { checkReaper } from '../../../../src/chaos/preflight/checks/reaper.js';
import { burden, givenDrill, givenFacts, inWords, now, postgres } from '../given.js';

const dead = { reaper: { answer: { isAlive: false, renewedAt: now - 300_000 } } };

describe('the reaper', () => {
  it('lives', () => {
    expect(inWords(checkReaper(givenDrill(), givenFacts(), {}))).toEqual(['ok: the reaper would take the fault back']);
  });

  it.each([
    [dead, 'the reaper has not been heard of for 5m 00s'],
    [{ reaper: { answer: { isAlive: false } } }, 'no reaper runs in this cluster'],
    [{ reaper: { problem: 'no answer' } }, 'no answer'],
  ])('is missed: %j', (facts, why) => {
    const words = `restored: nobody takes the fault back if this program dies: ${why}`;
    expect(inWords(checkReaper(givenDrill(), givenFacts(facts), {}))).toEqual([`refused ${words}`]);
    expect(inWords(checkReaper(givenDrill(), givenFacts(facts), { withoutReaper: true }))).toEqual([
      `warning ${words}`,
    ]);
  });

  it('has nothing to take back of pods that come again, and of real load', () => {
    const kill = givenDrill({ fault: { type: 'kill', target: postgres, count: 1 } });
    expect(checkReaper(kill, givenFacts(dead), {})).toEqual([]);
    expect(checkReaper(givenDrill({ fault: burden }), givenFacts(dead), {})).toEqual([]);
  });

  it('takes pretended load back', () => {
    const facts = givenFacts({ ...dead, simulation: 'pods are simulated' });
    expect(checkReaper(givenDrill({ fault: burden }), facts, {})).toMatchObject([{ level: 'refused' }]);
  });
});
