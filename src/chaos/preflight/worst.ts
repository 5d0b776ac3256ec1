import type { Finding } from '../record.js';

/** From the lightest to the weightiest. */
const levels = ['ok', 'note', 'warning', 'inconclusive', 'weakness', 'refused'] as const satisfies Finding['level'][];

/** The weightiest level among findings; `ok` for none. */
export function worstOf(findings: readonly Finding[]): Finding['level'] {
  const worst = Math.max(0, ...findings.map(({ level }) => levels.indexOf(level)));
  return levels[worst] ?? 'ok';
}
