import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tryNetworkPolicy } from '../../../src/local/network/policy-trial.js';
import { cluster, context, type Cluster } from '../../releases/cluster.js';
import { brokenListener, simulatedNodes } from './simulated-nodes.js';

let world: Cluster;
beforeEach(async () => {
  world = await cluster();
});
afterEach(() => world.api.close());

const namespaces = () => [...world.api.objects.keys()].filter((path) => /^\/api\/v1\/namespaces\/[^/]+$/.test(path));
const attempt = (machines: ReturnType<typeof simulatedNodes>, signal?: AbortSignal) =>
  tryNetworkPolicy({ environment: 'dev', machines, client: world.api.client, clock: world.clock }, context(signal));

describe('trying whether NetworkPolicies are enforced', () => {
  it('finds that they are when the friend passes and the stranger does not', async () => {
    expect(await attempt(simulatedNodes(world))).toBe(true);
  });

  it('finds that they are not when the stranger goes on passing', async () => {
    const nodes = simulatedNodes(world);
    nodes.passes = () => true;
    expect(await attempt(nodes)).toBe(false);
  });

  it('gives the network time to write its rules', async () => {
    const nodes = simulatedNodes(world);
    let closedSince = 0;
    nodes.passes = (role, isClosed) => {
      if (isClosed && role === 'stranger') closedSince += 1;
      return role === 'friend' || closedSince < 10;
    };
    expect(await attempt(nodes)).toBe(true);
    expect(closedSince).toBe(10);
  });

  it('takes two nodes where there are two', async () => {
    const nodes = simulatedNodes(world);
    await attempt(nodes);
    expect(nodes.runs).toContain('dev-worker: server listens');
    expect(nodes.runs).toContain('dev-control-plane: stranger asks 10.244.0.1');
  });

  it('is content with one node', async () => {
    const nodes = simulatedNodes(world, ['dev-control-plane']);
    expect(await attempt(nodes)).toBe(true);
    expect(nodes.runs[0]).toBe('dev-control-plane: server listens');
  });

  it('starts only what every node has, and nothing that Pod Security would refuse', async () => {
    await attempt(simulatedNodes(world));
    const pods = world.api.requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/pods'));
    expect(pods).toHaveLength(3);
    expect(JSON.parse(pods[0]?.body ?? '')).toMatchObject({
      spec: {
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            image: 'registry.k8s.io/pause:3.10',
            imagePullPolicy: 'Never',
            securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
          },
        ],
      },
    });
  });

  it('leaves no namespace and no listener behind', async () => {
    const nodes = simulatedNodes(world);
    await attempt(nodes);
    expect(namespaces()).toEqual([]);
    expect(nodes.isListening).toBe(false);
  });

  it('removes what a killed run left', async () => {
    const metadata = { name: 'platform-probe-0a1b2c', labels: { 'platform.dev/probe': 'network-policy' } };
    world.api.objects.set('/api/v1/namespaces/platform-probe-0a1b2c', { metadata });
    world.api.objects.set('/api/v1/namespaces/shop', { metadata: { name: 'shop', labels: {} } });
    await attempt(simulatedNodes(world));
    expect(namespaces()).toEqual(['/api/v1/namespaces/shop']);
  });

  it('says that pods do not reach each other, when that is what is wrong', async () => {
    const nodes = simulatedNodes(world);
    nodes.passes = () => false;
    await expect(attempt(nodes)).rejects.toThrow(
      'pods do not reach each other from node dev-control-plane to node dev-worker, without any NetworkPolicy',
    );
    expect(namespaces()).toEqual([]);
  });

  it('says that the allowed traffic is blocked too', async () => {
    const nodes = simulatedNodes(world);
    nodes.passes = (_role, isClosed) => !isClosed;
    await expect(attempt(nodes)).rejects.toThrow('the pod network blocks what a NetworkPolicy allows');
  });

  it('does not take a listener that could not listen for a network that blocks', async () => {
    const nodes = simulatedNodes(world);
    nodes.passes = () => {
      nodes.endListening(brokenListener);
      return false;
    };
    await expect(attempt(nodes)).rejects.toBe(brokenListener);
  });

  it('does not take a listener that ended for a policy that is enforced', async () => {
    const nodes = simulatedNodes(world);
    nodes.passes = (_role, isClosed) => {
      if (isClosed) nodes.endListening();
      return !isClosed;
    };
    await expect(attempt(nodes)).rejects.toThrow('the trial took longer than 120 s');
  });

  it('says why a pod cannot start', async () => {
    const nodes = simulatedNodes(world);
    const waiting = {
      reason: 'ErrImageNeverPull',
      message: 'Container image is not present with pull policy of Never',
    };
    nodes.status = { phase: 'Pending', containerStatuses: [{ state: { waiting } }] };
    const failed = attempt(nodes);
    await expect(failed).rejects.toMatchObject({ code: 'tool', output: waiting.message });
    await expect(failed).rejects.toThrow('a pod on node dev-worker cannot start: ErrImageNeverPull');
  });

  it('needs a node that is ready', async () => {
    const nodes = simulatedNodes(world, ['dev-control-plane']);
    world.api.objects.set('/api/v1/nodes/dev-control-plane', { metadata: { name: 'dev-control-plane' } });
    await expect(attempt(nodes)).rejects.toThrow('no node is ready: dev-control-plane');
  });

  it('waits until a new namespace takes pods', async () => {
    const nodes = simulatedNodes(world);
    const { answer } = world.api;
    let refusals = 0;
    world.api.answer = (response, request) => {
      if (request.method !== 'POST' || refusals === 3) return answer(response, request);
      refusals += 1;
      const message =
        'pods "server" is forbidden: error looking up service account x/default: serviceaccount "default" not found';
      response
        .writeHead(403, { 'content-type': 'application/json' })
        .end(JSON.stringify({ reason: 'Forbidden', message }));
      return true;
    };
    expect(await attempt(nodes)).toBe(true);
    expect(refusals).toBe(3);
  });

  it('cleans up when the run is interrupted', async () => {
    const nodes = simulatedNodes(world);
    const interrupt = new AbortController();
    nodes.passes = () => {
      interrupt.abort(new Error('interrupted'));
      return true;
    };
    await expect(attempt(nodes, interrupt.signal)).rejects.toThrow('interrupted');
    expect(namespaces()).toEqual([]);
    expect(nodes.isListening).toBe(false);
  });
});
