import { z } from 'zod';

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
