import { selectorsIn } from '../../monitoring/expression.js';
import type { Route } from '../../monitoring/routing.js';
import type { AlertmanagerFacts } from '../preflight/facts/alertmanager.js';
import type { PrometheusFacts } from '../preflight/facts/prometheus.js';
import { destinationsOf } from '../preflight/destinations.js';
import type { ExpectedAlert, RaisingRule } from '../preflight/expected-alerts.js';
import { groupsJoined } from '../preflight/groups-joined.js';
import { longestOf, type Term } from './term.js';

/** How long it may take until what has changed is in an evaluation of the alert's rule. */
export function seeingOf(alert: ExpectedAlert, prometheus: PrometheusFacts): readonly Term[] {
  return [scrapeOf(alert.name, prometheus), ...recordingsOf(alert, prometheus), evaluationOf(alert)];
}

/**
 * From pending to firing: at the first evaluation that comes `for` after the one that made it pending, so a `for`
 * between two evaluations lasts until the later one.
 */
export function waitingOf({ rules }: ExpectedAlert): Term {
  const waits = rules.map(({ rule, intervalMs }) => ({
    what: 'for',
    ms: intervalMs > 0 ? Math.ceil(rule.forMs / intervalMs) * intervalMs : rule.forMs,
  }));
  return longestOf(waits) ?? { what: 'for', ms: 0 };
}

/** How long an alert goes on when its expression is over. */
export function keepingOf({ rules }: ExpectedAlert): Term {
  const longest = Math.max(0, ...rules.map(({ rule }) => rule.keepFiringForMs));
  return { what: 'keep_firing_for', ms: longest };
}

/** How long Alertmanager may keep an alert back: a new group waits for group_wait, one that is there for its next turn. */
export function groupingOf(
  alert: ExpectedAlert,
  receiver: string | undefined,
  alertmanager: AlertmanagerFacts,
): Term | undefined {
  return longestOf(
    routesTaken(alert, receiver, alertmanager).map((route) =>
      groupsJoined(alert, route, alertmanager.groups) === 'no'
        ? { what: 'group_wait', ms: route.groupWaitMs }
        : { what: 'group_interval of the group that is there', ms: Math.max(route.groupIntervalMs, route.groupWaitMs) },
    ),
  );
}

/** How long Alertmanager may keep back that an alert is over: until its group's next turn. */
export function endingOfGroup(
  alert: ExpectedAlert,
  receiver: string | undefined,
  alertmanager: AlertmanagerFacts,
): Term | undefined {
  const routes = routesTaken(alert, receiver, alertmanager);
  return longestOf(routes.map(({ groupIntervalMs }) => ({ what: 'group_interval', ms: groupIntervalMs })));
}

function routesTaken(
  alert: ExpectedAlert,
  receiver: string | undefined,
  { routing }: AlertmanagerFacts,
): readonly Route[] {
  const all = destinationsOf(alert, routing).filter(
    ({ route }) => receiver === undefined || route.receiver === receiver,
  );
  const certain = all.filter(({ certainty }) => certainty === 'yes');
  return (certain.length > 0 ? certain : all).map(({ route }) => route);
}

function scrapeOf(alert: string, { jobs, scraping }: PrometheusFacts): Term {
  const slowest = longestOf((jobs[alert] ?? []).map(({ intervalMs }) => ({ what: 'scrape', ms: intervalMs })));
  return slowest ?? { what: 'scrape', ms: scraping.intervalMs };
}

function evaluationOf({ rules }: ExpectedAlert): Term {
  const evaluations = rules.map(({ intervalMs }) => ({ what: 'evaluation', ms: intervalMs }));
  return longestOf(evaluations) ?? { what: 'evaluation', ms: 0 };
}

/** Series that are themselves the result of rules come one evaluation of theirs later. */
function recordingsOf({ rules }: ExpectedAlert, { groups }: PrometheusFacts): readonly Term[] {
  const metrics = new Set(
    rules.flatMap(({ rule }: RaisingRule) => selectorsIn(rule.query).map(({ metric }) => metric)),
  );
  const recordings = groups.filter((group) =>
    group.rules.some(({ type, name }) => type === 'recording' && metrics.has(name)),
  );
  const slowest = longestOf(recordings.map(({ intervalMs }) => ({ what: 'recording rule', ms: intervalMs })));
  return slowest ? [slowest] : [];
}
