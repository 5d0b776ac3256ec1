import { formatDuration } from '../../clock.js';
import { receiverNames } from '../../monitoring/receivers.js';
import { isUnnoticed, type LinkName } from '../drill.js';
import type { Link } from '../record.js';
import { linkTitle, linkTitles, prometheusRestarted, witnessNames } from '../words.js';
import { isAfterRestart, silenceOver } from './judgeable.js';
import type { Reason } from './reason.js';
import type { UnjudgedRecord } from './unjudged-record.js';

/** What it means that a link never came. */
const meanings: Readonly<Record<LinkName, (alert: string) => string>> = {
  fault: () => 'the fault was not accepted',
  endpoints: () => 'the fault had no effect, its target stayed ready',
  symptom: () => 'users did not get what is designed for this',
  pending: (alert) => `nobody was told of ${alert}`,
  firing: (alert) => `nobody was told of ${alert}`,
  grouped: (alert) => `nobody was told of ${alert}`,
  routed: (alert) => `nobody was told of ${alert}`,
  delivered: (alert) => `nobody was told of ${alert}`,
  restored: () => 'the fault was not taken back',
  recovered: () => 'users were not served again after the fault was taken back',
  resolved: (alert) => `nobody was told that ${alert} is over`,
};

const whereToLook: Readonly<Record<LinkName, readonly string[]>> = {
  fault: ['read what the API server answered, in the journal of the run'],
  endpoints: [
    'look at what keeps the target ready: other pods of its Service, a controller that works against the fault',
  ],
  symptom: ['open the address while the fault lasts, and compare it with `expect.symptom` of the drill'],
  pending: ['evaluate the expression of the rule while the fault lasts', 'platform chaos run DRILL --dry-run'],
  firing: ['compare `for` of the rule with how long the fault lasted'],
  grouped: ['look whether Prometheus knows its Alertmanager: prometheus_notifications_errors_total'],
  routed: ['look at `route` and `inhibit_rules` of Alertmanager, and at its silences'],
  delivered: ['look at alertmanager_notifications_failed_total and at the log of Alertmanager'],
  restored: [],
  recovered: ['platform status', 'look at the pods and logs of the target'],
  resolved: ['look at send_resolved of the receiver and at group_interval of its route'],
};

/**
 * What the broken and the late links tell: nothing where who had to see them was away, or where the fault itself did not
 * come about; a weakness otherwise.
 */
export function linkReasons(record: UnjudgedRecord): Reason[] {
  return record.links.flatMap((link): Reason[] => {
    if (isUnseen(link, record)) {
      return [
        {
          outcome: 'inconclusive',
          message: `"${linkTitle(link)}" cannot be judged: ${link.detail ?? 'nobody can see it'}`,
          next: [receiverNames.fix],
        },
      ];
    }
    if (link.status !== 'broken' && link.status !== 'late') return [];
    // That it was not taken back is told before anything else.
    if (link.name === 'restored' && link.status === 'broken') return [];
    const silence = silenceOver(link, record);
    if (silence) {
      const lasted = formatDuration(silence.to - silence.from);
      return [
        {
          outcome: 'inconclusive',
          message: `"${linkTitle(link)}" cannot be judged: ${witnessNames[silence.who]} did not answer for ${lasted}: ${silence.error}`,
          next: ['run the drill again once everything that watches answers: platform status'],
        },
      ];
    }
    if (isAfterRestart(link, record)) {
      return [
        {
          outcome: 'inconclusive',
          message: `"${linkTitle(link)}" cannot be judged: ${prometheusRestarted}`,
          next: ['find out why Prometheus was restarted, and run the drill again'],
        },
      ];
    }
    if (link.status === 'late') return [{ outcome: 'weakness', message: lateWords(link), next: lateNext(link.name) }];
    const isWithoutFault = link.name === 'fault' || link.name === 'endpoints';
    return [
      {
        outcome: isWithoutFault ? 'inconclusive' : 'weakness',
        message: brokenWords(link, record),
        next: whereToLook[link.name],
      },
    ];
  });
}

/** Whether an alert was seen to fire, and nobody can see whether its receiver was told. */
export function isUnseen({ name, alert, status }: Link, { links }: UnjudgedRecord): boolean {
  if (status !== 'unobserved' || (name !== 'delivered' && name !== 'resolved')) return false;
  return links.some((link) => link.name === 'firing' && link.alert === alert && link.at !== undefined);
}

/** `nobody was told of PostgresDown: fired but inhibited by NodeDown`. */
function brokenWords({ name, alert = 'the alert', cause }: Link, { drill, simulation }: UnjudgedRecord): string {
  const { symptom } = drill.expect;
  const isNoticed = name === 'recovered' && simulation === undefined && symptom !== undefined && isUnnoticed(symptom);
  return (
    (isNoticed ? 'users noticed the fault' : meanings[name](alert)) +
    (cause === undefined ? `: it was never ${linkTitles[name]}` : `: ${cause}`)
  );
}

function lateWords(link: Link): string {
  const { tookMs, budgetMs = link.predictedMs, cause } = link;
  const took = tookMs === undefined ? '' : ` after ${formatDuration(tookMs)}`;
  const allowed = budgetMs === undefined ? '' : ` instead of ${formatDuration(budgetMs)} at most`;
  return `"${linkTitle(link)}" came late${took}${allowed}${cause === undefined ? '' : `: ${cause}`}`;
}

function lateNext(name: LinkName): readonly string[] {
  return name === 'delivered' || name === 'resolved'
    ? ['look at group_wait and group_interval of the route, and at how fast the receiver answers']
    : [];
}
