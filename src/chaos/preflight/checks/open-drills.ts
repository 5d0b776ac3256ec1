import { answerOf, problemOf } from '../asked.js';
import type { Check } from '../check.js';

const check = 'open-drill';

/** Whether another drill has not been taken back yet: two at once prove nothing, and neither knows what to restore. */
export const checkOpenDrills: Check = (_, { openDrills }) => {
  const problem = problemOf(openDrills);
  if (problem !== undefined) return [{ check, level: 'refused', link: 'fault', message: problem }];
  const open = answerOf(openDrills) ?? [];
  if (open.length === 0) return [{ check, level: 'ok', message: 'no other drill is open' }];
  return open.map(({ run = '', drill = '', owner = '', restoreCommand, message }) => {
    const finding = { check, level: 'refused', link: 'fault' } as const;
    if (restoreCommand === undefined) return { ...finding, message };
    return {
      ...finding,
      message: `the drill ${drill} is open (run ${run}, by ${owner})`,
      fix: [`wait until it has ended, or take it back: ${restoreCommand}`],
    };
  });
};
