import type { LinkName } from '../drill.js';
import type { Link, Silence } from '../record.js';
import { prometheusRestarted } from '../words.js';
import type { UnjudgedRecord } from './unjudged-record.js';

type Witness = Silence['who'];

/*
 * Who must have been there so that a missing link is the system's fault. Alertmanager and the inbox are not among them:
 * they are what is tested, and where they are away nobody is told.
 */
const witnesses: Readonly<Record<LinkName, readonly Witness[]>> = {
  fault: ['api-server'],
  endpoints: ['api-server'],
  symptom: [],
  pending: ['api-server', 'prometheus'],
  firing: ['api-server', 'prometheus'],
  grouped: ['api-server', 'prometheus'],
  routed: ['api-server', 'prometheus'],
  delivered: ['api-server', 'prometheus'],
  restored: ['api-server'],
  recovered: [],
  resolved: ['api-server', 'prometheus'],
};

/**
 * The silence that makes it impossible to judge a link that is broken or late: it lasted half of the time that the link
 * had, or was still going on when that time was over.
 */
export function silenceOver(link: Link, { links, observations }: UnjudgedRecord): Silence | undefined {
  const from = beganAt(link, links);
  if (from === undefined) return undefined;
  const allowedMs = link.budgetMs ?? link.predictedMs ?? 0;
  const deadline = from + allowedMs;
  const silences = observations.silences.filter(({ who }) => witnesses[link.name].includes(who));
  const atDeadline = silences.find(
    (silence) => silence.from <= deadline && silence.to >= deadline && silence.to > from,
  );
  if (atDeadline) return atDeadline;
  // Both may be silent at once, since one is reached through the other.
  const longest = silences
    .map((silence) => ({ silence, ms: Math.min(silence.to, deadline) - Math.max(silence.from, from) }))
    .sort((a, b) => b.ms - a.ms)[0];
  return longest && longest.ms > 0 && longest.ms >= allowedMs / 2 ? longest.silence : undefined;
}

/**
 * Whether a link may be missing or late only because Prometheus was restarted after the fault. What is known to have
 * another cause, such as a route that leads nowhere, is not excused.
 */
export function isAfterRestart(link: Link, { observations, marks }: UnjudgedRecord): boolean {
  const { faultAt = Infinity } = marks;
  const { name, status, at = Infinity, cause = '' } = link;
  const isRestarted = observations.incidents.some(
    (incident) => incident.message === prometheusRestarted && incident.at >= faultAt && incident.at <= at,
  );
  if (!isRestarted) return false;
  return status === 'late'
    ? ['pending', 'firing', 'grouped', 'resolved'].includes(name)
    : cause.includes(prometheusRestarted);
}

/** When the link before it was there, of the same alert where it belongs to one. */
export function beganAt(link: Link, links: readonly Link[]): number | undefined {
  if (link.at !== undefined && link.tookMs !== undefined) return link.at - link.tookMs;
  // Users and rules notice a fault independently of each other.
  const before = links.slice(0, links.indexOf(link)).filter(({ at, alert, name }) => {
    const isOnTheWay = alert === undefined ? name !== 'symptom' : link.alert === undefined || alert === link.alert;
    return at !== undefined && isOnTheWay;
  });
  return before.reduce<number | undefined>(
    (latest, { at }) => Math.max(latest ?? -Infinity, at ?? -Infinity),
    undefined,
  );
}
