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
    const open = { run: 'r1', drill: 'db-down', restoreCommand };
    expect(found({ openDrills: { answer: [{ ...open, owner: 'ann@desk/4711' }, open] } })).toEqual([
      {
        check: 'open-drill',
        level: 'refused',
        link: 'fault',
        message: 'the drill db-down is open (run r1, by ann@desk/4711)',
        fix: [`wait until it has ended, or take it back: ${restoreCommand}`],
      },
      expect.objectContaining({ message: 'the drill db-down is open (run r1)' }),
    ]);
  });

  it('is enough alone', () => {
    const open = { run: 'r1', drill: 'db-down', restoreCommand: 'platform chaos restore r1' };
    expect(found({ openDrills: { answer: [open] } })).toMatchObject([{ level: 'refused' }]);
  });

  it('may be there where nobody can tell', () => {
    expect(inWords(found({ openDrills: { problem: 'no answer' } }))).toEqual(['refused fault: no answer']);
  });
});
