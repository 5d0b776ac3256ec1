import type { ConditionFacet, Release } from '../../environment/environment.js';
import { PlatformError } from '../../errors.js';
import type { ClusterView } from '../../kubernetes/cluster-view.js';
import type { Condition, KubernetesObject } from '../../kubernetes/objects.js';
import { releaseOf } from '../../kubernetes/workloads.js';
import type { CatalogueEntry } from '../catalogue.js';
import { namedCondition } from './facets.js';
import { observeReleases, releaseKey } from '../helm/observed.js';

type ConditionedKind = CatalogueEntry['conditions'][string];

interface CustomResource extends KubernetesObject {
  readonly status?: {
    /** Some controllers write text. */
    readonly observedGeneration?: number | string;
    readonly conditions?: readonly (Condition & { readonly observedGeneration?: number })[];
  };
}

/** What a named condition waits for; `undefined` once it is there. */
export async function awaitedCondition(
  view: ClusterView,
  release: Release,
  facet: ConditionFacet,
): Promise<string | undefined> {
  const { condition, namespace, name } = namedCondition(facet);
  const kind = release.catalogue?.conditions[condition];
  if (!kind) throw new PlatformError('unexpected', `${release.name} has no condition ${condition}`);
  const client = await view.connection();
  const resource = await client?.get<CustomResource>(`${collectionOf(kind, namespace)}/${name}`);
  const missing = resource ? missingIn(resource, kind.condition) : 'not there yet';
  return missing && `${kindOf(kind, release)}/${name}: ${missing}`;
}

/** How many custom resources count for a release's readiness, and what the first that is not ready waits for. */
export async function ownResources(
  view: ClusterView,
  release: Release,
  maxAgeMs?: number,
): Promise<{ readonly count: number; readonly waitingFor?: string }> {
  const kinds = Object.values(release.catalogue?.conditions ?? {}).filter(({ ready }) => ready !== false);
  if (kinds.length === 0) return { count: 0 };
  const observed = (await observeReleases(view)).get(releaseKey(release));
  // A stand-in creates none; what is not installed yet cannot be looked at.
  if (!observed || observed.standIn) return { count: 0 };
  const found = await Promise.all(kinds.map((kind) => resourcesOf(kind, release, view, maxAgeMs)));
  const waitingFor = found.flatMap(({ waiting }) => waiting)[0];
  return { count: found.reduce((sum, { count }) => sum + count, 0), ...(waitingFor !== undefined && { waitingFor }) };
}

async function resourcesOf(kind: ConditionedKind, release: Release, view: ClusterView, maxAgeMs?: number) {
  if (!(await isDefined(kind, view, maxAgeMs))) return { count: 0, waiting: [`definition ${kind.resource}`] };
  const own = (await view.list<CustomResource>(collectionOf(kind), maxAgeMs)).filter((resource) => {
    const owner = releaseOf(resource);
    // What an operator makes carries nobody's name.
    return owner === releaseKey(release) || (Array.isArray(kind.ready) && owner === undefined);
  });
  const expected = Array.isArray(kind.ready) ? kind.ready : [];
  const absent = expected.filter((name) => !own.some(({ metadata }) => metadata.name === name));
  const waiting = [
    ...absent.map((name) => `${kindOf(kind, release)}/${name}: not there yet`),
    ...own.flatMap((resource) => {
      const missing = missingIn(resource, kind.condition);
      return missing === undefined ? [] : [`${kindOf(kind, release)}/${resource.metadata.name}: ${missing}`];
    }),
  ];
  return { count: own.length, waiting };
}

async function isDefined({ resource }: ConditionedKind, view: ClusterView, maxAgeMs?: number): Promise<boolean> {
  const isThere = (definitions: readonly KubernetesObject[]) =>
    definitions.some(({ metadata }) => metadata.name === resource);
  // Definitions do not go away by themselves: only their absence is worth a second look.
  return isThere(await view.customResourceDefinitions()) || isThere(await view.customResourceDefinitions(maxAgeMs));
}

/** Why the condition does not hold for what the resource is now; `undefined` when it does. */
function missingIn({ metadata, status }: CustomResource, type: string): string | undefined {
  const condition = status?.conditions?.find((candidate) => candidate.type === type);
  if (!condition) return `no condition ${type} yet`;
  const observed = condition.observedGeneration ?? status?.observedGeneration;
  if (Number(observed) < (metadata.generation ?? 0)) return 'its controller has not seen it yet';
  if (condition.status === 'True') return undefined;
  return [condition.reason, condition.message].filter(Boolean).join(': ') || `${type} is ${condition.status}`;
}

function collectionOf({ resource, version }: ConditionedKind, namespace?: string): string {
  const [plural = '', ...group] = resource.split('.');
  const scope = namespace === undefined ? '' : `/namespaces/${namespace}`;
  return `/apis/${group.join('.')}/${version}${scope}/${plural}`;
}

function kindOf({ resource }: ConditionedKind, { catalogue }: Release): string {
  const known = catalogue?.crds?.resources.find(({ plural, group }) => `${plural}.${group}` === resource);
  return known?.kind ?? resource;
}
