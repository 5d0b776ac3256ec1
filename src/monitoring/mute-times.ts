import { z } from 'zod';

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const months = [
  ...['january', 'february', 'march', 'april', 'may', 'june', 'july'],
  ...['august', 'september', 'october', 'november', 'december'],
];

/** `monday:friday`, `1:7`, `-1`, a month by its name: the first and the last, both included. */
function range(numberOf: (text: string) => number) {
  return z.coerce.string().transform((text, context) => {
    const [first = '', last = first] = text.toLowerCase().split(':');
    const found = { first: numberOf(first), last: numberOf(last) };
    if (Number.isInteger(found.first) && Number.isInteger(found.last)) return found;
    context.issues.push({ code: 'custom', message: `not a range: ${text}`, input: text });
    return z.NEVER;
  });
}

function placeIn(names: readonly string[], name: string, first = 0): number {
  return names.includes(name) ? names.indexOf(name) + first : NaN;
}

const minute = z.string().transform((text) => {
  const [hours, minutes] = text.split(':').map(Number);
  return (hours ?? NaN) * 60 + (minutes ?? NaN);
});

/** Of the time zone database. Where Alertmanager runs is not known here; in a container `Local` is UTC. */
const timeZone = z.string().transform((name, context) => {
  const zone = name === 'Local' ? 'UTC' : name;
  if (isTimeZone(zone)) return zone;
  context.issues.push({ code: 'custom', message: `not a time zone: ${name}`, input: name });
  return z.NEVER;
});

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-GB', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

const intervalSchema = z.object({
  times: z.array(z.object({ start_time: minute, end_time: minute })).nullish(),
  weekdays: z.array(range((text) => placeIn(weekdays, text))).nullish(),
  days_of_month: z.array(range(Number)).nullish(),
  months: z.array(range((text) => placeIn(months, text, 1) || Number(text))).nullish(),
  years: z.array(range(Number)).nullish(),
  location: timeZone.default('UTC'),
});
type Interval = z.infer<typeof intervalSchema>;
type Range = NonNullable<Interval['years']>[number];

/** Times at which a route tells nobody, or the only ones at which it tells anybody. */
export const muteTimeSchema = z.object({ name: z.string(), time_intervals: z.array(intervalSchema).default([]) });
export type MuteTime = z.infer<typeof muteTimeSchema>;

/**
 * Whether a moment is one of these times.
 * @param at milliseconds since the epoch
 */
export function isDuring({ time_intervals }: MuteTime, at: number): boolean {
  return time_intervals.some((interval) => contains(interval, at));
}

function contains({ times, weekdays: days, days_of_month, months: inMonths, years, location }: Interval, at: number) {
  const local = localTime(at, location);
  const last = new Date(Date.UTC(local.year, local.month, 0)).getUTCDate();
  const fromStart = (day: number) => Math.min(day < 0 ? last + day + 1 : day, last);
  return (
    (!times || times.some(({ start_time, end_time }) => local.minute >= start_time && local.minute < end_time)) &&
    within(days, local.weekday) &&
    (!days_of_month ||
      days_of_month.some(
        ({ first, last: end }) => first <= last && local.day >= fromStart(first) && local.day <= fromStart(end),
      )) &&
    within(inMonths, local.month) &&
    within(years, local.year)
  );
}

function within(ranges: readonly Range[] | null | undefined, value: number): boolean {
  return !ranges || ranges.some(({ first, last }) => value >= first && value <= last);
}

function localTime(at: number, timeZone: string) {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', weekday: 'long' },
  } as const);
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const numberOf = (type: Intl.DateTimeFormatPartTypes) => Number(parts[type]);
  return {
    year: numberOf('year'),
    month: numberOf('month'),
    day: numberOf('day'),
    minute: numberOf('hour') * 60 + numberOf('minute'),
    weekday: weekdays.indexOf((parts['weekday'] ?? '').toLowerCase()),
  };
}
