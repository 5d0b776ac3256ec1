import { formatDuration } from '../clock.js';
import type { AlertsNow } from '../monitoring/alerts-now.js';
import type { Style } from './style.js';
import { table } from './table.js';

/** What fires now, for people; empty where nothing watches. `now` is milliseconds since the epoch. */
export function alertsText(alerts: AlertsNow | undefined, { paint, symbols }: Style, now: number): string {
  if (!alerts) return '';
  const { firing, problem } = alerts;
  const colourOf = (severity: string | undefined) => (severity === 'critical' ? 'red' : 'yellow');
  const rows = firing.map(({ name, severity, since, summary, suppressed }) => [
    `${paint(colourOf(severity), symbols.warning)} ${name}`,
    paint(colourOf(severity), severity ?? ''),
    `for ${formatDuration(now - Date.parse(since))}`,
    [summary ?? '', ...(suppressed ? [paint('dim', `(${suppressed})`)] : [])].join(' ').trim(),
  ]);
  const trouble = problem === undefined ? [] : [paint('yellow', `${symbols.warning} ${problem}`)];
  if (rows.length > 0) return ['Alerts', table(rows, { indent: 2 }), ...trouble.map((line) => `  ${line}`)].join('\n');
  return `Alerts    ${trouble[0] ?? paint('dim', 'none')}`;
}
