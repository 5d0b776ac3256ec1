import type { Clock } from '../../clock.js';
import type { Alertmanager, AlertGroup, FiringAlert, Silence } from '../../monitoring/alertmanager.js';
import type { AlertSighting } from '../record.js';
import type { AlertBook } from './alert-book.js';
import type { ForeignClocks } from './clocks.js';
import type { Watcher } from './watcher.js';

interface Sources {
  readonly alertmanager: Pick<Alertmanager, 'alerts' | 'groups' | 'silences'>;
  readonly book: AlertBook;
  readonly clocks: ForeignClocks;
  readonly clock: Clock;
}

/** All alerts that Alertmanager has, in which groups, and why it tells nobody of some. */
export function watchAlertmanager({ alertmanager, book, clocks, clock }: Sources): Watcher {
  let groupsBefore: readonly AlertGroup[] = [];
  return {
    name: 'alertmanager',
    who: 'alertmanager',
    everyMs: 500,
    async look(signal) {
      const [alerts, groups] = await Promise.all([alertmanager.alerts({}, signal), alertmanager.groups({}, signal)]);
      const isSilenced = alerts.some(({ status }) => status.silencedBy.length > 0);
      const silences = isSilenced ? await alertmanager.silences(signal) : [];
      const at = clock.now();
      const seen = alerts.map((alert) => ({
        labels: alert.labels,
        startsAt: clocks.ofPrometheus(alert.startsAt, at),
        receivers: receiversOf(alert, groups),
        joined: joinedBy(alert, groups, groupsBefore),
        suppressed: suppressionOf(alert, alerts, silences),
      }));
      book.hasAlertmanager(seen, at);
      groupsBefore = groups;
    },
  };
}

function receiversOf({ fingerprint, receivers }: FiringAlert, groups: readonly AlertGroup[]): string[] {
  const grouped = groups.filter(({ alerts }) => alerts.some((alert) => alert.fingerprint === fingerprint));
  return [...new Set([...receivers, ...grouped.map(({ receiver }) => receiver)])];
}

/** Names of the alerts that were in a group of its before it. */
function joinedBy(
  { fingerprint }: FiringAlert,
  groups: readonly AlertGroup[],
  before: readonly AlertGroup[],
): string[] {
  const keys = groups.filter(({ alerts }) => alerts.some((alert) => alert.fingerprint === fingerprint)).map(keyOf);
  const others = before.filter((group) => keys.includes(keyOf(group))).flatMap(({ alerts }) => alerts);
  const names = others.filter((alert) => alert.fingerprint !== fingerprint).map(nameOf);
  return [...new Set(names)];
}

function keyOf({ receiver, labels }: AlertGroup): string {
  return JSON.stringify([receiver, ...Object.entries(labels).sort(([one], [other]) => one.localeCompare(other))]);
}

function suppressionOf(
  { status }: FiringAlert,
  alerts: readonly FiringAlert[],
  silences: readonly Silence[],
): AlertSighting['suppressed'] {
  const { silencedBy, inhibitedBy, mutedBy } = status;
  if (silencedBy.length > 0) return { how: 'silenced', by: silencedBy.map((id) => wordsOf(id, silences)) };
  if (inhibitedBy.length > 0) {
    const names = inhibitedBy.map((id) => alerts.find(({ fingerprint }) => fingerprint === id)?.labels['alertname']);
    return { how: 'inhibited', by: names.map((name, index) => name ?? inhibitedBy[index] ?? '') };
  }
  return mutedBy.length > 0 ? { how: 'muted', by: mutedBy } : undefined;
}

/** What a silence was made for, and by whom. */
function wordsOf(id: string, silences: readonly Silence[]): string {
  const silence = silences.find((found) => found.id === id);
  return silence ? `"${silence.comment}" of ${silence.createdBy}` : id;
}

function nameOf({ labels }: FiringAlert): string {
  return labels['alertname'] ?? '';
}
