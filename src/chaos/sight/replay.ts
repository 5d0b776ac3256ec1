import type { Prometheus } from '../../monitoring/prometheus.js';
import { liveSeries, type LiveSeries, type Selected } from './live-series.js';
import { seriesText } from './series-text.js';
import { sourcesOf } from './recordings.js';
import type { AlertingRule, RecordingRule } from './rule.js';
import { trialClock } from './trial-clock.js';
import type { Scene } from './trial-file.js';

/** A rule with the series that it reads, ready to be tried. */
export interface Replay {
  readonly scene: Scene;
  readonly selected: readonly Selected[];
}

interface Asking {
  readonly prometheus: Pick<Prometheus, 'query' | 'queryRange'>;
  readonly loaded: readonly RecordingRule[];
  readonly signal: AbortSignal;
}

/**
 * Asks Prometheus for all that a rule reads, now and as far back as it looks.
 * @throws PlatformError `inconclusive` for what cannot be replayed, `tool` when Prometheus fails
 */
export async function replayOf(
  rule: AlertingRule,
  intervalMs: number,
  namespace: string | undefined,
  { prometheus, loaded, signal }: Asking,
): Promise<Replay> {
  const { selectors, recordings } = sourcesOf(rule.query, loaded);
  const clock = trialClock(selectors, { forMs: rule.forMs, intervalMs });
  const now = await timeOf(prometheus, signal);
  const selected: Selected[] = [];
  // One after the other: Prometheus has a drill to watch.
  for (const selector of selectors)
    selected.push(await liveSeries(selector, { prometheus, clock, now, namespace, signal }));
  return { selected, scene: { rule, recordings, clock, now, series: distinct(selected) } };
}

async function timeOf(prometheus: Asking['prometheus'], signal: AbortSignal): Promise<number> {
  const [time] = await prometheus.query('time()', undefined, signal);
  return Math.round((time?.value ?? 0) * 1_000);
}

/** Each series once, with the longest past that any selector asked for. */
function distinct(selected: readonly Selected[]): readonly LiveSeries[] {
  const byLabels = new Map<string, LiveSeries>();
  for (const series of selected.flatMap((one) => one.series)) {
    const key = seriesText(Object.fromEntries(Object.entries(series.labels).toSorted()));
    const known = byLabels.get(key);
    if (!known || lengthOf(known) < lengthOf(series)) byLabels.set(key, series);
  }
  return [...byLabels.values()];
}

function lengthOf({ values, everyMs }: LiveSeries): number {
  return values.length * everyMs;
}
