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
      for (const sighting of missing) if (hasEnded(sighting, groups)) book.end(sighting, at);
    },
  };
}

/** A Prometheus that has just been started has no alerts either: only what was evaluated is over. */
function hasEnded({ name, labels }: AlertSighting, groups: readonly RuleGroup[]): boolean {
  const rules = groups.flatMap((group) => group.rules).filter((rule) => rule.name === name);
  return rules.every(
    (rule) =>
      rule.type === 'recording' ||
      (rule.state !== 'unknown' &&
        rule.health !== 'unknown' &&
        rule.alerts.every((alert) => likeness(alert.labels, labels) === undefined)),
  );
}
