import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ClusterView } from '../../../src/kubernetes/cluster-view.js';
import {
  networkPolicyFinding,
  networkPolicyStep,
  type NetworkPolicyOptions,
} from '../../../src/local/network/policy-step.js';
import { cluster, context, type Cluster } from '../../releases/cluster.js';
import { simulatedNodes } from './simulated-nodes.js';

let world: Cluster;
let warnings: string[];
beforeEach(async () => {
  warnings = [];
  world = await cluster();
  world.api.objects.set('/api/v1/namespaces/kube-system', { metadata: { name: 'kube-system', uid: 'one' } });
  runNetwork('docker.io/calico/node:v3.28.5');
});
afterEach(() => world.api.close());

const daemonSet = (image: string, path: string) => ({
  metadata: { name: 'agent', namespace: 'kube-system' },
  spec: { template: { spec: { containers: [{ image }], volumes: [{ hostPath: { path } }, { emptyDir: {} }] } } },
});
function runNetwork(image: string): void {
  world.api.objects.set('/apis/apps/v1/namespaces/kube-system/daemonsets/network', daemonSet(image, '/etc/cni/net.d'));
  world.view.forget();
}

const step = (options: Partial<NetworkPolicyOptions> = {}) =>
  networkPolicyStep({
    environment: 'dev',
    cni: 'calico',
    machines: simulatedNodes(world),
    view: world.view,
    clock: world.clock,
    needs: ['nodes'],
    ensureOwned: () => Promise.resolve(),
    warn: (message) => warnings.push(message),
    ...options,
  });
const open = () => Object.assign(simulatedNodes(world), { passes: () => true });
const openWords = 'NetworkPolicies are not enforced by this pod network: every pod reaches every other';

describe('the proof that NetworkPolicies are enforced', () => {
  it('is made once', async () => {
    expect(await step().check(context())).toEqual({ status: 'needed', reason: 'not tried yet' });
    expect(await step().apply(context())).toBe('allowed traffic passes, denied traffic does not');
    expect(await step().check(context())).toEqual({ status: 'satisfied', detail: 'enforced' });
    expect(warnings).toEqual([]);
  });

  it('is made again for another version of the network, another setting, and another cluster', async () => {
    const again = { status: 'needed', reason: 'the pod network changed' };
    await step().apply(context());
    expect(await step({ cni: 'default' }).check(context())).toEqual(again);
    runNetwork('docker.io/calico/node:v3.32.1');
    expect(await step().check(context())).toEqual(again);
    runNetwork('docker.io/calico/node:v3.28.5');
    expect(await step().check(context())).toMatchObject({ status: 'satisfied' });
    world.api.objects.set('/api/v1/namespaces/kube-system', { metadata: { name: 'kube-system', uid: 'two' } });
    world.view.forget();
    expect(await step().check(context())).toEqual(again);
  });

  it('is told to others as long as it is of this pod network', async () => {
    expect(await networkPolicyFinding('calico', world.view)).toBeUndefined();
    await step().apply(context());
    expect(await networkPolicyFinding('calico', world.view)).toBe('enforced');
    expect(await networkPolicyFinding('default', world.view)).toBeUndefined();
    await step({ cni: 'default', machines: open() }).apply(context());
    expect(await networkPolicyFinding('default', world.view)).toBe('open');
  });

  it('is not made again for agents that are no network', async () => {
    await step().apply(context());
    const exporter = daemonSet('quay.io/prometheus/node-exporter:v1.12.1', '/proc');
    world.api.objects.set('/apis/apps/v1/namespaces/monitoring/daemonsets/node-exporter', exporter);
    world.view.forget();
    expect(await step().check(context())).toMatchObject({ status: 'satisfied' });
  });

  it.each(['calico', '/home/me/network.yaml'])('fails for %s when everything passes', async (cni) => {
    const failed = step({ cni, machines: open() }).apply(context());
    await expect(failed).rejects.toMatchObject({ code: 'tool', message: openWords });
    expect(await step({ cni }).check(context())).toEqual({ status: 'needed', reason: 'not tried yet' });
  });

  it("is a warning for the provider's own network, once", async () => {
    const given = { cni: 'default', machines: open() };
    expect(await step(given).apply(context())).toBe('not enforced');
    expect(warnings).toEqual([`${openWords}; local.cni: calico enforces them`]);
    expect(await step(given).check(context())).toEqual({ status: 'satisfied', detail: 'not enforced' });
  });

  it('is not made where it cannot be', async () => {
    expect(await step({ machines: undefined }).check(context())).toMatchObject({ status: 'omitted' });
    expect(await step({ cni: 'none' }).check(context())).toMatchObject({ status: 'omitted' });
    const view = new ClusterView(() => Promise.resolve(undefined), world.clock);
    expect(await step({ view }).check(context())).toEqual({ status: 'needed', reason: 'there is no cluster yet' });
  });

  it('looks with one request beside those that others make too', async () => {
    await step().apply(context());
    await world.view.namespaces();
    const before = world.api.requests.length;
    await step().check(context());
    const paths = world.api.requests.slice(before).map(({ path }) => path);
    expect(paths).toEqual(['/api/v1/namespaces/platform-system/configmaps', '/apis/apps/v1/daemonsets']);
  });
});
