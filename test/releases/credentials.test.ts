import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Release, Values } from '../../src/environment/environment.js';
import { catalogueNames, readCatalogueEntry, type CatalogueEntry } from '../../src/releases/catalogue.js';
import { knownCredentials } from '../../src/releases/credentials.js';
import { skipWithoutUpstream, upstream } from '../upstream.js';

const bundled = { from: 'bundled', name: 'service', path: '/charts/service' } as const;

/** A release of our own chart with these values. */
function release(name: string, values: Values, more: Partial<Release> = {}): Release {
  return { name, namespace: 'apps', chart: bundled, needs: [], values: [{ origin: 'file', values }], ...more };
}

async function catalogued(name: string, values: Values = {}): Promise<Release> {
  const catalogue = await readCatalogueEntry(name);
  return release(name, values, catalogue ? { catalogue, namespace: catalogue.namespace } : {});
}

describe('the credentials of releases', () => {
  it('are those of the catalogue, by the name of the app', async () => {
    expect(await knownCredentials([await catalogued('kube-prometheus-stack')], [])).toEqual([
      {
        app: 'grafana',
        release: 'kube-prometheus-stack',
        namespace: 'monitoring',
        secrets: ['grafana-admin', 'kube-prometheus-stack-grafana'],
        user: { key: 'admin-user' },
        password: 'admin-password',
        url: 'grafana',
      },
    ]);
  });

  it('are those that our chart makes up, each key by its name where there are several', async () => {
    const releases = [
      release('vault', { generatedSecret: { keys: ['token'] } }),
      release('queue', { generatedSecret: { keys: ['admin', 'reader'] } }),
      release('plain', { generatedSecret: { keys: [] } }),
      release('other', {}),
    ];
    expect(await knownCredentials(releases, [])).toEqual([
      { app: 'queue-admin', release: 'queue', namespace: 'apps', secrets: ['queue'], password: 'admin', url: 'queue' },
      {
        app: 'queue-reader',
        release: 'queue',
        namespace: 'apps',
        secrets: ['queue'],
        password: 'reader',
        url: 'queue',
      },
      { app: 'vault', release: 'vault', namespace: 'apps', secrets: ['vault'], password: 'token', url: 'vault' },
    ]);
  });

  it('are not guessed for charts of others', async () => {
    const chart = { from: 'folder', path: '/charts/theirs' } as const;
    const theirs = release('theirs', { generatedSecret: { keys: ['token'] } }, { chart });
    expect(await knownCredentials([theirs], [])).toEqual([]);
  });

  it('of the catalogue win over those of the chart: they know the user', async () => {
    const postgres = await catalogued('postgres', { generatedSecret: { keys: ['password'] } });
    expect(await knownCredentials([postgres], [])).toMatchObject([{ app: 'postgres', user: { name: 'platform' } }]);
  });

  it('are known of what is installed, too, where the catalogue would have put it', async () => {
    const installed = [
      { name: 'jenkins', namespace: 'jenkins' },
      { name: 'redis', namespace: 'elsewhere' },
      { name: 'unknown', namespace: 'apps' },
    ];
    expect(await knownCredentials([], installed)).toMatchObject([{ app: 'jenkins', secrets: ['jenkins'] }]);
  });
});

/** Made by the program when it starts, or by our own chart: no public chart shows them. */
const madeOtherwise = ['argocd', 'postgres'];

const entries: { readonly name: string; readonly entry: CatalogueEntry }[] = [];
for (const name of await catalogueNames()) {
  const entry = await readCatalogueEntry(name);
  const has = Object.keys(entry?.credentials ?? {}).length > 0;
  if (entry && has && !madeOtherwise.includes(name)) entries.push({ name, entry });
}

describe('the credentials in the catalogue', () => {
  it('are there for charts that make some', () => {
    expect(entries.map(({ name }) => name).sort()).toEqual(['jenkins', 'kube-prometheus-stack', 'mysql', 'redis']);
  });

  describe.each(entries)('of $name', ({ name, entry }) => {
    beforeEach(skipWithoutUpstream);

    it('are in a Secret that the chart makes, with these keys', async () => {
      const manifests = await readFile(join(upstream, name, 'manifests.yaml'), 'utf8');
      const secrets = manifests.split(/^---$/m).filter((document) => /^kind: Secret$/m.test(document));
      for (const { secret, user, password } of Object.values(entry.credentials)) {
        const found = secrets
          .map((document) => parse(document) as { metadata: { name: string }; data: object })
          .find(({ metadata }) => [secret].flat().includes(metadata.name));
        const keys = [password, ...(user && 'key' in user ? [user.key] : [])];
        expect(Object.keys(found?.data ?? {}), name).toEqual(expect.arrayContaining(keys));
      }
    });
  });
});
