import { formatDuration } from '../../clock.js';
import type { PredictedScaling } from '../record.js';
import type { Autoscaler } from './autoscaler.js';
import { nextReplicas, syncSeconds, type Change, type Wish } from './controller.js';

/** Resolution of metrics-server as its manifests and its chart install it; its flag cannot be read everywhere. */
export const usualMetricsResolutionMs = 15_000;

/** A day: far more than any behavior that somebody would wait for. */
const horizonSeconds = 86_400;

export interface PredictOptions {
  /** How often metrics-server measures, in milliseconds; 15,000 where it is not known. */
  readonly metricsResolutionMs?: number | undefined;
  /** Replicas before the load, when nothing was going on. */
  readonly original: number;
}

/**
 * What the controller will do at the latest, computed as it does: under a load that wants more replicas than there may
 * be, for as long as it takes, and after it when the pods do again what they did before. Metrics show a change in full
 * after two measurements, and the controller looks at them a while later; how long pods take to start is not in it.
 */
export function predictScaling(autoscaler: Autoscaler, options: PredictOptions): PredictedScaling {
  const { original, metricsResolutionMs = usualMetricsResolutionMs } = options;
  const { minReplicas, maxReplicas } = autoscaler.spec;
  const metricsSeconds = (2 * metricsResolutionMs) / 1000;
  if (original === 0) {
    const because = 'an autoscaler whose target has no replicas does nothing';
    return { original, peak: 0, up: [], down: [], because };
  }
  const start = Math.max(original, minReplicas);
  const up = steps(autoscaler, start, { to: maxReplicas, before: start, from: metricsSeconds });
  const peak = Math.max(start, up.at(-1)?.replicas ?? start);
  const down = steps(autoscaler, peak, { to: settled(autoscaler, start), before: maxReplicas, from: metricsSeconds });
  const because = [
    `metrics 2 × ${formatDuration(metricsResolutionMs)}`,
    `sync ${String(syncSeconds)}s`,
    `up ${stepped(start, up)}`,
    `down ${stepped(peak, down)}`,
  ].join(', ');
  return { original, peak, up, down, because };
}

/** It went on wishing for `before` replicas until the metrics showed the change, and wishes for `to` from then on. */
function steps(
  { spec }: Autoscaler,
  start: number,
  { to, before, from }: { readonly to: number; readonly before: number; readonly from: number },
): PredictedScaling['up'] {
  const wishes: Wish[] = [{ at: from, replicas: before }];
  const changes: Change[] = [];
  const found: { afterMs: number; replicas: number }[] = [];
  let current = start;
  for (let at = from + syncSeconds; current !== to && at < horizonSeconds; at += syncSeconds) {
    const wish = { at, replicas: to };
    const next = nextReplicas(spec, current, wish, { wishes, changes });
    wishes.push(wish);
    if (next === current) continue;
    changes.push({ at, by: next - current });
    found.push({ afterMs: at * 1000, replicas: next });
    current = next;
  }
  return found;
}

/**
 * Where it comes to rest after the load. At rest it tolerates a tenth of work too much; on its way down it computes anew,
 * and may end one replica above where it was.
 */
function settled({ spec, status }: Autoscaler, original: number): number {
  const ratios = spec.metrics.flatMap(({ resource }) => {
    const target = resource?.target.averageUtilization;
    const current = status.currentMetrics?.find(({ resource: measured }) => measured?.name === resource?.name)?.resource
      ?.current.averageUtilization;
    return target === undefined || current === undefined ? [] : [current / target];
  });
  const needed = Math.ceil(Math.max(0, ...ratios) * original);
  return Math.min(spec.maxReplicas, Math.max(original, needed));
}

function stepped(start: number, path: PredictedScaling['up']): string {
  if (path.length === 0) return 'not at all';
  return (
    path.map(({ afterMs, replicas }) => `${String(replicas)} at ${formatDuration(afterMs)}`).join(' · ') +
    ` (from ${String(start)})`
  );
}
