import type { Clock } from '../../clock.js';
import type { Inbox } from '../../monitoring/inbox.js';
import type { ForeignClocks } from './clocks.js';
import type { Ledger } from './ledger.js';
import type { Watcher } from './watcher.js';

/** The inbox's clock may be this far behind ours without anything being missed, in milliseconds. */
const reachMs = 60 * 60_000;

interface Sources {
  readonly inbox: Pick<Inbox, 'deliveries'>;
  readonly ledger: Ledger;
  readonly clocks: ForeignClocks;
  readonly clock: Clock;
}

/** What arrives in the inbox from now on. */
export function watchDeliveries({ inbox, ledger, clocks, clock }: Sources): Watcher {
  const startedAt = clock.now();
  const known = new Set<string>();
  // Moments of the inbox are compared with each other only.
  let newest: number | undefined;
  let lookedAt: number | undefined;
  return {
    name: 'deliveries',
    who: 'inbox',
    everyMs: 500,
    async look(signal) {
      const askedAt = clock.now();
      const found = await inbox.deliveries({ since: newest ?? startedAt - reachMs }, signal);
      const seenAt = clock.now();
      for (const { id, receivedAt, kind, receiver, status, alerts } of found) {
        newest = Math.max(newest ?? receivedAt, receivedAt);
        if (known.has(id)) continue;
        known.add(id);
        // At the first look nobody knows what was there before, unless the inbox's clock says so.
        if (lookedAt === undefined && receivedAt < startedAt) continue;
        const delivery = {
          at: clocks.ofInbox(receivedAt, lookedAt ?? startedAt, seenAt),
          kind,
          ...(receiver && { receiver }),
          status,
          alerts: alerts.map(({ name, status, labels }) => ({ name, status, ...(kind === 'webhook' && { labels }) })),
        };
        ledger.put('deliveries', delivery);
      }
      lookedAt = askedAt;
    },
  };
}
