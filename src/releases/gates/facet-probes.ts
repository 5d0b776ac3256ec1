import type { Facet, FacetName, Release } from '../../environment/environment.js';
import type { ClusterView } from '../../kubernetes/cluster-view.js';
import { hasCondition } from '../../kubernetes/objects.js';
import type { Workload } from '../../kubernetes/workloads.js';
import { resolveName, type NameResolution } from '../../local/names/resolution.js';
import { releaseOf } from '../../kubernetes/workloads.js';
import { awaitedCondition, ownResources } from './conditions.js';
import { unserved } from '../definitions/definitions.js';
import { isConditionFacet } from './facets.js';
import { releaseKey } from '../helm/observed.js';
import { definedBy } from '../graph/providers.js';
import { webhooksProven } from './webhook-proof.js';

/** Whether a facet of a release is there, and if not, what is missing. */
export type Probe =
  | { readonly met: true; readonly detail: string }
  | { readonly met: false; readonly waitingFor: string; readonly workloads?: readonly Workload[] };

export type FacetProbe = (view: ClusterView, release: Release, maxAgeMs?: number) => Promise<Probe>;

/** How each facet is looked at; a facet that a provider only simulates is never looked at, see `gates.ts`. */
export const facetProbes: Readonly<Record<Facet, FacetProbe>> = {
  ready: releaseReady,
  crds: definitionsServed,
  api: apiServicesAvailable,
  address: addressesPresent,
  webhook: webhooksProven,
};

/** How a facet is looked at, a named condition included. */
export function probeOf(facet: FacetName): FacetProbe {
  if (!isConditionFacet(facet)) return facetProbes[facet];
  return async (view, release) => {
    const waitingFor = await awaitedCondition(view, release, facet);
    return waitingFor === undefined ? { met: true, detail: facet } : { met: false, waitingFor };
  };
}

// Helm calls a release deployed whose operator has yet to make a pod of it: its own custom resources count, too.
async function releaseReady(view: ClusterView, release: Release, maxAgeMs?: number): Promise<Probe> {
  const workloads = await workloadsReady(view, release, maxAgeMs);
  if (!workloads.met) return workloads;
  const { count, waitingFor } = await ownResources(view, release, maxAgeMs);
  if (waitingFor !== undefined) return { met: false, waitingFor };
  return count === 0 ? workloads : { met: true, detail: `${workloads.detail}, ${String(count)} custom resources` };
}

async function workloadsReady(view: ClusterView, release: Release, maxAgeMs?: number): Promise<Probe> {
  const own = (await view.workloads(maxAgeMs)).filter((workload) => workload.release === releaseKey(release));
  const waiting = own.filter(({ waitingFor }) => waitingFor !== undefined);
  const [first] = waiting;
  if (!first) return { met: true, detail: `${String(own.length)} workloads ready` };
  const others = waiting.length > 1 ? ` (and ${String(waiting.length - 1)} more)` : '';
  return {
    met: false,
    waitingFor: `${first.kind}/${first.name}: ${first.waitingFor ?? ''}${others}`,
    workloads: waiting,
  };
}

// A list of metadata does not tell whether a definition is Established; discovery does, but it is a large answer, which
// only what has changed in this run is worth.
async function definitionsServed(view: ClusterView, release: Release, maxAgeMs?: number): Promise<Probe> {
  const wanted = definedBy(release);
  const definitions = await view.customResourceDefinitions(maxAgeMs);
  const lasting = definitions.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const present = new Set(lasting.map(({ metadata }) => metadata.name));
  const missing = wanted.map(({ plural, group }) => `${plural}.${group}`).filter((name) => !present.has(name));
  if (missing.length > 0) return { met: false, waitingFor: `definition ${missing.slice(0, 3).join(', ')}` };
  const [waiting] = view.changes > 0 ? await unserved(wanted, view, maxAgeMs) : [];
  if (!waiting) return { met: true, detail: `${String(wanted.length)} definitions` };
  return { met: false, waitingFor: `definition ${waiting.plural}.${waiting.group} to be served` };
}

async function apiServicesAvailable(view: ClusterView, release: Release, maxAgeMs?: number): Promise<Probe> {
  const services = await view.apiServices(maxAgeMs);
  for (const name of release.contents?.apiServices ?? release.catalogue?.objects.apiServices ?? []) {
    const service = services.find(({ metadata }) => metadata.name === name);
    if (hasCondition(service?.status?.conditions, 'Available')) continue;
    const condition = service?.status?.conditions?.find(({ type }) => type === 'Available');
    return { met: false, waitingFor: `APIService/${name}: ${condition?.message ?? 'not there yet'}` };
  }
  return { met: true, detail: 'API available' };
}

/** Why a name that a load balancer gives leads nowhere yet; those of AWS take about a minute to be known. */
const unresolved: Readonly<Partial<Record<NameResolution['status'], string>>> = {
  unknown: 'does not resolve yet',
  withheld: 'is known, but resolves to no usable address here',
  unanswered: 'cannot be resolved: no name server answers',
};

async function addressesPresent(view: ClusterView, release: Release, maxAgeMs?: number): Promise<Probe> {
  const own = (await view.services(maxAgeMs)).filter(
    (service) => releaseOf(service) === releaseKey(release) && service.spec.type === 'LoadBalancer',
  );
  const addresses = own.map(({ metadata, status }) => {
    const [ingress] = status?.loadBalancer?.ingress ?? [];
    return { name: metadata.name, hostname: ingress?.hostname, address: ingress?.hostname ?? ingress?.ip };
  });
  const pending = addresses.find(({ address }) => address === undefined);
  if (pending) return { met: false, waitingFor: `Service/${pending.name}: its load balancer has no address yet` };
  for (const { name, hostname } of addresses) {
    const resolution = hostname === undefined ? undefined : await resolveName(hostname);
    const problem = resolution && unresolved[resolution.status];
    if (problem !== undefined) return { met: false, waitingFor: `Service/${name}: ${hostname ?? ''} ${problem}` };
  }
  return { met: true, detail: addresses.map(({ name, address }) => `${name} ${address ?? ''}`).join(', ') };
}
