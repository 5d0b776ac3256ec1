import { formatDuration } from '../../../clock.js';
import type { Drill } from '../../drill.js';
import type { Finding } from '../../record.js';
import { answerOf, problemOf } from '../asked.js';
import type { Check } from '../check.js';
import { clusterTime, type Facts } from '../facts.js';

const check = 'reaper';

/** Whether somebody in the cluster would take the fault back if this program died. */
export const checkReaper: Check = (drill, facts, { withoutReaper = false }) => {
  if (!leavesChanges(drill, facts)) return [];
  const reaper = answerOf(facts.reaper);
  if (reaper?.isAlive) return [{ check, level: 'ok', message: 'the reaper would take the fault back' }];
  const level: Finding['level'] = withoutReaper ? 'warning' : 'refused';
  const why = problemOf(facts.reaper) ?? absence(reaper?.renewedAt, clusterTime(facts));
  return [
    {
      check,
      level,
      link: 'restored',
      message: `nobody takes the fault back if this program dies: ${why}`,
      fix: [
        'add the release reaper and run `platform up`; if it is there, see `platform logs reaper`',
        'or run the drill with --without-reaper, and stay with it',
      ],
    },
  ];
};

// Pods that are killed come again by themselves, and real load ends with its program.
function leavesChanges({ fault }: Drill, { simulation }: Facts): boolean {
  return fault.type === 'load' ? simulation !== undefined : fault.type !== 'kill';
}

function absence(renewedAt: number | undefined, at: number): string {
  return renewedAt === undefined
    ? 'no reaper runs in this cluster'
    : `the reaper has not been heard of for ${formatDuration(Math.max(at - renewedAt, 0))}`;
}
