import type { AlertGroup } from '../../monitoring/alertmanager.js';
import type { Certainty, PartialLabels } from '../../monitoring/matchers.js';
import type { Route } from '../../monitoring/routing.js';
import type { ExpectedAlert } from './expected-alerts.js';

/** Whether an alert that takes a route comes into a group that is there already: then it waits for that group's turn. */
export function groupsJoined({ rules }: ExpectedAlert, route: Route, groups: readonly AlertGroup[]): Certainty {
  const own = groups.filter(({ receiver, labels }) => receiver === route.receiver && isGroupedBy(route, labels));
  const joined = rules.flatMap(({ labels }) => own.map((group) => isSame(route, group.labels, labels)));
  if (joined.includes('yes')) return 'yes';
  return joined.includes('maybe') ? 'maybe' : 'no';
}

type Labels = Readonly<Record<string, string>>;

// Groups of another route to the same receiver have other labels, unless that route groups alike.
function isGroupedBy({ groupBy }: Route, labels: Labels): boolean {
  return groupBy === 'all' || Object.keys(labels).every((name) => groupBy.includes(name));
}

// A label that an alert does not have is not among those of its group.
function isSame({ groupBy }: Route, group: Labels, { known }: PartialLabels): Certainty {
  const names = groupBy === 'all' ? [...new Set([...Object.keys(group), ...Object.keys(known)])] : groupBy;
  if (names.some((name) => known[name] !== undefined && known[name] !== (group[name] ?? ''))) return 'no';
  return groupBy !== 'all' && names.every((name) => known[name] !== undefined) ? 'yes' : 'maybe';
}
