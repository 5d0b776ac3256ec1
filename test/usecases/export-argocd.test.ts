import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Environment, Release } from '../../src/environment/environment.js';
import { PlatformError } from '../../src/errors.js';
import type { KubernetesObject } from '../../src/kubernetes/objects.js';
import { withoutFile } from '../../src/usecases/environment-of-record.js';
import { exportArgoCd, type ExportArgoCdOptions, type ExportParts } from '../../src/usecases/export-argocd.js';
import { errorOf, folderWith } from '../environment/fixture.js';
import { contents, definition } from '../releases/argocd/given.js';
import { catalogueEntry, release } from '../releases/release.js';

const context = { signal: new AbortController().signal, progress: () => undefined };

/** Charts that are all here and render to nothing but the definitions of `operator`. */
function parts(more: Partial<ExportParts> = {}): ExportParts & { readonly asked: readonly string[] } {
  const asked: string[] = [];
  const widget: KubernetesObject = {
    ...{ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' },
    metadata: { name: 'widgets.example.org' },
  };
  return {
    asked,
    charts: {
      fetch: ({ name }) => {
        asked.push(name);
        return Promise.resolve({ path: `/charts/${name}`, digest: 'sha256:0', standIn: false });
      },
    },
    renderings: {
      contents: ({ name }) =>
        Promise.resolve(
          contents({
            workloads: [`Deployment/${name}`],
            definitions: name === 'operator' ? [definition('example.org', 'platform')] : [],
          }),
        ),
      definitions: ({ name }) => Promise.resolve(name === 'operator' ? [widget] : []),
    },
    render: () => Promise.resolve(''),
    ...more,
  };
}

const environmentOf = (releases: readonly Release[], more: Partial<Environment> = {}): Environment => ({
  ...withoutFile('shop'),
  releases,
  ...more,
});

async function exported(
  environment: Environment,
  more: Partial<ExportArgoCdOptions> = {},
  given: ExportParts = parts(),
) {
  const out = more.out ?? join(await folderWith({}), 'deploy');
  const options = { out, repoUrl: 'https://git.example.org/team/platform.git', revision: 'main', path: 'deploy' };
  return exportArgoCd(environment, { ...options, force: false, plain: [], ...more }, given, context);
}

describe('exporting to Argo CD', () => {
  it('writes a root, an Application and values for each release, and definitions', async () => {
    const web = release('web', { needs: [{ release: 'operator', facet: 'crds' }], image: 'web' });

    const result = await exported(environmentOf([web, release('operator')]));

    expect(result).toMatchObject({
      ...{ environment: 'shop', path: 'deploy', health: 'argocd-cm.yaml', builtImages: ['web'], unstable: [] },
      root: { name: 'shop', file: 'apps.yaml' },
      applications: [
        { name: 'operator-crds', wave: 0, brings: 'definitions', release: 'operator' },
        { name: 'operator', wave: 1, brings: 'release' },
        { name: 'web', wave: 1, brings: 'release' },
      ],
      written: [
        ...['apps.yaml', 'argocd-cm.yaml', 'argocd/operator-crds.yaml', 'argocd/operator.yaml', 'argocd/web.yaml'],
        ...['definitions/operator/widgets.example.org.yaml', 'values/operator.yaml', 'values/web.yaml'],
      ],
    });
    const files = await readdir(result.folder, { recursive: true });
    expect(files).toEqual(expect.arrayContaining([...result.written]));
  });

  it('keeps references to secrets, and null for what takes a default out', async () => {
    const values = [
      { origin: 'catalogue', values: { limits: { cpu: 1 }, db: { password: { secret: 'postgres/password' } } } },
      { origin: 'platform.yaml', values: { limits: null } },
    ];
    const { folder } = await exported(environmentOf([release('web', { values })]));
    expect(await readFile(join(folder, 'values/web.yaml'), 'utf8')).toBe(
      '# Made by `platform export argocd`, which overwrites it.\nlimits: null\ndb:\n  password:\n    secret: postgres/password\n',
    );
  });

  it('names the Secrets and bounds of namespaces that it leaves out, and writes nothing of them', async () => {
    const none = { isolated: false, quota: {}, defaults: { requests: {}, limits: {} } };
    const keys = { user: { value: 'hunter2' }, password: { generate: 20 } };
    const environment = environmentOf([release('web')], {
      secrets: { login: { namespace: 'shop', keys }, off: { namespace: 'shop', keys, part: 'tracing' } },
      namespaces: { shop: { ...none, isolated: true }, web: none },
    });

    const { folder, written, secrets, boundNamespaces } = await exported(environment);

    expect(secrets).toEqual([{ name: 'login', namespace: 'shop', keys: ['user', 'password'] }]);
    expect(boundNamespaces).toEqual(['shop']);
    const texts = await Promise.all(written.map((file) => readFile(join(folder, file), 'utf8')));
    expect(texts.join('\n')).not.toMatch(/hunter2|NetworkPolicy|kind: Secret/);
  });

  it('refuses secrets before it asks for a chart, and writes nothing', async () => {
    const given = parts();
    const out = join(await folderWith({}), 'deploy');
    const values = [{ origin: 'platform.yaml', values: { password: 'hunter2' } }];
    const error = await errorOf(exported(environmentOf([release('web', { values })]), { out }, given));
    expect(error.code).toBe('usage');
    expect(given.asked).toEqual([]);
    await expect(readdir(out)).rejects.toThrow('ENOENT');
  });

  it('looks at the folder before it asks for a chart', async () => {
    const given = parts();
    const out = await folderWith({ mine: '' });
    expect((await errorOf(exported(environmentOf([release('web')]), { out }, given))).code).toBe('conflict');
    expect(given.asked).toEqual([]);
  });

  it('fails where a chart cannot be had: a stand-in has no place in a repository', async () => {
    const refusal = new PlatformError('prerequisite', 'the chart of web cannot be downloaded');
    const given = parts({ charts: { fetch: () => Promise.reject(refusal) } });
    expect(await errorOf(exported(environmentOf([release('web')]), {}, given))).toBe(refusal);
  });

  it('leaves out what a real cluster of the target does not get, and only that', async () => {
    const never = (provider: string) =>
      catalogueEntry(provider, { providers: { [provider]: { run: 'never', reason: `not on ${provider}` } } });
    const releases = ['embedded', 'kind', 'minikube', 'eks'].map((provider) =>
      release(provider, { catalogue: never(provider) }),
    );
    const omitted = async (more: Partial<Environment>) =>
      (await exported(environmentOf(releases, more))).omitted.map(({ release: name }) => name);
    const { local } = withoutFile('shop');
    expect(await omitted({})).toEqual(['kind']);
    expect(await omitted({ local: { ...local, provider: 'embedded' } })).toEqual(['kind']);
    expect(await omitted({ local: { ...local, provider: 'minikube' } })).toEqual(['minikube']);
    expect(await omitted({ target: 'aws' })).toEqual(['eks']);
  });

  it('refuses an order that does not exist', async () => {
    const needing = (name: string, other: string) => release(name, { needs: [{ release: other, facet: 'ready' }] });
    const error = await errorOf(exported(environmentOf([needing('a', 'b'), needing('b', 'a')])));
    expect(error.message).toBe('releases need each other in a circle: a → b → a');
  });
});
