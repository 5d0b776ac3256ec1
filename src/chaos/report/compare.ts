import { PlatformError } from '../../errors.js';
import type { DrillRecord, Link, LoadResult, Outcome, ScalingResult } from '../record.js';
import { unexpectedNames } from '../verdict/alerts.js';

export interface ComparedRun {
  readonly run: string;
  readonly drill: string;
  readonly provider: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly outcome: Outcome;
  readonly isRehearsed: boolean;
}

/**
 * How a measured duration changed; `same` where the difference is below a second or a tenth, which no run repeats
 * exactly. `appeared` and `vanished`: it was measured in one of the runs only.
 */
export type Change = 'faster' | 'slower' | 'same' | 'appeared' | 'vanished';

/** Durations are milliseconds. */
export interface ComparedTime {
  readonly before?: number;
  readonly after?: number;
  readonly change: Change;
}

export interface ComparedLink extends ComparedTime {
  readonly name: Link['name'];
  readonly alert?: string;
  readonly statusBefore?: Link['status'];
  readonly statusAfter?: Link['status'];
}

export interface Comparison {
  readonly before: ComparedRun;
  readonly after: ComparedRun;
  /** What makes it less than a fair comparison, lowercase sentences. */
  readonly caveats: readonly string[];
  readonly verdict: 'better' | 'worse' | 'same' | 'other';
  /** Those that either run asked for, in the order of the chain. */
  readonly links: readonly ComparedLink[];
  /** Names of alerts that nobody expects. */
  readonly newAlerts: readonly string[];
  readonly goneAlerts: readonly string[];
  readonly scaling?: {
    readonly before: readonly number[];
    readonly after: readonly number[];
    readonly reached: ComparedTime;
    readonly returned: ComparedTime;
  };
  readonly load?: {
    readonly successBefore?: number;
    readonly successAfter?: number;
    readonly rateBefore: number;
    readonly rateAfter: number;
    readonly p95: ComparedTime;
  };
}

// Worse ones are higher; what came to no end is neither better nor worse.
const ranks: Readonly<Partial<Record<Outcome, number>>> = { passed: 0, weakness: 1, 'not-restored': 2 };

/**
 * What differs between two runs of one drill.
 * @throws PlatformError `usage` when they are runs of different drills
 */
export function compareRuns(before: DrillRecord, after: DrillRecord): Comparison {
  if (before.drill.name !== after.drill.name) {
    throw new PlatformError(
      'usage',
      `${before.run} is a run of ${before.drill.name}, ${after.run} one of ${after.drill.name}`,
      { suggestions: ['compare runs of one drill: platform chaos history'] },
    );
  }
  const [alertsBefore, alertsAfter] = [before, after].map((record) => unexpectedNames(record));
  const scaling = scalingOf(before.scaling, after.scaling);
  const load = loadOf(before.load, after.load);
  return {
    before: runOf(before),
    after: runOf(after),
    caveats: caveatsOf(before, after),
    verdict: verdictChange(before.verdict.outcome, after.verdict.outcome),
    links: linksOf(before.links, after.links),
    newAlerts: (alertsAfter ?? []).filter((name) => !alertsBefore?.includes(name)),
    goneAlerts: (alertsBefore ?? []).filter((name) => !alertsAfter?.includes(name)),
    ...(scaling && { scaling }),
    ...(load && { load }),
  };
}

function runOf({ run, drill, provider, marks, verdict }: DrillRecord): ComparedRun {
  const { outcome, isRehearsed } = verdict;
  return { run, drill: drill.name, provider, startedAt: marks.startedAt, outcome, isRehearsed };
}

function caveatsOf(before: DrillRecord, after: DrillRecord): string[] {
  const differs = (value: (record: DrillRecord) => unknown) =>
    JSON.stringify(value(before)) !== JSON.stringify(value(after));
  return [
    ...(before.provider === after.provider
      ? []
      : [`one ran on ${before.provider}, the other on ${after.provider}: times differ for that alone`]),
    ...(differs(({ drill }) => [drill.fault, drill.expect, drill.budgets]) ? ['the drill itself was changed'] : []),
    ...(differs(({ prediction }) => prediction.links.map(({ name, alert, atMostMs }) => [name, alert, atMostMs]))
      ? ['intervals or rules were changed: other times are predicted']
      : []),
    ...(before.marks.startedAt > after.marks.startedAt ? [`${before.run} is the later one of the two`] : []),
  ];
}

function verdictChange(before: Outcome, after: Outcome): Comparison['verdict'] {
  if (before === after) return 'same';
  const [from, to] = [ranks[before], ranks[after]];
  if (from === undefined || to === undefined) return 'other';
  return to < from ? 'better' : 'worse';
}

function linksOf(before: readonly Link[], after: readonly Link[]): ComparedLink[] {
  const keyOf = ({ name, alert }: Link) => `${name}/${alert ?? ''}`;
  const asked = (links: readonly Link[]) => links.filter(({ status }) => status !== 'unasked');
  const [old, now] = [asked(before), asked(after)];
  const gone = old.filter((link) => !now.some((other) => keyOf(other) === keyOf(link)));
  return [...now, ...gone].map((link) => {
    const [was, is] = [old, now].map((links) => links.find((other) => keyOf(other) === keyOf(link)));
    return {
      name: link.name,
      ...(link.alert !== undefined && { alert: link.alert }),
      ...(was && { statusBefore: was.status }),
      ...(is && { statusAfter: is.status }),
      ...timeOf(was?.tookMs, is?.tookMs),
    };
  });
}

function scalingOf(before: ScalingResult | undefined, after: ScalingResult | undefined): Comparison['scaling'] {
  if (!before || !after) return undefined;
  return {
    before: before.path,
    after: after.path,
    reached: timeOf(before.reachedMs, after.reachedMs),
    returned: timeOf(before.returnedMs, after.returnedMs),
  };
}

function loadOf(before: LoadResult | undefined, after: LoadResult | undefined): Comparison['load'] {
  if (!before || !after) return undefined;
  const rate = ({ requests, durationMs }: LoadResult) => (durationMs > 0 ? (requests / durationMs) * 1000 : 0);
  return {
    ...(before.successRatio !== undefined && { successBefore: before.successRatio }),
    ...(after.successRatio !== undefined && { successAfter: after.successRatio }),
    rateBefore: rate(before),
    rateAfter: rate(after),
    p95: timeOf(before.latency?.p95, after.latency?.p95, 5),
  };
}

function timeOf(before: number | undefined, after: number | undefined, noiseMs = 1000): ComparedTime {
  return {
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
    change: changeOf(before, after, noiseMs),
  };
}

function changeOf(before: number | undefined, after: number | undefined, noiseMs: number): Change {
  if (before === undefined) return after === undefined ? 'same' : 'appeared';
  if (after === undefined) return 'vanished';
  const difference = after - before;
  if (Math.abs(difference) < Math.max(noiseMs, before / 10)) return 'same';
  return difference < 0 ? 'faster' : 'slower';
}
