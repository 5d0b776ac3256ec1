import type { StepContext } from '../plan/step.js';
import { chartMetadata } from '../releases/charts/chart-metadata.js';
import { readChartTexts } from '../releases/charts/chart-texts.js';
import { definitionsRelease } from '../releases/lock/lock-coverage.js';
import type { Lock, LockedRelease } from '../releases/lock/lock-file.js';
import { lockedRelease } from '../releases/lock/locked-release.js';
import { contentsOf, knownContents, type LockWork, type WantedRelease } from './lock-work.js';

export interface DraftOptions {
  /** False where Helm is not here and must not be fetched: then only what is remembered can be told. */
  readonly canRender: boolean;
  /** Semver range of the Helm versions that this version of the product works with. */
  readonly helm: string;
  readonly digestOf: (release: string, image: string) => string | undefined;
}

export interface Draft {
  readonly lock: Lock;
  /** Releases that are left as they were, because what decides about them is not here. */
  readonly unchecked: readonly { readonly release: string; readonly reason: string }[];
}

/** The lock as it should be, of what is on this machine; asks no publisher and no registry. */
export async function draftLock(work: LockWork, options: DraftOptions, context: StepContext): Promise<Draft> {
  const unchecked: Draft['unchecked'][number][] = [];
  const entries = await Promise.all(
    work.releases.map(async (wanted): Promise<[string, LockedRelease][]> => {
      const { name } = wanted.release;
      const entry = await entryOf(work, wanted, options, context);
      if (typeof entry !== 'string') return [[name, entry]];
      const kept = work.due.has(name) ? undefined : work.before?.releases[name];
      if (!kept) return [];
      unchecked.push({ release: name, reason: entry });
      return [[name, { ...kept, helm: options.helm }]];
    }),
  );
  return {
    lock: { apiVersion: 'platform/v1alpha1', kind: 'Lock', releases: Object.fromEntries(entries.flat()) },
    unchecked: unchecked.sort((a, b) => a.release.localeCompare(b.release)),
  };
}

/** What a lock says of a release, or why that cannot be told here. */
async function entryOf(
  { charts, targets: { file } }: LockWork,
  wanted: WantedRelease,
  { canRender, helm, digestOf }: DraftOptions,
  context: StepContext,
): Promise<LockedRelease | string> {
  const { release } = wanted;
  const definitions = definitionsRelease(release);
  const [chart, from] = await Promise.all([charts.find(release), definitions && charts.find(definitions)]);
  if (!chart || (definitions && !from)) return 'its chart is not in the cache';
  const contents = await (canRender ? contentsOf(wanted, chart, context) : knownContents(wanted, chart));
  if (!contents) return 'Helm, which renders its chart, is not here';
  return lockedRelease({
    ...{ release, file, chart, contents, helm },
    metadata: chartMetadata(await readChartTexts(chart.path)),
    definitionsArchive: from?.digest,
    digestOf: (image) => digestOf(release.name, image),
  });
}
