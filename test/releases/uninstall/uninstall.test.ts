import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PlatformError } from '../../../src/errors.js';
import {
  readInstalledGraph,
  refusalOf,
  uninstallSteps,
  type UninstallOptions,
} from '../../../src/releases/uninstall/uninstall.js';
import { select } from '../../../src/releases/uninstall/uninstall-order.js';
import type { Removal } from '../../../src/releases/uninstall/uninstall-release.js';
import { context } from '../cluster.js';
import { release } from '../release.js';
import { definitionOf, installedWorld, thing, type InstalledWorld } from '../installed-world.js';

const finalizer = 'example.org/cleanup';

let world: InstalledWorld;
beforeEach(async () => {
  world = await installedWorld();
  world.add('operator', { manifest: [definitionOf('things')] });
});
afterEach(() => world.api.close());

interface Request extends Partial<UninstallOptions> {
  readonly dependants?: boolean;
}

async function planned(names: readonly string[], { dependants = false, ...more }: Request = {}) {
  const options = { ...world.options, ...more };
  const { signal } = context();
  const graph = await readInstalledGraph(options, signal);
  const selected = select(names, graph.installed, graph.links, dependants);
  const removals: Removal[] = [];
  const check = () => Promise.resolve({ status: 'needed' as const, reason: 'installed' });
  const report = (removal: Removal) => removals.push(removal);
  const steps = uninstallSteps(selected, graph, { kind: 'uninstall', needs: [], check, report }, options);
  const going = new Set(selected.map(({ key }) => key));
  const refusals = await Promise.all(
    selected.map((release) => refusalOf(release, going, graph.links, options, signal)),
  );
  return { steps, removals, refusals: refusals.filter((refusal) => refusal !== undefined) };
}

/** Uninstalls in the order of the steps; they are few. */
async function uninstall(names: readonly string[], request: Request = {}) {
  const { steps, removals } = await planned(names, request);
  const open = [...steps];
  while (open.length > 0) {
    const index = open.findIndex(({ needs }) => needs.every((need) => !open.some(({ id }) => id === need)));
    if (index < 0) throw new Error(`these wait for each other: ${open.map(({ id }) => id).join(', ')}`);
    for (const step of open.splice(index, 1)) await step.apply(context());
  }
  return removals;
}

const helmCalls = () => world.done.filter((line) => line.startsWith('helm'));

describe('uninstalling releases', () => {
  it('goes in the reverse order of needs that were written and of those that can be seen', async () => {
    world.add('user', { manifest: [thing('one')] });
    world.add('front');
    const edges = [{ from: 'front', to: 'user', facet: 'ready' as const }];
    const removals = await uninstall([], { edges });
    expect(helmCalls()).toEqual([
      'helm uninstall shop/front',
      'helm uninstall shop/user',
      'helm uninstall shop/operator',
    ]);
    expect(removals.at(-1)).toMatchObject({ release: 'operator', definitionsRemoved: ['things.example.org'] });
  });

  it('is done, too, where releases need each other in a circle', async () => {
    world.add('user', { manifest: [thing('one')] });
    await uninstall([], { edges: [{ from: 'operator', to: 'user', facet: 'ready' }] });
    expect(helmCalls()).toHaveLength(2);
  });

  it('is refused for what others still need, naming them and why', async () => {
    world.add('user', { manifest: [thing('one')] });
    await expect(planned(['operator'])).rejects.toMatchObject({
      code: 'conflict',
      message: 'operator is still needed by user (has Thing/one)',
      facts: { neededBy: [{ release: 'shop/user', reason: 'has Thing/one' }] },
    });
    await uninstall(['operator'], { dependants: true });
    expect(helmCalls()).toEqual(['helm uninstall shop/user', 'helm uninstall shop/operator']);
  });

  it('takes dependants of dependants along', async () => {
    world.add('user', { manifest: [thing('one')] });
    world.add('front');
    const edges = [{ from: 'front', to: 'user', facet: 'ready' as const }];
    const { steps } = await planned(['operator'], { dependants: true, edges });
    expect(steps.map(({ id }) => id).sort()).toEqual(['uninstall/front', 'uninstall/operator', 'uninstall/user']);
  });

  it('knows no release that this environment has not installed', async () => {
    world.add('theirs', { environment: 'another' });
    await expect(planned(['theirs'])).rejects.toMatchObject({
      code: 'conflict',
      suggestions: ['installed are operator'],
    });
    await expect(planned(['operater'])).rejects.toMatchObject({
      suggestions: ['did you mean operator?', 'installed are operator'],
    });
  });

  it('names one of two releases of a name by its namespace', async () => {
    world.add('operator', { namespace: 'former' });
    await expect(planned(['operator'])).rejects.toMatchObject({
      message: 'there is more than one release operator: shop/operator, former/operator',
    });
    expect((await planned(['former/operator'])).steps.map(({ id }) => id)).toEqual(['uninstall/operator']);
  });

  it('takes a need for that of the one that is wanted, where there are two of its name', async () => {
    world.add('operator', { namespace: 'former' });
    world.add('front');
    const environment = { ...world.options.environment, releases: [release('operator')] };
    const edges = [{ from: 'front', to: 'operator', facet: 'ready' as const }];
    await expect(planned(['shop/operator'], { environment, edges })).rejects.toThrow('still needed by front');
    expect((await planned(['former/operator'], { environment, edges })).steps).toHaveLength(1);
  });
});

