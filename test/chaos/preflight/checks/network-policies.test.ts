import { describe, expect, it } from 'vitest';
import { checkNetworkPolicies } from '../../../../src/chaos/preflight/checks/network-policies.js';
import type { Facts } from '../../../../src/chaos/preflight/facts.js';
import { givenDrill, givenFacts, inWords, postgres } from '../given.js';

const cut = givenDrill({ fault: { type: 'cut', target: postgres, direction: 'ingress', connections: 'keep' } });
const found = (networkPolicies: NonNullable<Facts['networkPolicies']>, drill = cut) =>
  inWords(checkNetworkPolicies(drill, givenFacts({ networkPolicies }), {}));

describe('a cut', () => {
  it.each([
    [{ answer: 'enforced' }, 'ok: NetworkPolicies are enforced, as was tried'],
    [
      { answer: 'open' },
      'inconclusive fault: NetworkPolicies are not enforced by this pod network: nothing would be cut',
    ],
    [
      { answer: undefined },
      'warning fault: whether NetworkPolicies are enforced is not known: it was not tried on this pod network',
    ],
    [{ problem: 'no answer' }, 'warning fault: whether NetworkPolicies are enforced is not known: no answer'],
  ] as const)('on a pod network of which is known: %j', (facts, words) => {
    expect(found(facts)).toEqual([words]);
  });

  it('is the only fault that needs them, where anything is real', () => {
    expect(found({ answer: 'open' }, givenDrill())).toEqual([]);
    const facts = givenFacts({ simulation: 'simulated', networkPolicies: { answer: 'open' } });
    expect(checkNetworkPolicies(cut, facts, {})).toEqual([]);
  });
});
