import type { Release } from '../../environment/environment.js';
import type { Step } from '../../plan/step.js';
import { appliedDefinitions, applyDefinitions, checkDefinitions } from './definitions.js';
import { chartId, fetchRendered } from '../charts/chart-step.js';
import type { ReleaseStepOptions } from '../step-options.js';

/** How long definitions may take until they are served, in milliseconds; on a busy API server seconds, not minutes. */
const budgetMs = 2 * 60_000;

/** The step id of a release's definitions: `crds/cert-manager`. */
export function definitionsId(release: string): string {
  return `crds/${release}`;
}

/**
 * True where there is a step for the definitions of a release: we apply some of them, or cannot tell yet because its
 * chart was not rendered.
 */
export function hasDefinitionsStep(release: Release): boolean {
  if (release.contents) return appliedDefinitions(release).length > 0;
  return release.catalogue ? (release.catalogue.crds?.from ?? 'helm') !== 'helm' : release.chart.from !== 'bundled';
}

/** The definitions of a release, before any release: they need nothing but the cluster. */
export function definitionsStep(release: Release, omitted: string | undefined, options: ReleaseStepOptions): Step {
  const { view, renderings, clock, environment } = options;
  return {
    id: definitionsId(release.name),
    title: `definitions of ${release.name}`,
    needs: [...options.needs, chartId(release)],
    lane: 'api',
    budgetMs,
    estimateMs: 500,
    async check() {
      if (omitted !== undefined) return { status: 'omitted', reason: omitted };
      if (!(await view.connection())) return { status: 'needed', reason: 'new' };
      if (!release.contents) return { status: 'needed', reason: 'its chart was not rendered yet' };
      return checkDefinitions(appliedDefinitions(release), view);
    },
    async apply(context) {
      const { chart, contents } = await fetchRendered(release, options, context);
      const definitions = contents ? appliedDefinitions({ contents }) : [];
      if (definitions.length === 0) return 'none';
      const objects = await renderings.definitions(release, chart, context);
      await options.ensureOwned(context.signal);
      return applyDefinitions(
        objects,
        definitions,
        { view, clock, owner: { environment: environment.name, release: release.name } },
        context,
      );
    },
  };
}
