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
