import type { Release } from '../environment/environment.js';
import { remoteChart } from '../releases/charts/chart-reference.js';
import { readChartTexts } from '../releases/charts/chart-texts.js';
import { goneKeys } from '../releases/lock/gone-keys.js';
import { changeOf, type ReleaseChange } from '../releases/lock/lock-changes.js';
import type { Lock, LockedRelease } from '../releases/lock/lock-file.js';
import { lockedReference } from '../releases/lock/lock-coverage.js';
import { mergeValues } from '../releases/values/values.js';
import type { LockWork, WantedRelease } from './lock-work.js';

/** What a lock becomes, release by release, sorted by name; only what differs. */
export async function lockDifference(work: LockWork, after: Lock): Promise<ReleaseChange[]> {
  const wanted = new Map(work.releases.map((one) => [one.release.name, one]));
  const names = new Set([...Object.keys(work.before?.releases ?? {}), ...wanted.keys()]);
  const changes = await Promise.all([...names].sort().map((name) => differenceOf(name, wanted.get(name), work, after)));
  return changes.filter((change) => change !== undefined);
}

async function differenceOf(
  name: string,
  wanted: WantedRelease | undefined,
  work: LockWork,
  { releases }: Lock,
): Promise<ReleaseChange | undefined> {
  const before = work.before?.releases[name];
  const after = releases[name];
  if (!wanted) return { release: name, change: 'removed', reason: 'the environment no longer has it' };
  const reason = work.due.get(name);
  if (!after) return reason === undefined ? undefined : unresolved(wanted.release, before, reason, work);
  const change = changeOf(name, before, after);
  if (!change) return undefined;
  return {
    ...change,
    ...(reason !== undefined && { reason }),
    ...(before && change.digest && (await keysLost(wanted, before, work))),
  };
}

/** A release that has to be resolved, and what is sure about it before that. */
function unresolved(
  { name, chart }: Release,
  before: LockedRelease | undefined,
  reason: string,
  { targets: { file } }: LockWork,
): ReleaseChange {
  const reference = lockedReference(chart, file);
  return {
    release: name,
    change: before ? 'changed' : 'added',
    reason,
    ...(before?.chart !== reference && { chart: { from: before?.chart ?? null, to: reference } }),
  };
}

async function keysLost(
  { release, on }: WantedRelease,
  before: LockedRelease,
  { charts }: LockWork,
): Promise<Pick<ReleaseChange, 'goneKeys' | 'goneKeysUnknown'>> {
  const [old, chart] = await Promise.all([charts.archived(before.chart, before.digest), charts.find(release)]);
  // Nobody keeps what a folder was.
  if (!chart || !remoteChart(release.chart)) return {};
  if (old === undefined) return { goneKeysUnknown: 'the chart that was locked is not in the cache' };
  const [then, now] = await Promise.all([readChartTexts(old), readChartTexts(chart.path)]);
  const gone = new Set(on.flatMap((one) => goneKeys(mergeValues(one.release.values), then, now)));
  return gone.size > 0 ? { goneKeys: [...gone].sort() } : {};
}
