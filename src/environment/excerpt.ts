import { redactText } from './redact.js';

/** Longer lines are cut around the caret. */
const widthKept = 100;

/** A line of a file with carets below it; secrets masked, nothing a terminal could take for a command. */
export function excerptOf(text: string, line: number, column: number, length: number): string {
  const full = (text.split(/\r\n|\n|\r/)[line - 1] ?? '').replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ');
  const masked = redactText(full);
  const start = full.length <= widthKept ? 0 : Math.max(0, column - 1 - widthKept / 2);
  const shown = masked.slice(start, start + widthKept).trimEnd();
  if (shown === '') return '';
  const gutter = `    ${String(line)} │ `;
  // Masking moves what comes after it, and then the line alone has to do.
  if (masked !== full) return `${gutter}${shown}`;
  const visible = Math.max(1, Math.min(length, start + shown.length - (column - 1)));
  const margin = `${' '.repeat(gutter.length - 2)}│ `;
  return `${gutter}${shown}\n${margin}${' '.repeat(column - 1 - start)}${'^'.repeat(visible)}`;
}
