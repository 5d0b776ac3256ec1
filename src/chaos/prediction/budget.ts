import type { Drill } from '../drill.js';
import type { PredictedLink, Prediction } from '../record.js';

/**
 * On top of what the configuration says: the scrape that first sees a change may take its whole time-out (10 s is
 * Prometheus' default), and hand-overs, notifications and our own looks take seconds.
 */
const marginMs = 10_000;

/**
 * Milliseconds that a link may take after the one before it: what the drill says, or else what was predicted and a
 * margin; `undefined` where neither says anything.
 */
export function budgetFor(
  link: Pick<PredictedLink, 'name' | 'alert'>,
  { links }: Pick<Prediction, 'links'>,
  { budgets }: Pick<Drill, 'budgets'>,
): number | undefined {
  const predicted = links.find(({ name, alert }) => name === link.name && alert === link.alert);
  return budgets[link.name] ?? (predicted && predicted.atMostMs + marginMs);
}
