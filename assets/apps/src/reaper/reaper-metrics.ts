import { Counter, Gauge, type Registry } from 'prom-client';
import type { Restored } from './intent.js';

export interface ReaperMetrics {
  /** How many drills have changes in the cluster, and how many cannot be read. */
  open(drills: number, unreadable: number): void;
  restored(results: readonly Restored[]): void;
  /** A restoration that is to be tried again. */
  failed(): void;
  /** The API server answered. */
  contact(now: Date): void;
}

export function reaperMetrics(registry: Registry): ReaperMetrics {
  const registers = [registry];
  const open = new Gauge({ name: 'reaper_open_drills', help: 'Drills whose changes are in the cluster', registers });
  const unreadable = new Gauge({
    name: 'reaper_unreadable_intents',
    help: 'ConfigMaps of drills that this reaper does not understand and leaves alone',
    registers,
  });
  const restorations = new Counter({
    name: 'reaper_restorations_total',
    help: 'Changes of drills that were to be taken back, by what became of them',
    labelNames: ['outcome'],
    registers,
  });
  const failures = new Counter({
    name: 'reaper_restore_failures_total',
    help: 'Attempts to take a drill back that failed and are made again',
    registers,
  });
  const contact = new Gauge({
    name: 'reaper_last_api_contact_timestamp_seconds',
    help: 'When the API server answered last',
    registers,
  });
  return {
    open(drills, unread) {
      open.set(drills);
      unreadable.set(unread);
    },
    restored(results) {
      for (const { outcome } of results) restorations.inc({ outcome });
    },
    failed() {
      failures.inc();
    },
    contact(now) {
      contact.set(now.getTime() / 1000);
    },
  };
}
