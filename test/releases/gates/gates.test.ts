import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ClusterView } from '../../../src/kubernetes/cluster-view.js';
import { PlatformError } from '../../../src/errors.js';
import type { Progress } from '../../../src/plan/events.js';
import { gateStep } from '../../../src/releases/gates/gates.js';
import type { Facet } from '../../../src/environment/environment.js';
import { send } from '../../kubernetes/api-server.js';
import { cluster, context, deployment, deploymentPath, type Cluster } from '../cluster.js';
import { catalogueEntry, release } from '../release.js';

let world: Cluster;
beforeEach(async () => {
  world = await cluster();
});
afterEach(() => world.api.close());

const entry = catalogueEntry('web', { objects: { deployments: { web: { image: 'web:1' } } } });
const web = release('web', { catalogue: entry });

function gate(facet: Facet = 'ready', provider: { simulation: string | undefined } = { simulation: undefined }) {
  return gateStep(web, facet, ['release/web'], { ...world, provider });
}

function addPod(status: object): void {
  const metadata = { name: 'web-1', namespace: 'shop', labels: { app: 'web' } };
  const spec = { containers: [{ name: 'main', image: 'web:1' }] };
  world.api.objects.set('/api/v1/namespaces/shop/pods/web-1', { metadata, spec, status });
}

const crashing = {
  containerStatuses: [
    {
      name: 'main',
      restartCount: 5,
      state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 40s restarting failed container=main' } },
      lastState: { terminated: { exitCode: 1, reason: 'Error' } },
    },
  ],
};

/** Lets the API server answer the log of the run before the last restart. */
function addLog(text: string): void {
  world.api.answer = (response, { path, query }) => {
    if (path !== '/api/v1/namespaces/shop/pods/web-1/log' || query['previous'] !== 'true') return false;
    response.end(text);
    return true;
  };
}

describe('looking at a gate', () => {
  it('is satisfied by ready workloads', async () => {
    world.api.objects.set(deploymentPath('web'), deployment('web'));
    expect(await gate().check(context())).toEqual({ status: 'satisfied', detail: '1 workloads ready' });
  });

  it('says what is missing', async () => {
    world.api.objects.set(deploymentPath('web'), deployment('web', { replicas: 2, ready: 1 }));
    expect(await gate().check(context())).toEqual({ status: 'needed', reason: 'Deployment/web: 1 of 2 pods ready' });
  });

  it('has nothing to look at where there is no cluster', async () => {
    const nowhere = { ...world, view: new ClusterView(() => Promise.resolve(undefined), world.clock) };
    const step = gateStep(web, 'ready', [], { ...nowhere, provider: { simulation: undefined } });
    expect(await step.check(context())).toEqual({ status: 'needed', reason: 'there is no cluster yet' });
  });

  it('does not claim to have seen the webhook of a simulation', async () => {
    expect(await gate('webhook', { simulation: 'nothing is real' }).check(context())).toEqual({
      status: 'omitted',
      reason: 'simulated, not observed',
    });
  });
});

