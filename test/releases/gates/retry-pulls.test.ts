import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Facet } from '../../../src/environment/environment.js';
import { gateStep } from '../../../src/releases/gates/gates.js';
import { cluster, context, deployment, deploymentPath, type Cluster } from '../cluster.js';
import { catalogueEntry, release } from '../release.js';

let world: Cluster;
let owned = 0;
beforeEach(async () => {
  world = await cluster();
  owned = 0;
  world.api.objects.set(deploymentPath('web'), deployment('web', { replicas: 2, ready: 0 }));
  world.api.objects.set(deploymentPath('db'), deployment('db', { ready: 0 }));
  world.onSleep = (elapsed) => {
    if (elapsed >= 1_000) world.api.objects.set(deploymentPath('web'), deployment('web', { replicas: 2 }));
  };
});
afterEach(() => world.api.close());

const web = release('web', {
  catalogue: catalogueEntry('web', { objects: { deployments: { web: { image: 'web:1' } } } }),
});
const podPath = (name: string) => `/api/v1/namespaces/shop/pods/${name}`;

interface GivenPod {
  readonly app: string;
  readonly reason: string;
  readonly isInit?: boolean;
}

/** A pod that waits. */
function putPod(name: string, { app, reason, isInit = false }: GivenPod): void {
  const statuses = [{ name: 'main', restartCount: 0, state: { waiting: { reason } } }];
  const container = { name: 'main', image: 'web:1' };
  world.api.objects.set(podPath(name), {
    metadata: { name, namespace: 'shop', labels: { app } },
    spec: isInit
      ? { initContainers: [container], containers: [{ name: 'later', image: 'web:1' }] }
      : { containers: [container] },
    status: isInit ? { initContainerStatuses: statuses } : { containerStatuses: statuses },
  });
}

function wait(facet: Facet = 'ready', isOwner = true): Promise<{ readonly messages: string[] }> {
  const ensureOwned = () => {
    owned += 1;
    return Promise.resolve();
  };
  const provider = { simulation: undefined };
  const gate = gateStep(web, facet, [], { ...world, provider, ...(isOwner && { ensureOwned }) });
  const step = context();
  return gate.apply(step).then(() => step);
}

const deleted = () => world.api.requests.filter(({ method }) => method === 'DELETE').map(({ path }) => path);

describe('pods whose pulls wait for their next try when a release is waited for', () => {
  it('make room for new ones at once, the others stay', async () => {
    putPod('web-1', { app: 'web', reason: 'ImagePullBackOff' });
    putPod('web-2', { app: 'web', reason: 'ContainerCreating' });
    putPod('web-3', { app: 'web', reason: 'CrashLoopBackOff' });
    putPod('web-4', { app: 'web', reason: 'ErrImagePull' });
    const { messages } = await wait();
    expect(deleted()).toEqual([podPath('web-1')]);
    expect(messages).toContain('pulling again: web-1');
    expect(owned).toBe(1);
  });

  it('are found by their init containers, too', async () => {
    putPod('web-1', { app: 'web', reason: 'ImagePullBackOff', isInit: true });
    await wait();
    expect(deleted()).toEqual([podPath('web-1')]);
  });

  it('are left alone where they are of others', async () => {
    putPod('db-1', { app: 'db', reason: 'ImagePullBackOff' });
    putPod('stray', { app: 'nobody', reason: 'ImagePullBackOff' });
    await wait();
    expect(deleted()).toEqual([]);
    expect(owned).toBe(0);
  });

  it('are deleted when the wait begins, not again while it lasts', async () => {
    putPod('web-1', { app: 'web', reason: 'ImagePullBackOff' });
    world.onSleep = (elapsed) => {
      // The new pod fails to pull, too; then it succeeds.
      putPod('web-2', { app: 'web', reason: 'ImagePullBackOff' });
      if (elapsed >= 5_000) world.api.objects.set(deploymentPath('web'), deployment('web', { replicas: 2 }));
    };
    await wait();
    expect(deleted()).toEqual([podPath('web-1')]);
  });

  it('are not even looked for where the workloads are ready', async () => {
    world.api.objects.set(deploymentPath('web'), deployment('web'));
    putPod('web-1', { app: 'web', reason: 'ImagePullBackOff' });
    await wait();
    expect(deleted()).toEqual([]);
    expect(world.api.requests.filter(({ path }) => path.endsWith('/pods'))).toEqual([]);
  });

  it('are left alone by who only looks', async () => {
    putPod('web-1', { app: 'web', reason: 'ImagePullBackOff' });
    await wait('ready', false);
    expect(deleted()).toEqual([]);
  });

  it('are left alone while another facet is waited for', async () => {
    putPod('web-1', { app: 'web', reason: 'ImagePullBackOff' });
    const service = { metadata: deployment('web').metadata, spec: { type: 'LoadBalancer' } };
    const status = { loadBalancer: { ingress: [{ ip: '127.0.0.1' }] } };
    world.api.objects.set('/api/v1/namespaces/shop/services/web', { ...service, status });
    await wait('address');
    expect(deleted()).toEqual([]);
  });

  it('are not deleted by who does not own the environment any more', async () => {
    putPod('web-1', { app: 'web', reason: 'ImagePullBackOff' });
    const gate = gateStep(web, 'ready', [], {
      ...world,
      provider: { simulation: undefined },
      ensureOwned: () => Promise.reject(new Error('another run owns it now')),
    });
    await expect(gate.apply(context())).rejects.toThrow('another run owns it now');
    expect(deleted()).toEqual([]);
  });
});
