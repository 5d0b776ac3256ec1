import { describe, expect, it } from 'vitest';
import type { Release } from '../../../src/environment/environment.js';
import type { Edge } from '../../../src/releases/contents/contents.js';
import { appOfApps } from '../../../src/releases/argocd/app-of-apps.js';
import type { UnstableFields } from '../../../src/releases/argocd/unstable-fields.js';
import { errorOf } from '../../environment/fixture.js';
import { catalogueEntry, release } from '../release.js';
import { contents, definition, rendered } from './given.js';

const git = { repoURL: 'https://git.example.org/team/platform.git', revision: 'main', path: 'deploy/shop' };

function exported(
  releases: readonly Release[],
  more: {
    readonly environment?: string;
    readonly edges?: readonly Edge[];
    readonly path?: string;
    readonly chartFolders?: ReadonlyMap<string, string>;
    readonly unstable?: ReadonlyMap<string, readonly UnstableFields[]>;
  } = {},
) {
  const { environment = 'shop', edges = [], path = git.path, chartFolders = new Map<string, string>() } = more;
  const { unstable = new Map<string, readonly UnstableFields[]>() } = more;
  return appOfApps({ environment, releases, edges, git: { ...git, path }, chartFolders, unstable });
}
const applicationOf = (name: string, all: ReturnType<typeof exported>) =>
  all.applications.find((found) => found.name === name)?.application;

describe('the root', () => {
  it('watches the folder of the Applications, takes them along when it is deleted, and is in no wave', () => {
    expect(exported([rendered('db')]).root).toEqual({
      name: 'shop',
      application: {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Application',
        metadata: {
          ...{ name: 'shop', namespace: 'argocd', labels: { 'platform.dev/environment': 'shop' } },
          finalizers: ['resources-finalizer.argocd.argoproj.io'],
        },
        spec: {
          project: 'default',
          destination: { server: 'https://kubernetes.default.svc', namespace: 'argocd' },
          source: { repoURL: git.repoURL, targetRevision: 'main', path: 'deploy/shop/argocd' },
          syncPolicy: {
            automated: { prune: true, selfHeal: true },
            retry: { limit: 5, backoff: { duration: '10s', factor: 2, maxDuration: '3m' } },
          },
        },
      },
    });
  });

  it('has another name where a release has that of the environment', () => {
    expect(exported([rendered('shop')]).root.name).toBe('shop-apps');
    expect(exported([rendered('shop'), rendered('shop-apps')]).root.name).toBe('shop-apps-apps');
    expect(exported([rendered('x', 'platform')], { environment: 'x-crds' }).root.name).toBe('x-crds-apps');
  });
});

describe('the Application of a release', () => {
  it('has the chart and, from the repository, its values', () => {
    const edges: Edge[] = [{ from: 'db', to: 'network', facet: 'ready' }];
    expect(applicationOf('db', exported([rendered('db'), rendered('network')], { edges }))).toMatchObject({
      metadata: {
        ...{ name: 'db', namespace: 'argocd', finalizers: ['resources-finalizer.argocd.argoproj.io'] },
        annotations: { 'argocd.argoproj.io/sync-wave': '1' },
      },
      spec: {
        destination: { server: 'https://kubernetes.default.svc', namespace: 'shop' },
        sources: [
          {
            ...{ repoURL: 'https://charts.example.org', chart: 'db', targetRevision: '1.2.3' },
            helm: { releaseName: 'db', valueFiles: ['$values/deploy/shop/values/db.yaml'] },
          },
          { repoURL: git.repoURL, targetRevision: 'main', ref: 'values' },
        ],
        syncPolicy: { automated: { prune: true, selfHeal: true }, syncOptions: ['CreateNamespace=true'] },
      },
    });
  });

  it('names a chart in a registry as Argo CD wants it: without the scheme', () => {
    const chart = { from: 'oci', reference: 'oci://ghcr.io/team/charts/db', version: '2.0.0' } as const;
    expect(applicationOf('db', exported([rendered('db', undefined, { chart })]))).toMatchObject({
      spec: { sources: [{ repoURL: 'ghcr.io/team/charts', chart: 'db', targetRevision: '2.0.0' }, {}] },
    });
  });

  it('takes a local chart from the repository, at its root too', () => {
    const db = rendered('db', undefined, { chart: { from: 'folder', path: '/charts/db' } });
    const chartFolders = new Map([['db', 'charts/db']]);
    expect(applicationOf('db', exported([db], { chartFolders, path: '' }))).toMatchObject({
      spec: {
        sources: [
          {
            ...{ repoURL: git.repoURL, targetRevision: 'main', path: 'charts/db' },
            helm: { valueFiles: ['$values/values/db.yaml'] },
          },
          { ref: 'values' },
        ],
      },
    });
  });

  it('gives its namespace the labels of `up`, the loosest Pod Security level that one in it needs', () => {
    const privileged = { podSecurity: { level: 'privileged', reason: 'host ports' } };
    const all = exported([
      rendered('db'),
      rendered('proxy', undefined, { catalogue: catalogueEntry('proxy', privileged) }),
      rendered('web', undefined, { namespace: 'web' }),
    ]);
    const levelOf = (name: string, enforce: string) => {
      expect(applicationOf(name, all)).toMatchObject({
        spec: {
          syncPolicy: {
            managedNamespaceMetadata: {
              labels: {
                'platform.dev/environment': 'shop',
                'pod-security.kubernetes.io/enforce': enforce,
                'pod-security.kubernetes.io/warn': enforce,
              },
            },
          },
        },
      });
    };
    levelOf('db', 'privileged');
    levelOf('proxy', 'privileged');
    levelOf('web', 'restricted');
  });

  it('leaves the namespaces alone that every cluster has', () => {
    const all = exported([rendered('metrics', undefined, { namespace: 'kube-system' })]);
    const text = JSON.stringify(applicationOf('metrics', all));
    expect(text).not.toMatch(/CreateNamespace|managedNamespaceMetadata|syncOptions/);
  });

  it('keeps what each rendering has another of', () => {
    const fields = { kind: 'Secret', name: 'db', jsonPointers: ['/data/password'] };
    const all = exported([rendered('db'), rendered('web')], { unstable: new Map([['db', [fields]]]) });
    expect(applicationOf('db', all)).toMatchObject({
      spec: {
        ignoreDifferences: [fields],
        syncPolicy: { syncOptions: ['CreateNamespace=true', 'RespectIgnoreDifferences=true'] },
      },
    });
    expect(JSON.stringify(applicationOf('web', all))).not.toMatch(/ignoreDifferences|RespectIgnoreDifferences/);
  });

  it('holds no password of a chart repository', async () => {
    const chart = {
      from: 'repository',
      repository: 'https://me:hunter2@c.example.org',
      name: 'db',
      version: '1.0.0',
    } as const;
    const error = await errorOf(Promise.resolve().then(() => exported([rendered('db', undefined, { chart })])));
    expect(error.message).toBe('the chart repository of db holds a password: https://me:***@c.example.org');
  });
});

