import type { Style } from './style.js';

/** A notice as a line: warnings stand out. */
export function noticeLine({ level, message }: { level: 'info' | 'warning'; message: string }, style: Style): string {
  const { paint, symbols } = style;
  return level === 'warning'
    ? paint('yellow', `${symbols.warning} ${message}`)
    : `${paint('dim', symbols.pending)} ${message}`;
}
