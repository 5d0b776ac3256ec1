import { describe, expect, it } from 'vitest';
import { checkRehearsal } from '../../../../src/chaos/preflight/checks/rehearsal.js';
import { burden, givenDrill, givenFacts, inWords, postgres } from '../given.js';

const simulation = 'pods are simulated';
const symptom = { url: 'https://x', status: 503 };
const load = givenDrill({
  fault: burden,
  expect: { alerts: [], mayFire: [], symptom, load: { successRatio: 1 } },
});
const cut = givenDrill({ fault: { type: 'cut', target: postgres, direction: 'both', connections: 'keep' } });

describe('a rehearsal', () => {
  it('says what it cannot see', () => {
    expect(inWords(checkRehearsal(load, givenFacts({ simulation }), {}))).toEqual([
      'note symptom: what users would see is not observed: pods are simulated',
      'note: requests are not sent, and the processor time that they cost is pretended',
      'note: answers and their times are not observed',
    ]);
    expect(inWords(checkRehearsal(cut, givenFacts({ simulation }), {}))).toEqual([
      'note fault: a NetworkPolicy cuts nothing: pods are simulated',
    ]);
  });

  it('has nothing to say of what it sees, nor of what is real', () => {
    expect(checkRehearsal(givenDrill(), givenFacts({ simulation }), {})).toEqual([]);
    expect(checkRehearsal(load, givenFacts(), {})).toEqual([]);
  });
});
