import type { Silence } from '../../../monitoring/alertmanager.js';
import { matchOfAll } from '../../../monitoring/matchers.js';
import type { Finding } from '../../record.js';
import { answerOf } from '../asked.js';
import type { Check } from '../check.js';
import { overall } from '../destinations.js';
import { expectedAlerts } from '../expected-alerts.js';

/** Whether somebody has silenced an expected alert, now or soon. */
export const checkSilences: Check = (drill, { monitoring }) => {
  const prometheus = answerOf(monitoring?.prometheus);
  const alertmanager = answerOf(monitoring?.alertmanager);
  if (!prometheus || !alertmanager) return [];
  const open = alertmanager.silences.filter(({ state }) => state !== 'expired');
  return expectedAlerts(drill, prometheus).flatMap(({ name, rules }) =>
    open.flatMap((silence): readonly Finding[] => {
      const certainty = overall(rules.map(({ labels }) => matchOfAll(silence.matchers, labels)));
      if (certainty === 'no') return [];
      const isCertain = certainty === 'yes' && silence.state === 'active';
      const verb = certainty === 'yes' ? (silence.state === 'active' ? 'is' : 'will be') : 'may be';
      return [
        {
          check: 'silence',
          level: isCertain ? 'weakness' : 'warning',
          link: 'routed',
          message: `${name} ${verb} silenced ${whenOf(silence)} by ${silence.createdBy}: ${silence.comment}`,
          fix: [`expire it: amtool silence expire ${silence.id}`],
        },
      ];
    }),
  );
};

function whenOf({ state, startsAt, endsAt }: Silence): string {
  const end = `until ${new Date(endsAt).toISOString()}`;
  return state === 'active' ? end : `from ${new Date(startsAt).toISOString()} ${end}`;
}
