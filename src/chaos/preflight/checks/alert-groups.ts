import { writeDuration } from '../../../duration.js';
import type { Finding } from '../../record.js';
import { answerOf } from '../asked.js';
import type { Check } from '../check.js';
import { groupsJoined } from '../groups-joined.js';
import { destinationsOf } from '../destinations.js';
import { expectedAlerts } from '../expected-alerts.js';

/** Whether an alert would join a group that is there already, and so wait for its next turn. */
export const checkAlertGroups: Check = (drill, { monitoring }) => {
  const prometheus = answerOf(monitoring?.prometheus);
  const alertmanager = answerOf(monitoring?.alertmanager);
  if (!prometheus || !alertmanager) return [];
  return expectedAlerts(drill, prometheus).flatMap((alert) =>
    destinationsOf(alert, alertmanager.routing).flatMap(({ route }): readonly Finding[] => {
      const certainty = groupsJoined(alert, route, alertmanager.groups);
      if (certainty === 'no') return [];
      const wait = `group_interval ${writeDuration(route.groupIntervalMs)} instead of group_wait ${writeDuration(route.groupWaitMs)}`;
      const verb = certainty === 'yes' ? 'joins' : 'may join';
      return [
        {
          check: 'alert-group',
          level: 'note',
          link: 'delivered',
          message: `${alert.name} ${verb} a group of ${route.receiver} that is there already: it is told after ${wait}`,
        },
      ];
    }),
  );
};
