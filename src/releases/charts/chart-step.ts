import type { Release } from '../../environment/environment.js';
import type { Step, StepContext } from '../../plan/step.js';
import { describeChart, type Chart } from './charts.js';
import type { Contents } from '../contents/contents.js';
import { contentsIfRenderable } from '../contents/rendered.js';
import type { ReleaseStepOptions } from '../step-options.js';

const budgetMs = 5 * 60_000;

export function chartId(release: Pick<Release, 'name'>): string {
  return `chart/${release.name}`;
}

/** Gets the chart of a release and renders it, once for each version and values. */
export function chartStep(release: Release, omitted: string | undefined, options: ReleaseStepOptions): Step {
  return {
    id: chartId(release),
    title: `chart of ${release.name}`,
    needs: ['tool/helm'],
    lane: 'chart',
    budgetMs,
    estimateMs: 2_000,
    onDemand: true,
    async check() {
      if (omitted !== undefined) return { status: 'omitted', reason: omitted };
      const chart = await options.charts.find(release);
      if (!chart) return { status: 'needed', reason: 'not here yet' };
      if (!release.contents) return { status: 'needed', reason: 'not rendered yet' };
      return { status: 'satisfied', detail: kindOf(chart) };
    },
    async apply(context) {
      const chart = await options.charts.fetch(release, context);
      await contentsIfRenderable(release, chart, options.renderings, context);
      return `${describeChart(release.chart)}, ${kindOf(chart)}`;
    },
  };
}

/** The chart of a release and what it renders to, from the cache where they are there. */
export async function fetchRendered(
  release: Release,
  { charts, renderings }: Pick<ReleaseStepOptions, 'charts' | 'renderings'>,
  context: StepContext,
): Promise<{ readonly chart: Chart; readonly contents: Contents | undefined }> {
  const chart = (await charts.find(release)) ?? (await charts.fetch(release, context));
  return { chart, contents: await contentsIfRenderable(release, chart, renderings, context) };
}

function kindOf(chart: Chart): string {
  return chart.standIn ? 'stand-in' : chart.digest.slice(0, 'sha256:'.length + 12);
}
