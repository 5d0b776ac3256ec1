import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Environment } from '../../../src/environment/environment.js';
import { pruneSteps, unwantedReleases } from '../../../src/releases/uninstall/prune.js';
import { withoutFile } from '../../../src/usecases/environment-of-record.js';
import { context } from '../cluster.js';
import { definitionOf, installedWorld, thing, type InstalledWorld } from '../installed-world.js';
import { release } from '../release.js';

let world: InstalledWorld;
beforeEach(async () => {
  world = await installedWorld();
  world.add('web');
});
afterEach(() => world.api.close());

const environment: Environment = { ...withoutFile('dev'), releases: [release('web')] };
const unwanted = async () => (await unwantedReleases(environment, world.view)).map(({ name }) => name);

async function prune() {
  const surplus = await unwantedReleases(environment, world.view);
  return pruneSteps(surplus, ['release/web'], { ...world.options, environment }, context().signal);
}

describe('the releases that the file no longer has', () => {
  it('are those this environment installed, and no others', async () => {
    world.add('old');
    world.add('theirs', { environment: 'another' });
    world.add('manual', { environment: undefined });
    expect(await unwanted()).toEqual(['old']);
  });

  it('are also those that moved to another namespace', async () => {
    world.add('web', { namespace: 'former' });
    expect((await unwantedReleases(environment, world.view)).map(({ namespace }) => namespace)).toEqual(['former']);
  });

  it('are none where all is wanted', async () => {
    expect(await unwanted()).toEqual([]);
    expect(await prune()).toEqual([]);
  });

  it('are uninstalled after everything else', async () => {
    world.add('old');
    const [step] = await prune();
    expect(step).toMatchObject({ id: 'prune/old', needs: ['tool/helm', 'release/web'] });
    expect(await step?.check(context())).toMatchObject({ status: 'needed' });
    expect(await step?.apply(context())).toBe('revision 1 uninstalled');
    expect(world.done).toEqual(['still ours', 'still ours', 'helm uninstall shop/old']);
  });

  it('go in the reverse order of what they need', async () => {
    world.add('operator', { manifest: [definitionOf('things')] });
    world.add('user', { manifest: [thing('one')] });
    const steps = await prune();
    expect(steps.find(({ id }) => id === 'prune/operator')?.needs).toContain('prune/user');
    expect(steps.find(({ id }) => id === 'prune/user')?.needs).not.toContain('prune/operator');
  });

  it('stay while one that is wanted needs them, and say what to do', async () => {
    world.add('operator', { manifest: [definitionOf('things')] });
    world.add('web', { manifest: [thing('one')] });
    const [step] = await prune();
    expect(await step?.check(context())).toMatchObject({
      status: 'blocked',
      by: 'operator is still needed by web (has Thing/one)',
      code: 'conflict',
      fix: [expect.stringContaining('platform uninstall operator --dependants') as string],
    });
  });

  it('go from their former namespace, whoever needs the one that is wanted', async () => {
    world.add('web', { namespace: 'former' });
    world.add('front');
    const wanted = { ...environment, releases: [release('web'), release('front')] };
    const edges = [{ from: 'front', to: 'web', facet: 'ready' as const }];
    const surplus = await unwantedReleases(wanted, world.view);
    const [step] = await pruneSteps(surplus, [], { ...world.options, environment: wanted, edges }, context().signal);
    expect(await step?.check(context())).toMatchObject({ status: 'needed' });
    await step?.apply(context());
    expect(world.done).toContain('helm uninstall former/web');
  });

  it('go when an install before took the need away', async () => {
    world.add('operator', { manifest: [definitionOf('things')] });
    world.add('web', { manifest: [thing('one')] });
    const [step] = await prune();
    world.add('web');
    world.forgetObjects();
    world.view.forget();
    expect(await step?.check(context())).toMatchObject({ status: 'needed' });
  });

  it('stay while custom resources would be left of them', async () => {
    world.add('operator', { manifest: [definitionOf('things')] });
    world.put(thing('loose'));
    const [step] = await prune();
    expect(await step?.check(context())).toMatchObject({
      status: 'blocked',
      by: 'uninstalling operator would delete things.example.org, and with it 1 Thing',
      fix: [expect.stringContaining('platform uninstall operator --custom-resources') as string],
    });
    await expect(step?.apply(context())).rejects.toMatchObject({ code: 'conflict', output: 'Thing shop/loose' });
    expect(world.done).not.toContain('helm uninstall shop/operator');
  });
});
