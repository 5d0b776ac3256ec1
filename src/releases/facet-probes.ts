import type { Facet, Release } from '../environment/environment.js';
import type { ClusterView } from '../kubernetes/cluster-view.js';
import { hasCondition } from '../kubernetes/objects.js';
import type { Workload } from '../kubernetes/workloads.js';
import { releaseOf } from '../kubernetes/workloads.js';
import { releaseKey } from './observed.js';

/** Whether a facet of a release is there, and if not, what is missing. */
export type Probe =
  | { readonly met: true; readonly detail: string }
  | { readonly met: false; readonly waitingFor: string; readonly workloads?: readonly Workload[] };

export type FacetProbe = (view: ClusterView, release: Release, maxAgeMs?: number) => Promise<Probe>;

/** How each facet is looked at; a facet that a provider only simulates is never looked at, see `gates.ts`. */
export const facetProbes: Readonly<Record<Facet, FacetProbe>> = {
  ready: workloadsReady,
  crds: definitionsPresent,
  api: apiServicesAvailable,
  address: addressesPresent,
  webhook: webhookBackendsReady,
};

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

// The API server serves a definition's resources from the moment it is Established, which a metadata list does not
// tell; an apply of the release that needs it would, so presence is asked here and names by the server there.
async function definitionsPresent(view: ClusterView, release: Release, maxAgeMs?: number): Promise<Probe> {
  const wanted = release.catalogue?.crds?.resources.map(({ plural, group }) => `${plural}.${group}`) ?? [];
  const definitions = await view.customResourceDefinitions(maxAgeMs);
  const lasting = definitions.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const present = new Set(lasting.map(({ metadata }) => metadata.name));
  const missing = wanted.filter((name) => !present.has(name));
  if (missing.length === 0) return { met: true, detail: `${String(wanted.length)} definitions` };
  return { met: false, waitingFor: `definition ${missing.slice(0, 3).join(', ')}` };
}

async function apiServicesAvailable(view: ClusterView, release: Release, maxAgeMs?: number): Promise<Probe> {
  const services = await view.apiServices(maxAgeMs);
  for (const name of release.catalogue?.objects.apiServices ?? []) {
    const service = services.find(({ metadata }) => metadata.name === name);
    if (hasCondition(service?.status?.conditions, 'Available')) continue;
    const condition = service?.status?.conditions?.find(({ type }) => type === 'Available');
    return { met: false, waitingFor: `APIService/${name}: ${condition?.message ?? 'not there yet'}` };
  }
  return { met: true, detail: 'API available' };
}

async function addressesPresent(view: ClusterView, release: Release, maxAgeMs?: number): Promise<Probe> {
  const own = (await view.services(maxAgeMs)).filter(
    (service) => releaseOf(service) === releaseKey(release) && service.spec.type === 'LoadBalancer',
  );
  const addresses = own.map(({ metadata, status }) => {
    const [ingress] = status?.loadBalancer?.ingress ?? [];
    return { name: metadata.name, address: ingress?.hostname ?? ingress?.ip };
  });
  const pending = addresses.find(({ address }) => address === undefined);
  if (pending) return { met: false, waitingFor: `Service/${pending.name}: its load balancer has no address yet` };
  return { met: true, detail: addresses.map(({ name, address }) => `${name} ${address ?? ''}`).join(', ') };
}

// What can be told of a webhook without calling it: that the pods behind it are ready.
async function webhookBackendsReady(view: ClusterView, release: Release, maxAgeMs?: number): Promise<Probe> {
  return workloadsReady(view, release, maxAgeMs);
}
