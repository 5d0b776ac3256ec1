import { isDeepStrictEqual } from 'node:util';
import type { AlertSighting } from '../record.js';
import type { Ledger } from './ledger.js';
import { likeness, mostAlike } from './match-alert.js';

type Labels = Readonly<Record<string, string>>;

/** An alert as Prometheus has it; moments are ours. */
export interface PrometheusAlert {
  readonly labels: Labels;
  readonly isFiring: boolean;
  readonly activeAt: number;
}

/** An alert as Alertmanager has it; moments are ours. */
export interface AlertmanagerAlert {
  readonly labels: Labels;
  readonly startsAt: number;
  readonly receivers: readonly string[];
  readonly joined: readonly string[];
  readonly suppressed: AlertSighting['suppressed'];
}

/** Alerts of a drill, each put together from what Prometheus and Alertmanager say of it. */
export interface AlertBook {
  /** What Prometheus has at a moment. */
  hasPrometheus(alerts: readonly PrometheusAlert[], at: number): void;
  /** Open alerts that Prometheus had before and not in its last answer. */
  missing(): readonly AlertSighting[];
  /** Prometheus has one no longer. */
  end(sighting: AlertSighting, at: number): void;
  /** What Alertmanager has at a moment. */
  hasAlertmanager(alerts: readonly AlertmanagerAlert[], at: number): void;
}

interface Entry {
  readonly key: string;
  /** The earliest that it is said to have begun. */
  since: number;
  sighting: AlertSighting;
  /** Labels in Prometheus; absent for what only Alertmanager has. */
  labels?: Labels;
  isInPrometheus: boolean;
}

/** So much earlier than the fault an alert may seem to have begun that it caused: moments are told, not seen. */
const toleranceMs = 1000;

/** @param faultAt when the fault was made; `undefined` before it */
export function createAlertBook(ledger: Ledger, faultAt: () => number | undefined): AlertBook {
  const entries: Entry[] = [];
  const open = () => entries.filter(({ sighting }) => sighting.endedAt === undefined);

  // What is seen while the fault is being made is before or after it only once it is known when it was.
  function isBaseline(since: number): boolean {
    const fault = faultAt();
    return fault === undefined || since < fault - toleranceMs;
  }

  function update(entry: Entry, change: Partial<AlertSighting>): void {
    const sighting = { ...entry.sighting, ...change, isBaseline: isBaseline(entry.since) };
    if (isDeepStrictEqual(sighting, entry.sighting)) return;
    entry.sighting = sighting;
    ledger.put('alerts', entry.sighting, entry.key);
  }

  function begin(labels: Labels, since: number): Entry {
    const name = labels['alertname'] ?? '';
    const sighting = { name, labels, isBaseline: isBaseline(since), receivers: [] };
    const entry = { key: String(entries.length), since, sighting, isInPrometheus: false };
    entries.push(entry);
    return entry;
  }

  return {
    hasPrometheus(alerts, at) {
      for (const entry of entries) entry.isInPrometheus = false;
      for (const { labels, isFiring, activeAt } of alerts) {
        const entry =
          open().find((known) => isDeepStrictEqual(known.labels, labels)) ??
          mostAlike(
            open().filter((known) => known.labels === undefined),
            (known) => likeness(labels, known.sighting.labels),
          ) ??
          begin(labels, activeAt);
        entry.isInPrometheus = true;
        entry.since = Math.min(entry.since, activeAt);
        entry.labels = labels;
        // A restarted Prometheus tells a later moment of an alert that was there all the time.
        const pendingAt = entry.sighting.pendingAt ?? activeAt;
        const firingAt = entry.sighting.firingAt ?? (isFiring ? at : undefined);
        update(entry, { pendingAt, ...(firingAt !== undefined && { firingAt }) });
      }
    },
    missing: () =>
      open()
        .filter(({ labels, isInPrometheus }) => labels !== undefined && !isInPrometheus)
        .map(({ sighting }) => sighting),
    end(sighting, at) {
      const entry = entries.find((known) => known.sighting === sighting);
      if (entry) update(entry, { endedAt: at });
    },
    hasAlertmanager(alerts, at) {
      const seen = new Set<Entry>();
      for (const { labels, startsAt, receivers, joined, suppressed } of alerts) {
        const entry = entryOf(labels, startsAt, seen);
        seen.add(entry);
        entry.since = Math.min(entry.since, startsAt);
        const { sighting } = entry;
        const groupedAt = sighting.groupedAt ?? at;
        update(entry, {
          // Clocks are only known so well, but it fired before it was seen.
          firingAt: Math.min(startsAt, groupedAt),
          groupedAt,
          receivers: [...new Set([...sighting.receivers, ...receivers])],
          ...(sighting.groupedAt === undefined && joined.length > 0 && { joined }),
          // Kept when it is over: it is why nobody was told in the meantime.
          ...(suppressed && { suppressed }),
        });
      }
      // What never came from the Prometheus that is asked ends when Alertmanager says so.
      for (const entry of open()) if (entry.labels === undefined && !seen.has(entry)) update(entry, { endedAt: at });
    },
  };

  function entryOf(labels: Labels, startsAt: number, seen: ReadonlySet<Entry>): Entry {
    const alike = (candidates: readonly Entry[]) =>
      mostAlike(
        candidates.filter((entry) => !seen.has(entry) && couldStart(entry.sighting, startsAt)),
        (entry) => likeness(entry.labels ?? entry.sighting.labels, labels),
      );
    // Alertmanager has one a little longer than Prometheus.
    return alike(open()) ?? alike([...entries].reverse()) ?? begin(labels, startsAt);
  }
}

/** Whether what fired at a moment can be this alert, and not an earlier or a later one of the same labels. */
function couldStart({ pendingAt, firingAt, endedAt }: AlertSighting, startsAt: number): boolean {
  if (endedAt === undefined) return pendingAt === undefined || startsAt >= pendingAt - toleranceMs;
  const since = pendingAt ?? firingAt ?? endedAt;
  return startsAt >= since - toleranceMs && startsAt <= endedAt + toleranceMs;
}
