import { exceptionOf } from '../clusters/cluster.js';
import type { FacetName, Release } from '../environment/environment.js';
import { namespaceSteps } from '../namespaces/namespace-steps.js';
import type { Step } from '../plan/step.js';
import { secretSteps } from '../secrets/secret-steps.js';
import { chartStep } from './charts/chart-step.js';
import { definitionsId, definitionsStep, hasDefinitionsStep } from './definitions/definitions-step.js';
import { gatedFacets } from './gates/facets.js';
import { gateStep } from './gates/gates.js';
import { isAppliedFirst } from './graph/providers.js';
import { releaseId, releaseStep } from './release-step.js';
import type { ReleaseStepOptions } from './step-options.js';

/** Namespaces, Secrets, charts, definitions, releases and gates of an environment. */
export function releaseSteps(options: ReleaseStepOptions): Step[] {
  const { environment, provider, view, clock, variables, needs, ensureOwned } = options;
  const tenants = environment.releases.filter(({ catalogue }) => !exceptionOf(catalogue, provider.name));
  const installed = tenants.filter((release) => omission(release, options) === undefined);
  const common = { installed, view, needs, ensureOwned };
  return [
    ...namespaceSteps({ ...common, environment: environment.name, settings: environment.namespaces, tenants, clock }),
    ...secretSteps({ ...common, environment, variables }),
    ...environment.releases.flatMap((release) => [
      chartStep(release, chartOmission(release, options), options),
      ...(hasDefinitionsStep(release) ? [definitionsStep(release, chartOmission(release, options), options)] : []),
      releaseStep(release, omission(release, options), options),
      ...gatedFacets(release, options.edges).map((facet) => facetGate(release, facet, options)),
    ]),
  ];
}

/** Why a release of the environment is not installed in this run by Helm; `undefined` when it is. */
function omission(release: Release, { provider, leftOut }: ReleaseStepOptions): string | undefined {
  const exception = exceptionOf(release.catalogue, provider.name);
  if (exception?.run === 'host') return `host-run: ${exception.reason}`;
  return exception?.reason ?? leftOut(release.name);
}

// Where the host does a release's work, others still create the custom resources it defines.
function chartOmission(release: Release, options: ReleaseStepOptions): string | undefined {
  const isHostRun = exceptionOf(release.catalogue, options.provider.name)?.run === 'host';
  return isHostRun && release.catalogue?.crds ? options.leftOut(release.name) : omission(release, options);
}

function facetGate(release: Release, facet: FacetName, options: ReleaseStepOptions): Step {
  const exception = exceptionOf(release.catalogue, options.provider.name);
  const gate = gateStep(release, facet, [...options.needs, ...whatBrings(release, facet)], options);
  // What the host runs in a release's place offers its API, but has no workloads in the cluster.
  const isOffered = exception?.run === 'host' && (facet === 'api' || facet === 'crds');
  const omitted = isOffered ? options.leftOut(release.name) : (exception?.reason ?? options.leftOut(release.name));
  return omitted ? { ...gate, check: () => Promise.resolve({ status: 'omitted', reason: omitted }) } : gate;
}

function whatBrings(release: Release, facet: FacetName): string[] {
  const definitions = facet === 'crds' && hasDefinitionsStep(release) ? [definitionsId(release.name)] : [];
  return definitions.length > 0 && isAppliedFirst(release) ? definitions : [...definitions, releaseId(release.name)];
}
