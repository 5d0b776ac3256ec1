import { formatDuration } from '../clock.js';
import type { CriticalStep } from '../plan/events.js';
import type { Style } from './style.js';
import { table } from './table.js';

/** Shorter waits are the scheduler's own and would only be noise. */
const shownWaitMs = 500;

/** What decided how long the run took: what each step added, its share of the whole, and how much of it was waiting. */
export function criticalPathTable(
  path: readonly CriticalStep[],
  totalMs: number,
  style: Style,
  columns: number,
): string {
  const rows = path.map(({ title, durationMs, waitedMs }) => {
    const added = durationMs + waitedMs;
    const share = totalMs > 0 ? `${String(Math.round((added / totalMs) * 100))}%` : '';
    const waited = waitedMs >= shownWaitMs ? `${formatDuration(waitedMs)} of it waiting for its turn` : '';
    return [formatDuration(added), style.paint('dim', share), title, style.paint('dim', waited)];
  });
  return table(rows, { right: [0, 1], indent: 2, columns, ellipsis: style.symbols.ellipsis });
}
