import { describe, expect, it } from 'vitest';
import { blueprintNames, defaultBlueprint } from '../../src/environment/blueprints.js';
import { loadEnvironment } from '../../src/environment/load.js';
import { complaintsOf, folderWith, library } from './fixture.js';

describe('blueprints', () => {
  it('are the files of their folder', async () => {
    expect(await blueprintNames(library)).toEqual(['empty', 'shop']);
  });

  it('are bundled, the default among them', async () => {
    expect(await blueprintNames()).toContain(defaultBlueprint);
  });

  it('load for both targets, every bundled one', async () => {
    const cwd = await folderWith({
      'platform.yaml':
        'apiVersion: platform/v1alpha1\nkind: Environment\nname: shop\naws: { account: "012345678901", region: eu-north-1 }\n',
    });
    for (const blueprint of await blueprintNames()) {
      for (const target of ['local', 'aws'] as const) {
        const { releases } = await loadEnvironment({ cwd, target, blueprint });
        expect(releases.length, `${blueprint} on ${target}`).toBeGreaterThan(0);
      }
    }
  });

  it('that are wrong are told by their own name and place', async () => {
    const folder = await folderWith({
      'blueprints/odd.yaml':
        'apiVersion: platform/v1alpha1\nkind: Environment\nname: odd\nreleases:\n  one: { chart: servcie, namespace: apps }\n',
    });
    const cwd = await folderWith({});
    const odd = { ...library, blueprints: `${folder}/blueprints` };
    expect(await complaintsOf(loadEnvironment({ cwd, target: 'local', blueprint: 'odd', library: odd }))).toEqual([
      'blueprint odd:3:1 name is not a key this file can have',
      'blueprint odd:5:17 there is no bundled chart servcie',
    ]);
  });
});
