import type { Clock } from '../../clock.js';
import type { Prometheus } from '../../monitoring/prometheus.js';
import type { RuleGroup } from '../../monitoring/prometheus-rules.js';
import type { AlertSighting } from '../record.js';
import type { AlertBook } from './alert-book.js';
import type { ForeignClocks } from './clocks.js';
import { likeness } from './match-alert.js';
import type { Watcher } from './watcher.js';

interface Sources {
  readonly prometheus: Pick<Prometheus, 'alerts' | 'rules'>;
  readonly book: AlertBook;
  readonly clocks: ForeignClocks;
  readonly clock: Clock;
}

/** All alerts that Prometheus has, pending ones included. */
export function watchAlerts({ prometheus, book, clocks, clock }: Sources): Watcher {
  return {
    name: 'alerts',
    who: 'prometheus',
    everyMs: 500,
    async look(signal) {
      await clocks.meet(signal);
      const found = await prometheus.alerts(signal);
      const at = clock.now();
      const alerts = found.map(({ labels, state, activeAt }) => ({
        labels,
        isFiring: state === 'firing',
        activeAt: clocks.ofPrometheus(activeAt, at),
      }));
      book.hasPrometheus(alerts, at);
      const missing = book.missing();
      if (missing.length === 0) return;
      const groups = await prometheus.rules({ type: 'alert', names: missing.map(({ name }) => name) }, signal);
      for (const sighting of missing) {
        const evaluatedAt = endOf(sighting, groups);
        if (evaluatedAt === undefined) continue;
        const endedAt = clocks.ofPrometheus(evaluatedAt, at);
        book.end(sighting, Math.max(endedAt, sighting.firingAt ?? sighting.pendingAt ?? endedAt));
      }
    },
  };
}

/**
 * When the rule of an alert that is gone was evaluated, by the clock of Prometheus. A Prometheus that has just been
 * started has no alerts either: `undefined` while it is not known to be over.
 */
function endOf({ name, labels }: AlertSighting, groups: readonly RuleGroup[]): number | undefined {
  const rules = groups.flatMap((group) => group.rules).filter((rule) => rule.name === name);
  const isOver = rules.every(
    (rule) =>
      rule.type === 'recording' ||
      (rule.state !== 'unknown' &&
        rule.health !== 'unknown' &&
        rule.alerts.every((alert) => likeness(alert.labels, labels) === undefined)),
  );
  // A rule that is there no longer took its alerts with it.
  return isOver
    ? Math.max(...rules.map(({ lastEvaluation }) => lastEvaluation), rules.length > 0 ? 0 : Infinity)
    : undefined;
}
