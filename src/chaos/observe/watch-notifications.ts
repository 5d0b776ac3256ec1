import type { Clock } from '../../clock.js';
import type { Alertmanager } from '../../monitoring/alertmanager.js';
import type { NotificationCounters } from '../../monitoring/notification-counters.js';
import type { Ledger } from './ledger.js';
import type { Watcher } from './watcher.js';

interface Sources {
  readonly alertmanager: Pick<Alertmanager, 'notifications'>;
  readonly ledger: Ledger;
  readonly clock: Clock;
}

/** Alertmanager's counters of notifications: what they were at the first look, and whenever they have changed. */
export function watchNotifications({ alertmanager, ledger, clock }: Sources): Watcher {
  const last = new Map<string, string>();
  let lookedAt: number | undefined;
  return {
    name: 'notifications',
    who: 'alertmanager',
    everyMs: 1000,
    async look(signal) {
      const found = await alertmanager.notifications(signal);
      const at = clock.now();
      for (const counters of found) {
        const key = JSON.stringify([counters.receiver, counters.integration]);
        const text = JSON.stringify(counters);
        if (last.get(key) === text || (!last.has(key) && isIdle(counters))) continue;
        // What was nothing so far was left out: Alertmanager lists every kind of integration that there is.
        if (!last.has(key) && lookedAt !== undefined) {
          ledger.put('notifications', { ...counters, at: lookedAt, sent: 0, failed: 0, reasons: {} });
        }
        ledger.put('notifications', { ...counters, at });
        last.set(key, text);
      }
      lookedAt = at;
    },
  };
}

function isIdle({ sent, failed, reasons }: NotificationCounters): boolean {
  return sent === 0 && failed === 0 && Object.keys(reasons).length === 0;
}
