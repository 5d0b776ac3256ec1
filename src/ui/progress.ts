import { formatDuration } from '../clock.js';
import type { Progress } from '../plan/events.js';
import type { Style } from './style.js';

const barColumns = 10;

/** `━━━━──────`, or nothing where the total is not known. */
export function progressBar(progress: Progress | undefined, style: Style): string {
  if (progress?.done === undefined || !progress.total) return '';
  const filled = Math.min(barColumns, Math.floor((progress.done / progress.total) * barColumns));
  const { barDone, barLeft } = style.symbols;
  return style.paint('cyan', barDone.repeat(filled)) + style.paint('dim', barLeft.repeat(barColumns - filled));
}

/**
 * `12.3/18.1 MB`, `214/380 packages`, `3/9`; only what has been done where the total is not known. `aligned` keeps the
 * width while the amount grows.
 */
export function progressAmount({ done, total, unit }: Progress, { aligned = false } = {}): string {
  if (done === undefined) return '';
  const [amount, name] = unit === 'bytes' ? bytesAs(total ?? done) : [String, unit];
  const whole = total ? amount(total) : undefined;
  const part = amount(done).padStart(aligned && whole !== undefined ? whole.length : 0);
  return [whole === undefined ? part : `${part}/${whole}`, name].filter(Boolean).join(' ');
}

function bytesAs(size: number): [(bytes: number) => string, string] {
  const [divisor, name] = size < 1_000_000 ? [1000, 'kB'] : [1_000_000, 'MB'];
  return [(bytes) => (bytes / divisor).toFixed(1), name];
}

/** What a step says it does, or what it waits for and how long by now. */
export function progressMessage({ message, since }: Progress, now: number): string {
  if (since === undefined) return message;
  return ['waiting', formatElapsed(now - since), 'for', message].filter(Boolean).join(' ');
}

/** Time that is still passing: whole seconds, since tenths would only flicker, and nothing for the first one. */
export function formatElapsed(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds === 0) return '';
  return seconds < 60 ? `${String(seconds)}s` : formatDuration(seconds * 1000);
}
