import { facets, type ConditionFacet, type Facet, type FacetName } from '../../environment/environment.js';
import type { CatalogueEntry } from '../catalogue.js';
import type { Contents, Edge } from '../contents/contents.js';

const objectName = '[a-z0-9]([-.a-z0-9]*[a-z0-9])?';

/** The part of a need after its colon that names a condition: `issuer/platform-ca`, `cluster/app-services/main`. */
export const conditionFacetPattern = `[a-z]+(/[a-z0-9]([-a-z0-9]*[a-z0-9])?)?/${objectName}`;
const conditionFacet = new RegExp(`^${conditionFacetPattern}$`);

export function isFacet(text: string): text is Facet {
  return (facets as readonly string[]).includes(text);
}

export function isConditionFacet(text: string): text is ConditionFacet {
  return conditionFacet.test(text);
}

/** What a condition facet names: the condition by its name in the catalogue, and the object. */
export interface NamedCondition {
  readonly condition: string;
  readonly namespace: string | undefined;
  readonly name: string;
}

/** Reads `cluster/app-services/main`. */
export function namedCondition(facet: ConditionFacet): NamedCondition {
  const [condition = '', first = '', second] = facet.split('/');
  return second === undefined
    ? { condition, namespace: undefined, name: first }
    : { condition, namespace: first, name: second };
}

/** A release, or what is known of one before it is whole. */
interface Described {
  readonly catalogue?: CatalogueEntry | undefined;
  readonly contents?: Contents | undefined;
}

/**
 * What others can wait for in a release, as its rendered chart shows and the catalogue says. Without either nothing is
 * known but that it may have workloads and addresses.
 */
export function facetsOf({ catalogue, contents }: Described): Facet[] {
  if (!catalogue && !contents) return ['ready', 'address'];
  const known = [...(catalogue ? [catalogued(catalogue)] : []), ...(contents ? [rendered(contents)] : [])];
  return facets.filter((facet) => known.some((has) => has[facet]));
}

function catalogued({ crds, objects, conditions }: CatalogueEntry): Readonly<Record<Facet, boolean>> {
  const workloads = [objects.deployments, objects.statefulSets, objects.daemonSets];
  return {
    crds: crds !== undefined,
    api: objects.apiServices.length > 0,
    webhook: objects.webhooks.length > 0,
    ready:
      workloads.some((kind) => Object.keys(kind).length > 0) ||
      Object.values(conditions).some(({ ready }) => ready !== false),
    address: Object.values(objects.services).some(({ type }) => type === 'LoadBalancer'),
  };
}

function rendered(contents: Contents): Readonly<Record<Facet, boolean>> {
  return {
    crds: contents.definitions.length > 0,
    api: contents.apiServices.length > 0,
    webhook: contents.webhooks.length > 0,
    ready: contents.workloads.length > 0,
    address: contents.loadBalancers.length > 0,
  };
}

/**
 * The facets of a release that have a gate: those it offers to all, and whatever else somebody waits for, such as a named
 * condition.
 */
export function gatedFacets(release: Described & { readonly name: string }, edges: readonly Edge[]): FacetName[] {
  const awaited = edges.filter(({ to }) => to === release.name).map(({ facet }) => facet);
  return [...new Set<FacetName>([...facetsOf(release), ...awaited])];
}
