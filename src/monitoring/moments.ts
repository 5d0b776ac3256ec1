import { z } from 'zod';
import { parseDuration } from '../duration.js';
import { messageOf } from '../errors.js';

/** Moments are ISO 8601 texts in the answers, and milliseconds since the epoch here. */
export const moment = z.string().transform((text, context) => {
  const at = Date.parse(text);
  if (Number.isNaN(at)) context.issues.push({ code: 'custom', message: 'not a moment', input: text });
  return at;
});

/** Durations are seconds in Prometheus' answers, and milliseconds here. */
export const seconds = z.number().transform((value) => value * 1000);

/** Numbers are texts in Prometheus' answers, since JSON knows neither infinity nor NaN. */
export const number = z.string().transform((text) => Number(text.replace(/^([+-]?)Inf$/, '$1Infinity')));

export const textMap = z.record(z.string(), z.string());

const days = { w: 7, y: 365 } as const;

/** Durations are texts such as `1w2d` or `90s` in configurations, and milliseconds here. */
export const duration = z.string().transform((text, context) => {
  const inDays = text.replace(
    /(\d+)([wy])/g,
    (_, amount, unit) => `${String(Number(amount) * days[unit as keyof typeof days])}d`,
  );
  try {
    return text === '0' ? 0 : parseDuration(inDays);
  } catch (error) {
    context.issues.push({ code: 'custom', message: messageOf(error), input: text });
    return z.NEVER;
  }
});
