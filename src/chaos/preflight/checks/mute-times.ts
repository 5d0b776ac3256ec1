import { isDuring } from '../../../monitoring/mute-times.js';
import type { Destination, Routing } from '../../../monitoring/routing.js';
import type { Finding } from '../../record.js';
import { answerOf } from '../asked.js';
import type { Check } from '../check.js';
import { destinationsOf } from '../destinations.js';
import { expectedAlerts } from '../expected-alerts.js';

/** Whether the route of an expected alert tells nobody at this time. */
export const checkMuteTimes: Check = (drill, { monitoring }) => {
  const prometheus = answerOf(monitoring?.prometheus);
  const alertmanager = answerOf(monitoring?.alertmanager);
  if (!prometheus || !alertmanager) return [];
  return expectedAlerts(drill, prometheus).flatMap(({ name, rules }) =>
    destinationsOf({ name, rules }, alertmanager.routing).flatMap((destination) =>
      quietAt(name, destination, alertmanager.routing, prometheus.now),
    ),
  );
};

function quietAt(alert: string, { route, certainty }: Destination, { times }: Routing, at: number): readonly Finding[] {
  const isNow = (name: string) => times.some((time) => time.name === name && isDuring(time, at));
  const muted = route.mutedDuring.filter(isNow);
  const isInactive = route.activeDuring.length > 0 && !route.activeDuring.some(isNow);
  if (muted.length === 0 && !isInactive) return [];
  const reason =
    muted.length > 0
      ? `mutes it at this time (${muted.join(', ')})`
      : `is active at other times only (${route.activeDuring.join(', ')})`;
  return [
    {
      check: 'mute-time',
      level: certainty === 'yes' ? 'weakness' : 'warning',
      link: 'routed',
      message: `the route of ${alert} to ${route.receiver} ${reason}`,
      fix: ['run the drill at another time, or change the times of that route'],
    },
  ];
}
