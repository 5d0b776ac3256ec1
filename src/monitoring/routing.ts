import { parse } from 'yaml';
import { z } from 'zod';
import { messageOf, PlatformError } from '../errors.js';
import { matchOfAll, parseMatchers, type Certainty, type Matcher, type PartialLabels } from './matchers.js';
import { duration } from './moments.js';
import { muteTimeSchema, type MuteTime } from './mute-times.js';
import { receiverSchema, type Receiver } from './receivers.js';

const textsSchema = z
  .array(z.string())
  .nullish()
  .transform((texts) => texts ?? []);
const pairsSchema = z
  .record(z.string(), z.string())
  .nullish()
  .transform((pairs) => pairs ?? {});

const routeSchema = z.object({
  receiver: z.string().optional(),
  group_by: z.array(z.string()).nullish(),
  group_wait: duration.optional(),
  group_interval: duration.optional(),
  repeat_interval: duration.optional(),
  match: pairsSchema,
  match_re: pairsSchema,
  matchers: textsSchema,
  mute_time_intervals: textsSchema,
  active_time_intervals: textsSchema,
  continue: z.boolean().default(false),
  get routes() {
    return z.array(routeSchema).nullish();
  },
});
type WrittenRoute = z.infer<typeof routeSchema>;

const inhibitionSchema = z.object({
  name: z.string().optional(),
  source_match: pairsSchema,
  source_match_re: pairsSchema,
  source_matchers: textsSchema,
  target_match: pairsSchema,
  target_match_re: pairsSchema,
  target_matchers: textsSchema,
  equal: textsSchema,
});

const configurationSchema = z.object({
  route: routeSchema,
  receivers: z.array(receiverSchema).default([]),
  inhibit_rules: z.array(inhibitionSchema).nullish(),
  time_intervals: z.array(muteTimeSchema).nullish(),
  mute_time_intervals: z.array(muteTimeSchema).nullish(),
});

/** Where alerts go, and when; what a route does not say is its parent's. Durations are milliseconds. */
export interface Route {
  readonly receiver: string;
  readonly matchers: readonly Matcher[];
  /** Labels whose values make a group; `all` of them for `...`. */
  readonly groupBy: readonly string[] | 'all';
  readonly groupWaitMs: number;
  readonly groupIntervalMs: number;
  readonly repeatIntervalMs: number;
  /** Names of times; not a parent's. */
  readonly mutedDuring: readonly string[];
  readonly activeDuring: readonly string[];
  /** Whether the routes after it are asked, too. */
  readonly continues: boolean;
  readonly routes: readonly Route[];
}

/** Alerts that keep others quiet. */
export interface Inhibition {
  readonly name?: string;
  readonly source: readonly Matcher[];
  readonly target: readonly Matcher[];
  /** Labels that both must have in common. */
  readonly equal: readonly string[];
}

export interface Routing {
  readonly root: Route;
  readonly receivers: readonly Receiver[];
  readonly inhibitions: readonly Inhibition[];
  readonly times: readonly MuteTime[];
}

/** Alertmanager's own (dispatch/route.go); they hold where the first route says nothing. */
const defaults = { groupWaitMs: 30_000, groupIntervalMs: 5 * 60_000, repeatIntervalMs: 4 * 60 * 60_000 } as const;

/**
 * Reads the configuration that an Alertmanager has loaded, or one as people write it. Where a route within another has an
 * empty `group_by`, Alertmanager says nothing of it, so that it is read as its parent's.
 * @param configuration YAML
 * @throws PlatformError `tool` when it is not one
 */
export function routesOf(configuration: string): Routing {
  try {
    const read = configurationSchema.parse(parse(configuration));
    const root = routeOf(read.route, { ...defaults, receiver: '', groupBy: [] });
    const inhibitions = (read.inhibit_rules ?? []).map((rule) => ({
      ...(rule.name !== undefined && { name: rule.name }),
      source: matchersOf(rule.source_match, rule.source_match_re, rule.source_matchers),
      target: matchersOf(rule.target_match, rule.target_match_re, rule.target_matchers),
      equal: rule.equal,
    }));
    const times = [...(read.time_intervals ?? []), ...(read.mute_time_intervals ?? [])];
    return { root, receivers: read.receivers, inhibitions, times };
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    throw new PlatformError('tool', `the configuration of Alertmanager cannot be read: ${reason}`, {
      cause: error,
      suggestions: ['check it with `amtool check-config`'],
    });
  }
}

type Inherited = Pick<Route, 'receiver' | 'groupBy' | 'groupWaitMs' | 'groupIntervalMs' | 'repeatIntervalMs'>;

function routeOf(route: WrittenRoute, parent: Inherited): Route {
  const settings: Inherited = {
    // An empty name is none.
    receiver: route.receiver === undefined || route.receiver === '' ? parent.receiver : route.receiver,
    groupBy: route.group_by ? (route.group_by.includes('...') ? 'all' : route.group_by) : parent.groupBy,
    groupWaitMs: route.group_wait ?? parent.groupWaitMs,
    groupIntervalMs: route.group_interval ?? parent.groupIntervalMs,
    repeatIntervalMs: route.repeat_interval ?? parent.repeatIntervalMs,
  };
  return {
    ...settings,
    matchers: matchersOf(route.match, route.match_re, route.matchers),
    mutedDuring: route.mute_time_intervals,
    activeDuring: route.active_time_intervals,
    continues: route.continue,
    routes: (route.routes ?? []).map((child) => routeOf(child, settings)),
  };
}

type Pairs = Readonly<Record<string, string>>;

function matchersOf(equal: Pairs, regex: Pairs, written: readonly string[]): readonly Matcher[] {
  const pairs = (given: Pairs, isRegex: boolean): Matcher[] =>
    Object.entries(given).map(([name, value]) => ({ name, value, isRegex, isEqual: true }));
  const matchers = [...pairs(equal, false), ...pairs(regex, true), ...written.flatMap(parseMatchers)];
  // In Alertmanager's order, however they are written.
  return matchers.sort((a, b) => a.name.localeCompare(b.name) || a.value.localeCompare(b.value));
}

/** A route that an alert takes; `maybe` where that depends on labels that nobody knows yet. */
export interface Destination {
  readonly route: Route;
  readonly certainty: Exclude<Certainty, 'no'>;
}

/** The routes that an alert with these labels takes, in the order of the configuration. */
export function receiversFor({ root }: Pick<Routing, 'root'>, labels: PartialLabels): readonly Destination[] {
  return destinationsIn(root, labels);
}

function destinationsIn(route: Route, labels: PartialLabels): readonly Destination[] {
  const own = matchOfAll(route.matchers, labels);
  if (own === 'no') return [];
  const found: Destination[] = [];
  let isReached = own;
  // Where no route within takes it, it is this one's.
  let isLeft: Certainty = own;
  for (const child of route.routes) {
    const taken = matchOfAll(child.matchers, labels);
    if (taken === 'no') continue;
    const inner = destinationsIn(child, labels);
    found.push(...(isReached === 'yes' ? inner : inner.map((each) => ({ ...each, certainty: isReached }))));
    if (taken === 'yes') isLeft = 'no';
    else if (isLeft === 'yes') isLeft = 'maybe';
    if (child.continues) continue;
    if (taken === 'yes') break;
    isReached = 'maybe';
  }
  return isLeft === 'no' ? found : [...found, { route, certainty: isLeft }];
}
