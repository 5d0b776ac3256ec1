import type { Release } from '../../environment/environment.js';
import { PlatformError } from '../../errors.js';
import type { StepContext } from '../../plan/step.js';
import type { Chart, Charts } from '../charts/charts.js';
import { explainHelmFailure } from '../helm/helm-errors.js';
import type { Contents } from './contents.js';
import type { Renderings } from './rendering.js';

export interface RenderedOptions {
  readonly charts: Pick<Charts, 'find'>;
  readonly renderings: Renderings;
  /** False while Helm is not installed yet: then only what is remembered can be told. */
  readonly canRender: boolean;
}

/** The releases with what their charts render to, where the charts are here already; never asks the network. */
export async function withContents(
  releases: readonly Release[],
  { charts, renderings, canRender }: RenderedOptions,
  context: StepContext,
): Promise<Release[]> {
  return Promise.all(
    releases.map(async (release) => {
      const chart = await charts.find(release);
      if (!chart) return release;
      if (canRender) return withContentsOf(release, chart, renderings, context);
      const contents = await renderings.known(release, chart);
      return contents ? { ...release, contents } : release;
    }),
  );
}

/**
 * What a release puts into a cluster; `undefined` where Helm cannot render its chart. That may well be because there is
 * no cluster to look things up in, and otherwise the install will tell: either way it concerns that release only.
 */
export async function contentsIfRenderable(
  release: Release,
  chart: Chart,
  renderings: Pick<Renderings, 'contents'>,
  context: StepContext,
): Promise<Contents | undefined> {
  return (await withContentsOf(release, chart, renderings, context)).contents;
}

async function withContentsOf(
  release: Release,
  chart: Chart,
  renderings: Pick<Renderings, 'contents'>,
  context: StepContext,
): Promise<Release> {
  try {
    return { ...release, contents: await renderings.contents(release, chart, context) };
  } catch (error) {
    context.signal.throwIfAborted();
    if (!(error instanceof PlatformError) || error.code !== 'tool') throw error;
    const fault = explainHelmFailure(error, release);
    // Values that the chart's schema refuses are refused with a cluster, too.
    return fault.code === 'usage' ? { ...release, fault } : release;
  }
}
