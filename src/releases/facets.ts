import type { Facet } from '../environment/environment.js';
import type { CatalogueEntry } from './catalogue.js';

/** What others can wait for in a release. Without a catalogue entry nothing is known but its workloads and addresses. */
export function facetsOf({ catalogue }: { readonly catalogue?: CatalogueEntry | undefined }): Facet[] {
  if (!catalogue) return ['ready', 'address'];
  const { crds, objects } = catalogue;
  const workloads = [objects.deployments, objects.statefulSets, objects.daemonSets];
  const has: Readonly<Record<Facet, boolean>> = {
    crds: crds !== undefined,
    api: objects.apiServices.length > 0,
    webhook: objects.webhooks.length > 0,
    ready: workloads.some((kind) => Object.keys(kind).length > 0),
    address: Object.values(objects.services).some(({ type }) => type === 'LoadBalancer'),
  };
  return (Object.keys(has) as Facet[]).filter((facet) => has[facet]);
}
