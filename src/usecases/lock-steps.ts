import type { Step } from '../plan/step.js';
import { describeChart } from '../releases/charts/charts.js';
import { definitionsRelease } from '../releases/lock/lock-coverage.js';
import { toolSteps } from '../toolchain/steps.js';
import type { LockedImages } from './locked-images.js';
import type { LockParts } from './lock-parts.js';
import { contentsOf, knownContents, type LockWork, type WantedRelease } from './lock-work.js';

const chartBudgetMs = 5 * 60_000;
const contentsBudgetMs = 2 * 60_000;
const imagesBudgetMs = 10 * 60_000;

/** Everything `platform lock` does before it writes: charts, what they render to, digests of their images. */
export function lockSteps(work: LockWork, images: LockedImages, { toolchain }: Pick<LockParts, 'toolchain'>): Step[] {
  const due = work.releases.filter(({ release }) => work.due.has(release.name));
  return [
    ...toolSteps(toolchain, ['helm']),
    ...due.map((wanted) => chartStep(wanted, work)),
    ...work.releases.map((wanted) => contentsStep(wanted, work)),
    imagesStep(work, images),
  ];
}

function chartStep({ release }: WantedRelease, { charts, due, updated }: LockWork): Step {
  const { name } = release;
  const all = [release, definitionsRelease(release)].filter((one) => one !== undefined);
  return {
    id: chartId(name),
    title: `chart of ${name}`,
    needs: ['tool/helm'],
    lane: 'chart',
    budgetMs: chartBudgetMs,
    estimateMs: 2_000,
    async check() {
      const found = updated.has(name) ? [] : await Promise.all(all.map((one) => charts.find(one)));
      const isHere = found.length === all.length && found.every((chart) => chart !== undefined);
      return isHere ? { status: 'satisfied' } : { status: 'needed', reason: due.get(name) ?? 'not here yet' };
    },
    async apply(context) {
      const [chart] = await Promise.all(
        all.map((one) => (updated.has(name) ? charts.refetch(one, context) : charts.fetch(one, context))),
      );
      return `${describeChart(release.chart)}, ${chart?.digest ?? ''}`;
    },
  };
}

function contentsStep(wanted: WantedRelease, { charts, due }: LockWork): Step {
  const { release } = wanted;
  const { name } = release;
  return {
    id: contentsId(name),
    title: `contents of ${name}`,
    needs: ['tool/helm', ...(due.has(name) ? [chartId(name)] : [])],
    lane: 'chart',
    budgetMs: contentsBudgetMs,
    estimateMs: 500,
    async check() {
      const chart = await charts.find(release);
      if (!chart && !due.has(name)) return { status: 'omitted', reason: 'its chart is not in the cache' };
      const isKnown = chart && (await knownContents(wanted, chart)) !== undefined;
      return isKnown ? { status: 'satisfied' } : { status: 'needed', reason: 'not rendered yet' };
    },
    async apply(context) {
      await contentsOf(wanted, await charts.fetch(release, context), context);
      return undefined;
    },
  };
}

function imagesStep(work: LockWork, images: LockedImages): Step {
  /** Images to ask for; `undefined` while not all charts are rendered. */
  const open = async (): Promise<string[] | undefined> => {
    const found = new Set<string>();
    for (const wanted of work.releases) {
      const chart = await work.charts.find(wanted.release);
      const contents = chart && (await knownContents(wanted, chart));
      if (!contents && work.due.has(wanted.release.name)) return undefined;
      for (const image of images.open(wanted, contents ?? [])) found.add(image);
    }
    return [...found].sort();
  };
  return {
    id: 'digests/images',
    title: 'digests of images',
    needs: work.releases.map(({ release }) => contentsId(release.name)),
    lane: 'chart',
    budgetMs: imagesBudgetMs,
    estimateMs: 3_000,
    async check() {
      const wanted = await open();
      if (wanted?.length === 0) return { status: 'satisfied' };
      return { status: 'needed', reason: wanted ? `${String(wanted.length)} images` : 'charts come first' };
    },
    async apply(context) {
      const wanted = (await open()) ?? [];
      await images.ask(wanted, context);
      const known = wanted.filter((image) => images.reasonFor(image) === undefined).length;
      return `${String(known)} of ${String(wanted.length)}`;
    },
  };
}

/** The release whose chart or contents a step is about. */
export function releaseOfStep(id: string): string | undefined {
  return /^(?:chart|contents)\/(.+)$/.exec(id)?.[1];
}

function chartId(release: string): string {
  return `chart/${release}`;
}

function contentsId(release: string): string {
  return `contents/${release}`;
}
