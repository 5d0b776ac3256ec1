import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { observeReleases, releaseKey } from '../../../src/releases/helm/observed.js';
import { cluster, type Cluster } from '../cluster.js';

let world: Cluster;
beforeEach(async () => {
  world = await cluster();
});
afterEach(() => world.api.close());

function addSecret(name: string, version: number, labels: Record<string, string> = {}, namespace = 'shop'): void {
  const secret = `sh.helm.release.v1.${name}.v${String(version)}`;
  world.api.objects.set(`/api/v1/namespaces/${namespace}/secrets/${secret}`, {
    metadata: {
      name: secret,
      namespace,
      creationTimestamp: '2026-11-20T10:00:00Z',
      labels: { owner: 'helm', name, status: 'deployed', version: String(version), ...labels },
    },
  });
}

const ours = {
  'platform.dev/input': 'abc',
  'platform.dev/revision': '1',
  'platform.dev/environment': 'dev',
  'platform.dev/stand-in': 'true',
};

describe('the releases of a cluster', () => {
  it('are known by the labels of their Secrets', async () => {
    addSecret('web', 1, ours);
    expect([...(await observeReleases(world.view)).entries()]).toEqual([
      [
        'shop/web',
        {
          name: 'web',
          namespace: 'shop',
          revision: 1,
          status: 'deployed',
          input: 'abc',
          ownRevision: 1,
          environment: 'dev',
          standIn: true,
          secret: 'sh.helm.release.v1.web.v1',
          createdAt: '2026-11-20T10:00:00Z',
        },
      ],
    ]);
  });

  it('are each as their newest revision is, by number and not by name', async () => {
    for (const version of [9, 10, 2]) addSecret('web', version, { status: version === 10 ? 'failed' : 'superseded' });
    expect((await observeReleases(world.view)).get('shop/web')).toMatchObject({ revision: 10, status: 'failed' });
  });

  it('are others in other namespaces', async () => {
    addSecret('web', 1);
    addSecret('web', 4, {}, 'test');
    const found = await observeReleases(world.view);
    expect([...found.values()].map((release) => [releaseKey(release), release.revision])).toEqual([
      ['shop/web', 1],
      ['test/web', 4],
    ]);
  });

  it('that somebody else installed have nothing of ours', async () => {
    addSecret('web', 1);
    expect((await observeReleases(world.view)).get('shop/web')).toMatchObject({
      input: undefined,
      ownRevision: undefined,
      environment: undefined,
      standIn: false,
    });
  });

  it('are not made of Secrets that Helm did not write', async () => {
    addSecret('web', 1, { version: '' });
    expect((await observeReleases(world.view)).size).toBe(0);
  });
});
