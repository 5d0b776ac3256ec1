import { courseOf, type Effect } from './effect.js';
import type { LiveSeries, Selected } from './live-series.js';

/*
 * What others say of the target, such as the exporter of a database or a caller's share of failures, depends on them:
 * it is not known what a fault makes of it.
 */

/** Metrics of which is known what a fault makes of them: what the cluster says, and whether a target is scraped. */
const told = /^(up$|kube_|container_|kubelet_|node_|machine_|scrape_)/;

/** Whether a series says of something else that it is well, as `pg_up` and `probe_success` do. */
export function saysThatOthersAreWell(series: LiveSeries, effect: Effect): boolean {
  const known = series.values.filter((value) => value !== undefined);
  return (
    isAboutOthers(series, effect) &&
    series.values.at(-1) === 1 &&
    known.every((value) => value === 0 || value === 1) &&
    !/_(info|total|count|sum|bucket)$/.test(nameOf(series))
  );
}

/** Names of what an expression reads of which nobody knows what a fault makes of it. */
export function unforeseen(selected: readonly Selected[], effect: Effect): readonly string[] {
  const names = selected.flatMap(({ selector: { metric }, series, isMeasured }) => {
    if (series.length > 0)
      return series.filter((one) => isAboutOthers(one, effect) && !saysThatOthersAreWell(one, effect)).map(nameOf);
    return isMeasured && metric !== undefined && !told.test(metric) ? [metric] : [];
  });
  return [...new Set(names)];
}

function isAboutOthers(series: LiveSeries, effect: Effect): boolean {
  return !told.test(nameOf(series)) && courseOf(effect, series.labels) === undefined;
}

export function nameOf({ labels }: LiveSeries): string {
  return labels['__name__'] ?? '';
}
