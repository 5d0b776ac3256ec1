import { describe, expect, it } from 'vitest';
import { catalogueNames, readCatalogueEntry } from '../../../src/releases/catalogue.js';
import { simulationOf } from '../../../src/clusters/embedded/simulation.js';

interface DefinitionStage {
  readonly spec: {
    readonly selector: { readonly matchExpressions: readonly { readonly key: string; readonly values?: string[] }[] };
    readonly steps: readonly { readonly apply: { readonly template: string } }[];
  };
}

interface SimulatedNode {
  readonly spec: { readonly taints?: readonly { readonly effect: string }[] };
}

async function node(name: string, workers: number): Promise<SimulatedNode> {
  const { objects } = await simulationOf('shop', workers);
  const found: unknown = objects.find(({ kind, metadata }) => kind === 'Node' && metadata.name === name);
  return found as SimulatedNode;
}

describe('the simulation of an environment', () => {
  it.each([
    [0, ['shop-control-plane']],
    [1, ['shop-control-plane', 'shop-worker']],
    [3, ['shop-control-plane', 'shop-worker', 'shop-worker2', 'shop-worker3']],
  ])('has with %i workers the nodes that kind would name %j', async (workers, names) => {
    expect((await simulationOf('shop', workers)).nodes).toEqual(names);
  });

  it('keeps workloads off the control-plane node once there are workers', async () => {
    expect((await node('shop-control-plane', 1)).spec.taints).toMatchObject([{ effect: 'NoSchedule' }]);
    expect((await node('shop-control-plane', 0)).spec.taints).toBeUndefined();
    expect((await node('shop-worker', 1)).spec.taints).toBeUndefined();
  });

  it('brings what makes nodes, pods, volumes and load balancers work', async () => {
    const { objects } = await simulationOf('shop', 1);
    const names = objects.filter(({ kind }) => kind !== 'Node').map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    expect(names).toEqual([
      'Stage/node-becomes-ready',
      'Stage/node-heartbeat',
      'Stage/pod-becomes-ready',
      'Stage/job-pod-succeeds',
      'Stage/deleted-pod-is-gone',
      'Stage/load-balancer-gets-address',
      'Stage/definition-gets-a-stage',
      'Stage/fresh-stage-is-tried-again',
      'ClusterResourceUsage/pods',
      'StorageClass/standard',
    ]);
  });

  it('plays the operator of each custom resource that a catalogue entry can be asked about', async () => {
    const { objects } = await simulationOf('shop', 1);
    const stage: unknown = objects.find(({ metadata }) => metadata.name === 'definition-gets-a-stage');
    const { selector, steps } = (stage as DefinitionStage).spec;
    const played = selector.matchExpressions.find(({ key }) => key === '.metadata.name')?.values ?? [];
    const template = steps[0]?.apply.template ?? '';
    for (const name of await catalogueNames()) {
      for (const { resource, condition } of Object.values((await readCatalogueEntry(name))?.conditions ?? {})) {
        expect(played).toContain(resource);
        expect(new RegExp(`"${resource}" "(\\w+)"`).exec(template)?.[1] ?? 'Ready', resource).toBe(condition);
      }
    }
  });

  it('is the same as long as nothing in it changes', async () => {
    const { digest } = await simulationOf('shop', 1);
    expect((await simulationOf('shop', 1)).digest).toBe(digest);
    expect((await simulationOf('shop', 2)).digest).not.toBe(digest);
    expect((await simulationOf('store', 1)).digest).not.toBe(digest);
  });
});
