import type { Clock } from '../../clock.js';
import type { Prometheus } from '../../monitoring/prometheus.js';
import { prometheusOffset } from './offsets.js';

/** Turns moments that others tell into ours. */
export interface ForeignClocks {
  /** Milliseconds by which others are ahead, as far as it is known by now. */
  readonly offsetsMs: Readonly<Record<string, number>>;
  /** Compares Prometheus' clock with ours, once; to be called before its moments are used. */
  meet(signal: AbortSignal): Promise<void>;
  /** A moment of Prometheus, which is also what Alertmanager calls the start of an alert; never later than it was seen. */
  ofPrometheus(told: number, seenAt: number): number;
  /**
   * A moment of the inbox: it was between the look before, when it was not there yet, and the one that saw it. A moment
   * outside of that tells how wrong the inbox's clock is.
   */
  ofInbox(told: number, lookedAt: number, seenAt: number): number;
}

export function foreignClocks(prometheus: Pick<Prometheus, 'query'>, clock: Clock): ForeignClocks {
  const offsetsMs: Record<string, number> = {};
  return {
    offsetsMs,
    async meet(signal) {
      offsetsMs['prometheus'] ??= (await prometheusOffset(prometheus, clock, signal)).ms;
    },
    ofPrometheus: (told, seenAt) => Math.min(told - (offsetsMs['prometheus'] ?? 0), seenAt),
    ofInbox(told, lookedAt, seenAt) {
      const ours = told - (offsetsMs['inbox'] ?? 0);
      const placed = Math.min(Math.max(ours, lookedAt), seenAt);
      // Of two programs on one machine the moments are milliseconds apart.
      if (Math.abs(ours - placed) >= 1000) offsetsMs['inbox'] = told - placed;
      return placed;
    },
  };
}
