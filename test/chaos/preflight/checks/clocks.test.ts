import { describe, expect, it } from 'vitest';
import { checkClocks } from '../../../../src/chaos/preflight/checks/clocks.js';
import { givenDrill, givenFacts, inWords } from '../given.js';

const offset = (ms: number) => ({ ms, uncertaintyMs: 500 });
const found = (apiServerMs: number, prometheusMs: number) =>
  inWords(
    checkClocks(
      givenDrill(),
      givenFacts({ apiServerClock: offset(apiServerMs), prometheus: { clock: offset(prometheusMs) } }),
      {},
    ),
  );

describe('clocks of a cluster', () => {
  it('are those of this machine, as far as anybody would notice', () => {
    expect(found(2_000, -2_000)).toEqual([]);
    expect(checkClocks(givenDrill(), givenFacts(), {})).toEqual([]);
  });

  it('are ahead or behind', () => {
    expect(found(2_001, 0)).toEqual([
      "note: clocks differ from this machine's: that of the API server is 2.0s ahead; what they say of moments is corrected by that",
    ]);
    expect(found(-360_000, -359_000)).toEqual([
      "note: clocks differ from this machine's: that of the API server is 6m 00s behind and that of Prometheus is 5m 59s behind; what they say of moments is corrected by that",
    ]);
  });
});
