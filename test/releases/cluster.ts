import type { Clock } from '../../src/clock.js';
import { ClusterView } from '../../src/kubernetes/cluster-view.js';
import type { StepContext } from '../../src/plan/step.js';
import { apiServer, type ApiServer } from '../kubernetes/api-server.js';

/** A cluster whose time passes only while somebody sleeps. */
export interface Cluster {
  readonly api: ApiServer;
  readonly view: ClusterView;
  readonly clock: Clock;
  /** Called before each sleep, with the milliseconds since the start. */
  onSleep: (elapsedMs: number) => void;
}

export async function cluster(): Promise<Cluster> {
  const api = await apiServer();
  const start = Date.parse('2026-11-20T10:00:00Z');
  let now = start;
  const clock: Clock = {
    now: () => now,
    sleep(milliseconds, signal) {
      made.onSleep(now - start);
      signal?.throwIfAborted();
      now += milliseconds;
      return Promise.resolve();
    },
  };
  const made: Cluster = {
    api,
    clock,
    view: new ClusterView(() => Promise.resolve(api.client), clock),
    onSleep: () => undefined,
  };
  return made;
}

/** What a step is given, and what it said. */
export function context(signal = new AbortController().signal): StepContext & { readonly messages: string[] } {
  const messages: string[] = [];
  return { signal, messages, progress: ({ message }) => messages.push(message) };
}

interface GivenDeployment {
  readonly replicas?: number;
  readonly ready?: number;
}

/** A Deployment of the Helm release `shop/<release>` with some of its pods ready. */
export function deployment(release: string, { replicas = 1, ready = replicas }: GivenDeployment = {}) {
  return {
    metadata: {
      name: release,
      namespace: 'shop',
      generation: 1,
      annotations: { 'meta.helm.sh/release-name': release, 'meta.helm.sh/release-namespace': 'shop' },
    },
    spec: { replicas, selector: { matchLabels: { app: release } } },
    status: {
      observedGeneration: 1,
      replicas,
      updatedReplicas: replicas,
      readyReplicas: ready,
      conditions: [{ type: 'Available', status: ready < replicas ? 'False' : 'True' }],
    },
  };
}

export const deploymentPath = (name: string) => `/apis/apps/v1/namespaces/shop/deployments/${name}`;