describe('waiting at a gate', () => {
  it('ends when the workloads are ready, and says meanwhile what it waits for', async () => {
    world.api.objects.set(deploymentPath('web'), deployment('web', { ready: 0 }));
    world.onSleep = (elapsed) => {
      if (elapsed >= 1_000) world.api.objects.set(deploymentPath('web'), deployment('web'));
    };
    const step = context();
    expect(await gate().apply(step)).toBe('1 workloads ready');
    expect(new Set(step.messages)).toEqual(new Set(['Deployment/web: 0 of 1 pods ready']));
  });

  it('ends early, with the reason, when something lasting stands in the way', async () => {
    world.api.objects.set(deploymentPath('web'), deployment('web', { ready: 0 }));
    addPod(crashing);
    addLog('connecting to postgres\nno route to host\n');
    let waited = 0;
    world.onSleep = (elapsed) => (waited = elapsed);
    await expect(gate().apply(context())).rejects.toMatchObject({
      code: 'tool',
      message:
        'web did not become ready: Deployment/web: 0 of 1 pods ready, because of Pod/web-1 container main: CrashLoopBackOff',
      output: [
        'Pod/web-1 container main: CrashLoopBackOff: exit code 1, restarted 5 times, back-off 40s',
        'last lines of the log of main in Pod/web-1:',
        '  connecting to postgres',
        '  no route to host',
      ].join('\n'),
      suggestions: ['see `platform logs web`'],
      facts: { release: 'web', facet: 'ready', obstacles: [{ reason: 'CrashLoopBackOff' }] },
    });
    expect(waited).toBeGreaterThanOrEqual(10_000);
    expect(waited).toBeLessThan(20_000);
  });

  it('goes on when what stood in the way goes away in time', async () => {
    world.api.objects.set(deploymentPath('web'), deployment('web', { ready: 0 }));
    addPod(crashing);
    world.onSleep = (elapsed) => {
      if (elapsed >= 8_000) addPod({ containerStatuses: [] });
      if (elapsed >= 60_000) world.api.objects.set(deploymentPath('web'), deployment('web'));
    };
    expect(await gate().apply(context())).toBe('1 workloads ready');
  });

  it('goes on for as long as what stands in the way can go away by itself', async () => {
    world.api.objects.set(deploymentPath('web'), deployment('web', { ready: 0 }));
    addPod({
      containerStatuses: [{ name: 'main', restartCount: 0, state: { waiting: { reason: 'ContainerCreating' } } }],
    });
    world.onSleep = (elapsed) => {
      if (elapsed >= 300_000) world.api.objects.set(deploymentPath('web'), deployment('web'));
    };
    expect(await gate().apply(context())).toBe('1 workloads ready');
  });

  it('tells at the end of its budget what was missing last, and why', async () => {
    world.api.objects.set(deploymentPath('web'), deployment('web', { ready: 0 }));
    const budget = new AbortController();
    addLog('no route to host\n');
    world.onSleep = (elapsed) => {
      if (elapsed >= 4_000) addPod(crashing);
      if (elapsed >= 7_000) budget.abort(new PlatformError('timeout', 'web ready took longer than its budget'));
    };
    await expect(gate().apply(context(budget.signal))).rejects.toMatchObject({
      code: 'timeout',
      message: 'web did not become ready within 10m 00s: Deployment/web: 0 of 1 pods ready',
      output: expect.stringContaining('no route to host') as string,
      facts: { obstacles: [{ reason: 'CrashLoopBackOff', fatal: true }] },
    });
  });

  it('tells what was missing even when nothing stood in the way', async () => {
    const budget = new AbortController();
    world.onSleep = () => {
      budget.abort(new PlatformError('timeout', 'web address took longer than its budget'));
    };
    world.api.objects.set('/api/v1/namespaces/shop/services/web', {
      metadata: deployment('web').metadata,
      spec: { type: 'LoadBalancer' },
    });
    await expect(gate('address').apply(context(budget.signal))).rejects.toMatchObject({
      code: 'timeout',
      output: 'Service/web: its load balancer has no address yet',
    });
  });

  it('says what it waits for when that changes, and since when; nothing more however long it takes', async () => {
    const started = world.clock.now();
    world.api.objects.set(deploymentPath('web'), deployment('web', { replicas: 2, ready: 0 }));
    world.onSleep = (elapsed) => {
      if (elapsed >= 5_000) world.api.objects.set(deploymentPath('web'), deployment('web', { replicas: 2, ready: 1 }));
      if (elapsed >= 60_000) world.api.objects.set(deploymentPath('web'), deployment('web', { replicas: 2 }));
    };
    const said: Progress[] = [];
    await gate().apply({ ...context(), progress: (progress) => said.push(progress) });
    expect(said).toEqual([
      { message: 'Deployment/web: 0 of 2 pods ready', since: started },
      { message: 'Deployment/web: 1 of 2 pods ready', since: started + 5_250 },
    ]);
  });

  it('names what stands in the way while it may still go away', async () => {
    world.api.objects.set(deploymentPath('web'), deployment('web', { ready: 0 }));
    addPod(crashing);
    world.onSleep = (elapsed) => {
      if (elapsed >= 5_000) world.api.objects.set(deploymentPath('web'), deployment('web'));
    };
    const step = context();
    await gate().apply(step);
    expect(step.messages).toEqual([
      'Deployment/web: 0 of 1 pods ready',
      'Deployment/web: 0 of 1 pods ready (Pod/web-1 container main: CrashLoopBackOff)',
    ]);
  });

  it('for another facet ends early, too, when the pods behind it cannot start', async () => {
    world.api.objects.set('/api/v1/namespaces/shop/services/web', {
      metadata: deployment('web').metadata,
      spec: { type: 'LoadBalancer' },
    });
    world.api.objects.set(deploymentPath('web'), deployment('web', { ready: 0 }));
    addPod(crashing);
    await expect(gate('address').apply(context())).rejects.toMatchObject({
      code: 'tool',
      message: expect.stringMatching(/^web did not become address: Service\/web.*CrashLoopBackOff$/) as string,
    });
  });

  it('is told what keeps the pods that an operator made, but does not end for it', async () => {
    const { metadata, ...rest } = deployment('web', { ready: 0 });
    const made = { name: 'made', namespace: 'shop', generation: 1 };
    world.api.objects.set(deploymentPath('made'), { ...rest, metadata: made });
    world.api.objects.set('/api/v1/namespaces/shop/services/web', { metadata, spec: { type: 'LoadBalancer' } });
    addPod(crashing);
    const budget = new AbortController();
    world.onSleep = (elapsed) => {
      if (elapsed >= 60_000) budget.abort(new PlatformError('timeout', 'took longer than its budget'));
    };
    await expect(gate('address').apply(context(budget.signal))).rejects.toMatchObject({
      code: 'timeout',
      output: expect.stringContaining('Pod/web-1 container main: CrashLoopBackOff') as string,
    });
  });

  it('ends without a word on the gate when the user stops the run', async () => {
    world.api.objects.set(deploymentPath('web'), deployment('web', { ready: 0 }));
    const stopping = new AbortController();
    world.onSleep = () => {
      stopping.abort(new DOMException('interrupted', 'AbortError'));
    };
    await expect(gate().apply(context(stopping.signal))).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('fails in the words of an API server that refuses', async () => {
    world.api.answer = (response) => send(response, 403, { message: 'deployments is forbidden' });
    await expect(gate().apply(context())).rejects.toMatchObject({ status: 403 });
  });
});
