import type { Link } from '../record.js';
import type { ChainInput, Evidence } from './evidence.js';
import { linkOf, linksBefore, obstacleTo, phaseOf } from './order.js';
import { patienceOf } from './patience.js';

/** What links are, by what is known of each and by the time: in order, for one may depend on those before it. */
export function assess(evidence: readonly Evidence[], input: ChainInput): readonly Link[] {
  const links: Link[] = [];
  for (const one of evidence) links.push(linkFrom(one, links, input));
  return links;
}

function linkFrom(evidence: Evidence, links: readonly Link[], input: ChainInput): Link {
  const { name, alert, at, status, detail, cause } = evidence;
  const base = { name, ...(alert !== undefined && { alert }) };
  const known = detail === undefined ? {} : { detail };
  if (status !== undefined) return { ...base, ...known, status };

  const { from, budgetMs } = timeOf(evidence, links, input);
  // Its time counts from the fault, and nobody knows beforehand how long that is kept up.
  const predicted = name === 'restored' ? [] : input.prediction.links;
  const predictedMs = predicted.find((one) => one.name === name && (one.alert ?? alert) === alert)?.atMostMs;
  const timed = {
    ...base,
    ...(budgetMs !== undefined && { budgetMs }),
    ...(predictedMs !== undefined && { predictedMs }),
  };
  if (at !== undefined) {
    // What was noticed before the link before it took no time at all.
    const tookMs = from === undefined ? undefined : Math.max(0, at - from);
    const isLate = tookMs !== undefined && budgetMs !== undefined && tookMs > budgetMs;
    const came = { ...timed, ...known, at, ...(tookMs !== undefined && { tookMs }) };
    return isLate ? { ...came, status: 'late', ...(cause !== undefined && { cause }) } : { ...came, status: 'met' };
  }
  const obstacle = obstacleTo(name, alert, links);
  if (obstacle) return { ...timed, status: 'unreached', cause: `${obstacle.name} is broken` };
  if (evidence.isDecided !== true && !isOver(evidence, from, budgetMs, input)) return { ...timed, status: 'unreached' };
  return { ...timed, status: 'broken', cause: cause ?? 'it never came' };
}

/** From when a link's time counts, and how much it may take: that of links before it that nobody saw included. */
function timeOf({ name, alert }: Evidence, links: readonly Link[], { budgetFor }: ChainInput) {
  let budgetMs = name === 'restored' ? undefined : budgetFor(name, alert);
  for (const earlier of linksBefore(name)) {
    const link = linkOf(links, earlier, alert);
    if (link?.at !== undefined) return { from: link.at, budgetMs };
    if (budgetMs !== undefined) budgetMs += budgetFor(earlier, alert) ?? 0;
  }
  return { from: undefined, budgetMs };
}

/** Whether a link that is not there will not come any more. */
function isOver(
  { name }: Evidence,
  from: number | undefined,
  budgetMs: number | undefined,
  { marks, now, isCutShort = false }: ChainInput,
): boolean {
  // What would have come later nobody knows.
  if (isCutShort && name !== 'restored') return from !== undefined && now > from + patienceOf(budgetMs);
  if (marks.endedAt !== undefined) return true;
  if (phaseOf(name) === 'fault' && marks.restoredAt !== undefined) return true;
  // Nobody knows beforehand how long a fault is kept up.
  return name !== 'restored' && from !== undefined && now > from + patienceOf(budgetMs);
}
