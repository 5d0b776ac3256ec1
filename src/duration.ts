import { PlatformError } from './errors.js';

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const durationPattern = /^(\d+(\.\d+)?(ms|s|m|h|d))+$/;

/**
 * Milliseconds of a duration as people and Go write it: `90s`, `1h30m`, `1.5h`, `2d`.
 * @throws PlatformError `usage` for anything else.
 */
export function parseDuration(text: string): number {
  if (!durationPattern.test(text)) {
    throw new PlatformError('usage', `${JSON.stringify(text)} is not a duration`, {
      suggestions: ['write a number and a unit, such as 90s, 10m, 1h30m or 2d'],
    });
  }
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)];
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * units[unit as keyof typeof units], 0);
}

/** `90000` as configurations write it: `1m30s`; nothing is rounded but parts of a millisecond. */
export function writeDuration(milliseconds: number): string {
  let rest = Math.round(milliseconds);
  const parts = Object.entries(units)
    .sort(([, a], [, b]) => b - a)
    .map(([unit, size]) => {
      const amount = Math.floor(rest / size);
      rest -= amount * size;
      return amount === 0 ? '' : `${String(amount)}${unit}`;
    });
  return parts.join('') || '0s';
}
