import { basename, dirname, relative, sep } from 'node:path';
import type { ChartReference, Environment, Release } from '../../environment/environment.js';
import { PlatformError, systemCode } from '../../errors.js';
import { folderDigest } from '../charts/chart-digest.js';
import { describeChart, remoteChart } from '../charts/chart-reference.js';
import { lockCommand, lockFileOf, type Lock, type LockedRelease } from './lock-file.js';

/** A release that a lock does not hold as its environment wants it, and why: a clause for people. */
export interface LockGap {
  readonly release: string;
  readonly reason: string;
}

/**
 * Sees to it that a lock holds exactly what an environment wants; without a lock there is nothing to hold to.
 * @throws PlatformError `conflict` that lists every release that is missing, or whose chart is another one now
 */
export async function checkLockCovers(
  lock: Lock | undefined,
  environment: Pick<Environment, 'file' | 'releases' | 'askedParts'>,
): Promise<void> {
  const { file } = environment;
  if (!lock || file === undefined) return;
  const gaps = await lockGaps(lock, environment, file);
  if (gaps.length === 0) return;
  const command = lockCommand(file, environment);
  throw new PlatformError(
    'conflict',
    `${basename(lockFileOf(file))} is not up to date with ${basename(file)}: run ${command}`,
    {
      output: gaps.map(({ release, reason }) => `${release}: ${reason}`).join('\n'),
      suggestions: [command],
      facts: { releases: gaps },
    },
  );
}

/** The releases of an environment that a lock does not hold as they are wanted, in the order of the environment. */
export async function lockGaps(
  lock: Lock,
  { releases }: Pick<Environment, 'releases'>,
  file: string,
): Promise<LockGap[]> {
  const gaps = await Promise.all(
    releases.map(async (release) => {
      const reason = await gapOf(release, lock.releases[release.name], file);
      return reason === undefined ? [] : [{ release: release.name, reason }];
    }),
  );
  return gaps.flat();
}

/** A chart as a lock file names it: as people do, but folders relative to the environment file. */
export function lockedReference(chart: ChartReference, file: string): string {
  if (chart.from !== 'folder') return describeChart(chart);
  const path = relative(dirname(file), chart.path).split(sep).join('/');
  return /^\.\.(\/|$)/.test(path) ? path : `./${path}`;
}

/** The chart that a release's definitions come from, as a release, where they have a chart of their own. */
export function definitionsRelease({ name, namespace, catalogue }: Release): Release | undefined {
  const known = catalogue?.crds?.chart;
  if (!known) return undefined;
  const { digest, ...reference } = known;
  const chart: ChartReference = { from: 'repository', ...reference, ...(digest !== undefined && { digest }) };
  return { name: `${name}-crds`, namespace, chart, needs: [], values: [] };
}

/**
 * Digests of downloaded charts, by the words of `describeChart`, as `createCharts` takes them: for commands that look.
 * A release whose chart is another one than the locked has none.
 */
export function lockedDigests(
  lock: Lock | undefined,
  { file, releases }: Pick<Environment, 'file' | 'releases'>,
): ReadonlyMap<string, string> {
  const digests = new Map<string, string>();
  for (const release of releases) {
    const locked = lock?.releases[release.name];
    if (!locked || file === undefined) continue;
    const { chart } = release;
    if (remoteChart(chart) && locked.chart === lockedReference(chart, file)) {
      digests.set(describeChart(chart), locked.digest);
    }
    const definitions = definitionsRelease(release)?.chart;
    if (definitions && locked.crds?.archive !== undefined && locked.crds.chart === describeChart(definitions)) {
      digests.set(describeChart(definitions), locked.crds.archive);
    }
  }
  return digests;
}

/**
 * {@link lockedDigests} with those of chart folders, for commands that install: what changes during a run is refused.
 * @throws PlatformError as {@link checkLockCovers}
 */
export async function enforcedDigests(
  lock: Lock | undefined,
  environment: Pick<Environment, 'file' | 'releases' | 'askedParts'>,
): Promise<ReadonlyMap<string, string>> {
  await checkLockCovers(lock, environment);
  const folders = environment.releases.flatMap(({ name, chart }) => {
    const digest = lock?.releases[name]?.digest;
    return remoteChart(chart) || digest === undefined ? [] : [[describeChart(chart), digest] as const];
  });
  return new Map([...lockedDigests(lock, environment), ...folders]);
}

async function gapOf(release: Release, locked: LockedRelease | undefined, file: string): Promise<string | undefined> {
  if (!locked) return 'it is not locked yet';
  const reference = lockedReference(release.chart, file);
  if (locked.chart !== reference) return `its chart is ${reference}, locked is ${locked.chart}`;
  const pin = remoteChart(release.chart)?.digest;
  if (pin !== undefined && pin !== locked.digest)
    return `the catalogue has the archive ${pin}, locked is ${locked.digest}`;
  const definitions = definitionsRelease(release)?.chart;
  const from = definitions && describeChart(definitions);
  if (locked.crds?.chart !== from) return `its definitions come from ${from ?? 'its own chart'} now`;
  return folderGap(release.chart, locked);
}

async function folderGap(chart: ChartReference, locked: LockedRelease): Promise<string | undefined> {
  if (!('path' in chart)) return undefined;
  try {
    const digest = await folderDigest(chart.path);
    return digest === locked.digest
      ? undefined
      : `the files of its chart ${describeChart(chart)} are not the locked ones`;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return `there is no chart folder ${chart.path}`;
    throw error;
  }
}
