import { describe, expect, it } from 'vitest';
import { checkOpenDrills } from '../../../../src/chaos/preflight/checks/open-drills.js';
import { givenDrill, givenFacts, inWords } from '../given.js';

const found = (openDrills: Parameters<typeof givenFacts>[0] & object) =>
  checkOpenDrills(givenDrill(), givenFacts(openDrills), {});

describe('a drill that is open', () => {
  it('is none', () => {
    expect(inWords(found({}))).toEqual(['ok: no other drill is open']);
  });

  it('forbids another one, and is taken back by its own command', () => {
    const restoreCommand = 'platform chaos restore r1 --environment shop';
    const torn = { record: 'drill-r2', changes: [], message: 'the record drill-r2 of a drill cannot be read' };
    const open = { record: 'drill-r1', run: 'r1', drill: 'db-down', owner: 'ann@desk/4711', restoreCommand };
    const answer = [{ ...open, changes: [], message: 'it is open' }, torn];
    expect(found({ openDrills: { answer } })).toEqual([
      {
        check: 'open-drill',
        level: 'refused',
        link: 'fault',
        message: 'the drill db-down is open (run r1, by ann@desk/4711)',
        fix: [`wait until it has ended, or take it back: ${restoreCommand}`],
      },
      { check: 'open-drill', level: 'refused', link: 'fault', message: torn.message },
    ]);
  });

  it('may be there where nobody can tell', () => {
    expect(inWords(found({ openDrills: { problem: 'no answer' } }))).toEqual(['refused fault: no answer']);
  });
});
