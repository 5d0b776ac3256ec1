import { formatDuration } from '../../clock.js';
import type { Drill } from '../drill.js';
import type { Finding } from '../record.js';
import { eventOf } from './effect-of-fault.js';
import type { Sight } from './judgement.js';

const check = 'sight';

/** One finding for each expected alert that has a rule; of several rules of one name, the one that sees best counts. */
export function sightFindings(sights: readonly Sight[], drill: Pick<Drill, 'expect' | 'fault'>): readonly Finding[] {
  const subject = eventOf(drill.fault);
  return drill.expect.alerts.flatMap((alert) => {
    const [best] = sights.filter((sight) => sight.alert === alert).toSorted((a, b) => rankOf(a) - rankOf(b));
    return best ? [finding(best, subject)] : [];
  });
}

function finding({ alert, verdict, firesAfterMs, onlyIf, reason }: Sight, subject: string): Finding {
  switch (verdict) {
    case 'sees':
      return onlyIf
        ? {
            check,
            level: 'warning',
            link: 'pending',
            message: `the rule ${alert} sees that ${subject} only if ${listed(onlyIf)} really ${onlyIf.length === 1 ? 'becomes' : 'become'} 0`,
          }
        : {
            check,
            level: 'ok',
            link: 'pending',
            message: `the rule ${alert} sees that ${subject}: it fires after ${formatDuration(firesAfterMs ?? 0)}`,
          };
    case 'blind':
      return {
        check,
        level: 'weakness',
        link: 'pending',
        message: `the rule ${alert} cannot see that ${subject}: ${reason}`,
        fix: [
          'expect an alert that sees it, such as one on kube_statefulset_status_replicas_ready == 0, or on what users get',
          'see which alerts would fire: platform chaos run DRILL --dry-run',
        ],
      };
    case 'fires-anyway':
      return {
        check,
        level: 'inconclusive',
        link: 'pending',
        message: `the rule ${alert} proves nothing: ${reason}`,
        fix: [`mend what ${alert} tells of, or make its rule more exact`],
      };
    case 'unknown':
      return {
        check,
        level: 'note',
        message: `whether the rule ${alert} can see that ${subject} is not known: ${reason}`,
      };
  }
}

function rankOf({ verdict, onlyIf }: Sight): number {
  if (verdict === 'sees') return onlyIf ? 1 : 0;
  return { unknown: 2, 'fires-anyway': 3, blind: 4 }[verdict];
}

function listed(names: readonly string[]): string {
  return names.join(' and ');
}
