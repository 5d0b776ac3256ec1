import { onTestFinished } from 'vitest';
import { ClusterView } from '../../src/kubernetes/cluster-view.js';
import { systemClock } from '../../src/clock.js';
import { apiServer, send, type ApiServer, type Request } from '../kubernetes/api-server.js';

/** What the API server would make of an object that is applied: the object itself, another one, or a refusal. */
type Admit = (object: LiveObject) => object | { readonly refused: number; readonly message: string };

export interface LiveObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

export interface LiveObjects {
  readonly api: ApiServer;
  readonly view: ClusterView;
  /** Server-side applies that were asked for. */
  readonly applies: readonly Request[];
  admit: Admit;
}

const resources: readonly (readonly [group: string, version: string, plural: string, kind: string, scope: string])[] = [
  ['', 'v1', 'configmaps', 'ConfigMap', 'Namespaced'],
  ['', 'v1', 'secrets', 'Secret', 'Namespaced'],
  ['apps', 'v1', 'deployments', 'Deployment', 'Namespaced'],
  ['rbac.authorization.k8s.io', 'v1', 'clusterroles', 'ClusterRole', 'Cluster'],
  ['keda.sh', 'v1alpha1', 'scaledobjects', 'ScaledObject', 'Namespaced'],
];

/** An API server with discovery that answers server-side applies without keeping them. */
export async function liveObjects(): Promise<LiveObjects> {
  const api = await apiServer();
  onTestFinished(() => api.close());
  const applies: Request[] = [];
  const made: LiveObjects = {
    api,
    applies,
    view: new ClusterView(() => Promise.resolve(api.client), systemClock),
    admit: (object) => object,
  };
  api.answer = (response, request) => {
    if (request.path === '/api' || request.path === '/apis') return send(response, 200, discovery(request.path));
    if (request.method !== 'PATCH') return false;
    applies.push(request);
    const answer = made.admit(JSON.parse(request.body) as LiveObject);
    if (!('refused' in answer)) return send(response, 200, answer);
    return send(response, answer.refused, { reason: 'Invalid', message: answer.message });
  };
  return made;
}

function discovery(path: string): object {
  const served = resources.filter(([group]) => (group === '') === (path === '/api'));
  return {
    kind: 'APIGroupDiscoveryList',
    items: served.map(([group, version, resource, kind, scope]) => ({
      metadata: { name: group },
      versions: [{ version, resources: [{ resource, responseKind: { kind }, scope, verbs: ['get', 'patch'] }] }],
    })),
  };
}
