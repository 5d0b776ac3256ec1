import type { WebhookService, WebhookSettings } from '../../kubernetes/admission-webhooks.js';
import { caBundleProblem } from '../../kubernetes/ca-bundle.js';
import type { ClusterView, ServiceObject } from '../../kubernetes/cluster-view.js';
import type { KubernetesObject } from '../../kubernetes/objects.js';

/** What can be told of webhooks without asking them. */
export interface WebhookBackends {
  /** Why the API server could not ask it now; `undefined` where nothing speaks against it. */
  problemOf(settings: WebhookSettings): Promise<string | undefined>;
  /** Sorted addresses that its service leads to. */
  endpointsOf(settings: WebhookSettings): readonly string[];
}

interface EndpointSlice extends KubernetesObject {
  readonly endpoints?:
    | readonly { readonly addresses?: readonly string[]; readonly conditions?: { readonly ready?: boolean | null } }[]
    | null;
}

const endpointSlicesPath = '/apis/discovery.k8s.io/v1/endpointslices';
const serviceLabel = 'kubernetes.io/service-name';

/** One LIST, however many webhooks there are; another one where a service leads nowhere. */
export async function webhookBackends(view: ClusterView, maxAgeMs?: number): Promise<WebhookBackends> {
  const slices = await view.list<EndpointSlice>(endpointSlicesPath, maxAgeMs);
  const now = view.clock.now();

  const endpointsOf = ({ clientConfig: { service } }: WebhookSettings) =>
    service ? readyAddresses(service, slices) : [];
  return {
    endpointsOf,
    async problemOf(settings) {
      const { service, caBundle } = settings.clientConfig;
      // A program outside the cluster may have a certificate that any machine trusts.
      if (!service) return caBundle ? caBundleProblem(caBundle, now) : undefined;
      if (endpointsOf(settings).length === 0) {
        const problem = serviceProblem(service, await view.services(maxAgeMs));
        if (problem !== undefined) return problem;
      }
      return caBundleProblem(caBundle, now);
    },
  };
}

function readyAddresses({ namespace, name }: WebhookService, slices: readonly EndpointSlice[]): string[] {
  return slices
    .filter(({ metadata }) => metadata.namespace === namespace && metadata.labels?.[serviceLabel] === name)
    .flatMap(({ endpoints }) => endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready !== false)
    .flatMap(({ addresses }) => addresses ?? [])
    .sort();
}

function serviceProblem({ namespace, name }: WebhookService, services: readonly ServiceObject[]): string | undefined {
  const found = services.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name);
  if (!found) return `its Service ${namespace}/${name} does not exist`;
  // It leads out of the cluster, where nobody counts endpoints.
  return found.spec.type === 'ExternalName' ? undefined : `its Service ${namespace}/${name} has no ready endpoint`;
}