describe('custom resources that nobody else takes along', () => {
  it('keep their operator, and it is said what would go', async () => {
    world.put(thing('one'));
    world.put(thing('two'));
    const { refusals } = await planned([]);
    expect(refusals).toMatchObject([
      {
        code: 'conflict',
        message: 'uninstalling operator would delete things.example.org, and with it 2 Things',
        output: 'Thing shop/one\nThing shop/two',
      },
    ]);
    await expect(uninstall([])).rejects.toBeInstanceOf(PlatformError);
    expect(helmCalls()).toEqual([]);
  });

  it('are deleted while their operator lives, where that was asked for', async () => {
    world.put(thing('one', { finalizers: [finalizer] }));
    world.served.add(finalizer);
    const removals = await uninstall([], { customResources: true });
    const path = '/apis/example.org/v1/namespaces/shop/things/one';
    expect(world.done.filter((line) => line !== 'still ours')).toEqual([
      `delete ${path}`,
      'helm uninstall shop/operator',
      'delete /apis/apiextensions.k8s.io/v1/customresourcedefinitions/things.example.org',
    ]);
    expect(removals).toMatchObject([{ customResources: ['Thing shop/one'] }]);
  });

  it('that do not end are named with their finalizers, and the operator stays', async () => {
    world.put(thing('one', { finalizers: [finalizer] }));
    await expect(uninstall([], { customResources: true })).rejects.toMatchObject({
      code: 'leftBehind',
      message:
        'operator is not uninstalled: Thing shop/one: example.org/cleanup is being deleted and did not end within 1m 00s; nobody seems to serve its finalizers',
      facts: { left: [{ path: '/apis/example.org/v1/namespaces/shop/things/one', finalizers: [finalizer] }] },
    });
    expect(helmCalls()).toEqual([]);
  });

  it('lose their finalizers only by force, and only those that are not of Kubernetes itself', async () => {
    world.put(thing('one', { finalizers: [finalizer, 'resources-finalizer.argocd.argoproj.io'] }));
    const removals = await uninstall([], { customResources: true, forceFinalizers: true });
    expect(removals).toMatchObject([
      { forced: [`Thing shop/one (${finalizer}, resources-finalizer.argocd.argoproj.io)`] },
    ]);
    expect(helmCalls()).toEqual(['helm uninstall shop/operator']);
  });

  it('are not forced where Kubernetes itself is at work on them', async () => {
    world.put(thing('one', { finalizers: ['kubernetes.io/pvc-protection'] }));
    await expect(uninstall([], { customResources: true, forceFinalizers: true })).rejects.toMatchObject({
      code: 'leftBehind',
    });
    expect(world.done.some((line) => line.startsWith('finalizers of'))).toBe(false);
  });

  it('that went with their owners are waited for, not refused', async () => {
    world.put(thing('child', { ownerReferences: [{ name: 'parent' }] }));
    world.onSleep = () => {
      world.forgetObjects();
    };
    expect((await planned([])).refusals).toEqual([]);
    await uninstall([]);
    expect(helmCalls()).toEqual(['helm uninstall shop/operator']);
  });

  it('are refused after all when their owners do not go', async () => {
    world.put(thing('child', { ownerReferences: [{ name: 'parent' }] }));
    await expect(uninstall([])).rejects.toMatchObject({ code: 'conflict', output: 'Thing shop/child' });
  });
});

describe('definitions', () => {
  it('that Helm is told to keep stay, and it is said what is left of their kind', async () => {
    world.add('operator', { manifest: [definitionOf('things', { 'helm.sh/resource-policy': 'keep' })] });
    const [removal] = await uninstall([]);
    expect(removal).toMatchObject({
      definitionsRemoved: [],
      definitionsLeft: [{ name: 'things.example.org', customResources: 0 }],
    });
  });

  it('that were applied for a release are its own by their label', async () => {
    world.add('operator');
    world.put({
      ...definitionOf('things'),
      metadata: {
        name: 'things.example.org',
        labels: { 'platform.dev/environment': 'dev', 'platform.dev/release': 'operator' },
      },
    });
    world.put(thing('one'));
    expect((await planned([])).refusals).toMatchObject([
      { message: 'uninstalling operator would leave 1 Thing without what serves them' },
    ]);
  });
});

describe('objects of a release with finalizers', () => {
  beforeEach(() => {
    world.add('operator', { manifest: [definitionOf('things'), thing('own', { finalizers: [finalizer] })] });
  });

  it('go first, while who serves them may be a part of the release', async () => {
    world.served.add(finalizer);
    await uninstall([]);
    const order = world.done.filter((line) => line !== 'still ours');
    expect(order.slice(0, 2)).toEqual([
      'delete /apis/example.org/v1/namespaces/shop/things/own',
      'helm uninstall shop/operator',
    ]);
  });

  it('leave the release to Helm where it has a hook of its own for its end, and are named after it', async () => {
    world.add('operator', { manifest: [thing('own', { finalizers: [finalizer] })], hooks: ['pre-delete'] });
    await expect(uninstall([])).rejects.toMatchObject({
      code: 'leftBehind',
      message: expect.stringContaining('operator is uninstalled, but not all of it is gone: Thing shop/own') as string,
      suggestions: [`kubectl patch thing own -n shop --type merge -p '{"metadata":{"finalizers":null}}'`],
    });
    expect(helmCalls()).toEqual(['helm uninstall shop/operator']);
  });
});