describe('definitions', () => {
  it('that go first come in an Application of their own, which nothing deletes them with', () => {
    const all = exported([rendered('operator', 'platform')]);
    expect(
      all.applications.map(({ name, file, wave, brings, release: of }) => ({ name, file, wave, brings, of })),
    ).toEqual([
      { name: 'operator-crds', file: 'argocd/operator-crds.yaml', wave: 0, brings: 'definitions', of: 'operator' },
      { name: 'operator', file: 'argocd/operator.yaml', wave: 1, brings: 'release', of: 'operator' },
    ]);
    const definitions = applicationOf('operator-crds', all);
    expect(definitions).toMatchObject({
      spec: {
        source: { repoURL: git.repoURL, targetRevision: 'main', path: 'deploy/shop/definitions/operator' },
        syncPolicy: {
          automated: { prune: false, selfHeal: true },
          syncOptions: ['ServerSideApply=true'],
          retry: { limit: 5, backoff: { duration: '10s', factor: 2, maxDuration: '3m' } },
        },
      },
    });
    expect(definitions?.metadata.finalizers).toBeUndefined();
    // The chart brings none a second time, and may be deleted.
    expect(applicationOf('operator', all)).toMatchObject({
      metadata: { finalizers: ['resources-finalizer.argocd.argoproj.io'] },
      spec: { sources: [{ helm: { skipCrds: true } }, {}], syncPolicy: { automated: { prune: true } } },
    });
  });

  it('that Helm owns come with their chart, which then never prunes and has no finalizer', () => {
    const all = exported([rendered('operator', 'helm')]);
    expect(all.applications).toHaveLength(1);
    const application = applicationOf('operator', all);
    expect(application).toMatchObject({
      spec: {
        sources: [{ helm: { releaseName: 'operator' } }, {}],
        syncPolicy: {
          automated: { prune: false, selfHeal: true },
          syncOptions: ['CreateNamespace=true', 'ServerSideApply=true'],
        },
      },
    });
    expect(application?.metadata.finalizers).toBeUndefined();
    expect(JSON.stringify(application)).not.toContain('skipCrds');
  });

  it('of both kinds in one chart are both taken care of', () => {
    const both = release('operator', {
      contents: contents({
        definitions: [definition('a.example.org', 'platform'), definition('b.example.org', 'helm')],
      }),
    });
    const all = exported([both]);
    expect(all.applications.map(({ name }) => name)).toEqual(['operator-crds', 'operator']);
    expect(applicationOf('operator', all)).toMatchObject({
      spec: { sources: [{ helm: { skipCrds: true } }, {}], syncPolicy: { automated: { prune: false } } },
    });
  });

  it('get another name where a release has theirs', () => {
    const names = exported([rendered('x', 'platform'), rendered('x-crds')]).applications.map(({ name }) => name);
    expect(names.sort()).toEqual(['x', 'x-crds', 'x-crds-definitions']);
  });
});

it('gives the same Applications in the same order, whatever the order of the file', () => {
  const releases = [rendered('web'), rendered('api', 'platform'), rendered('db', 'helm')];
  const edges: Edge[] = [{ from: 'web', to: 'db', facet: 'crds' }];
  expect(exported([...releases].reverse(), { edges })).toEqual(exported(releases, { edges }));
});
