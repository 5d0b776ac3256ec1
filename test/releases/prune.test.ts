import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Environment } from '../../src/environment/environment.js';
import { pruneSteps, unwantedReleases } from '../../src/releases/prune.js';
import { withoutFile } from '../../src/usecases/environment-of-record.js';
import { cluster, context, type Cluster } from './cluster.js';
import { release } from './release.js';

let world: Cluster;
beforeEach(async () => {
  world = await cluster();
  add('web', 'shop', 'dev');
});
afterEach(() => world.api.close());

function add(name: string, namespace: string, environment?: string): void {
  const labels = {
    owner: 'helm',
    name,
    status: 'deployed',
    version: '1',
    ...(environment !== undefined && { 'platform.dev/environment': environment }),
  };
  const secret = `sh.helm.release.v1.${name}.v1`;
  const metadata = { name: secret, namespace, labels };
  world.api.objects.set(`/api/v1/namespaces/${namespace}/secrets/${secret}`, { metadata });
}

const environment: Environment = { ...withoutFile('dev'), releases: [release('web')] };
const unwanted = async () => (await unwantedReleases(environment, world.view)).map(({ name }) => name);

describe('the releases that the file no longer has', () => {
  it('are those this environment installed, and no others', async () => {
    add('old', 'shop', 'dev');
    add('theirs', 'shop', 'another');
    add('manual', 'shop');
    expect(await unwanted()).toEqual(['old']);
  });

  it('are also those that moved to another namespace', async () => {
    add('web', 'former', 'dev');
    expect((await unwantedReleases(environment, world.view)).map(({ namespace }) => namespace)).toEqual(['former']);
  });

  it('are none where all is wanted', async () => {
    expect(await unwanted()).toEqual([]);
  });

  it('are uninstalled after everything else', async () => {
    add('old', 'shop', 'dev');
    const gone: string[] = [];
    const helm = {
      install: () => Promise.reject(new Error('nothing is installed')),
      pull: () => Promise.reject(new Error('nothing is pulled')),
      uninstall: ({ name, namespace }: { name: string; namespace: string }) => {
        gone.push(`${namespace}/${name}`);
        return Promise.resolve();
      },
    };
    const ensureOwned = () => Promise.resolve(void gone.push('still ours'));
    const unwanted = await unwantedReleases(environment, world.view);
    const [step] = pruneSteps(unwanted, ['release/web'], { helm, view: world.view, ensureOwned });
    expect(step).toMatchObject({ id: 'prune/old', needs: ['tool/helm', 'release/web'] });
    expect(await step?.check(context())).toMatchObject({ status: 'needed' });
    expect(await step?.apply(context())).toBe('revision 1 uninstalled');
    expect(gone).toEqual(['still ours', 'shop/old']);
  });
});
