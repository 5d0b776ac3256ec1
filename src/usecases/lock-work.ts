import type { Release } from '../environment/environment.js';
import { PlatformError } from '../errors.js';
import type { StepContext } from '../plan/step.js';
import type { Chart, Charts } from '../releases/charts/charts.js';
import type { Contents } from '../releases/contents/contents.js';
import { didYouMean } from '../releases/find-installed.js';
import { lockGaps, lockedDigests } from '../releases/lock/lock-coverage.js';
import { lockFileOf, readLock, readLockText, type Lock } from '../releases/lock/lock-file.js';
import type { Renderings } from '../releases/contents/rendering.js';
import type { LockParts } from './lock-parts.js';
import type { LockTargets } from './lock-targets.js';

/** A release with what it is on each target that has it; its chart is the same everywhere. */
export interface WantedRelease {
  readonly release: Release;
  readonly on: readonly { readonly release: Release; readonly renderings: Pick<Renderings, 'known' | 'contents'> }[];
}

/** What a lock is now, and what about it has to be found out anew. */
export interface LockWork {
  readonly targets: LockTargets;
  readonly file: string;
  readonly before: Lock | undefined;
  /** The file as it is. */
  readonly text: string | undefined;
  /** By name. */
  readonly releases: readonly WantedRelease[];
  /** Why a release has to be resolved anew, by its name: a clause for people. */
  readonly due: ReadonlyMap<string, string>;
  /** Those of {@link due} that were asked for: publishers and registries are asked again, whatever is known of them. */
  readonly updated: ReadonlySet<string>;
  readonly charts: Charts;
}

/** Which releases to resolve again though nothing about them changed. */
export type Update = 'all' | readonly string[];

/** @throws PlatformError `usage` for a lock file that is not one, and for releases to update that do not exist */
export async function prepareLock(targets: LockTargets, update: Update, parts: LockParts): Promise<LockWork> {
  const file = lockFileOf(targets.file);
  const before = await readLock(file);
  const names = [...new Set(targets.environments.flatMap(({ releases }) => releases.map(({ name }) => name)))].sort();
  const updated = updatedReleases(update, names, before);
  const due = await dueReleases(targets, names, updated, before);
  const all = targets.environments.flatMap(({ releases }) => releases);
  const kept = { file: targets.file, releases: all.filter(({ name }) => !due.has(name)) };
  const charts = parts.charts(lockedDigests(before, kept));
  const rendered = targets.environments.map((environment) => ({
    environment,
    renderings: parts.renderings(environment, charts),
  }));
  const releases = names.flatMap((name): WantedRelease[] => {
    const on = rendered.flatMap(({ environment, renderings }) => {
      const release = environment.releases.find((one) => one.name === name);
      return release ? [{ release, renderings }] : [];
    });
    return on[0] ? [{ release: on[0].release, on }] : [];
  });
  return { targets, file, before, text: await readLockText(file), releases, due, updated, charts };
}

/** What a release renders to on each target; Helm runs where it is not remembered. */
export function contentsOf({ on }: WantedRelease, chart: Chart, context: StepContext): Promise<Contents[]> {
  return Promise.all(on.map(({ release, renderings }) => renderings.contents(release, chart, context)));
}

/** {@link contentsOf} where all of it is remembered. */
export async function knownContents({ on }: WantedRelease, chart: Chart): Promise<Contents[] | undefined> {
  const known = await Promise.all(on.map(({ release, renderings }) => renderings.known(release, chart)));
  const whole = known.filter((contents) => contents !== undefined);
  return whole.length === known.length ? whole : undefined;
}

async function dueReleases(
  { environments, file }: LockTargets,
  names: readonly string[],
  updated: ReadonlySet<string>,
  before: Lock | undefined,
): Promise<ReadonlyMap<string, string>> {
  if (!before) return new Map(names.map((name) => [name, 'it is not locked yet']));
  const gaps = await Promise.all(environments.map((environment) => lockGaps(before, environment, file)));
  return new Map([
    ...[...updated].map((name) => [name, 'asked for'] as const),
    ...gaps.flat().map(({ release, reason }) => [release, reason] as const),
  ]);
}

// Releases of one chart go together: they cannot have two archives of it.
function updatedReleases(update: Update, names: readonly string[], before: Lock | undefined): ReadonlySet<string> {
  if (update === 'all') return new Set(names);
  for (const name of update) {
    if (names.includes(name)) continue;
    throw new PlatformError('usage', `the environment has no release ${name}`, {
      suggestions: [...didYouMean(name, names), `its releases are ${names.join(', ')}`],
    });
  }
  const charts = update.map((name) => before?.releases[name]?.chart);
  const related = names.filter((name) => {
    const chart = before?.releases[name]?.chart;
    return chart !== undefined && charts.includes(chart);
  });
  return new Set([...update, ...related]);
}
