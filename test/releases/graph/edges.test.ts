import { describe, expect, it } from 'vitest';
import type { Need, Release } from '../../../src/environment/environment.js';
import { PlatformError } from '../../../src/errors.js';
import type { Contents, Definition } from '../../../src/releases/contents/contents.js';
import { edgesOf } from '../../../src/releases/graph/edges.js';
import { catalogueEntry, emptyContents, release } from '../release.js';

const rendered = (name: string, contents: Partial<Contents> = {}, needs: readonly string[] = []): Release =>
  release(name, { contents: { ...emptyContents, ...contents }, needs: needs.map(need) });

function need(text: string): Need {
  const [name = '', facet] = text.split(':');
  return { release: name, facet: facet as Need['facet'] };
}

const monitor = { group: 'monitoring.coreos.com', version: 'v1', kind: 'ServiceMonitor' };
const definition = (by: Definition['by'] = 'platform'): Definition => ({
  name: 'servicemonitors.monitoring.coreos.com',
  group: monitor.group,
  kind: monitor.kind,
  plural: 'servicemonitors',
  scope: 'Namespaced',
  versions: ['v1'],
  by,
  digest: 'd',
});
const uses = [{ ...monitor, object: 'ServiceMonitor/auth' }];

function edges(releases: readonly Release[], served: readonly string[] = []): string[] {
  return edgesOf({ releases, served: new Set(served) }).map(
    ({ from, to, facet, derived }) => `${from} → ${to}:${facet}${derived ? ` (${derived})` : ''}`,
  );
}

function problemOf(releases: readonly Release[], served: readonly string[] = []): PlatformError {
  try {
    edges(releases, served);
  } catch (error) {
    if (error instanceof PlatformError) return error;
  }
  throw new Error('nothing was wrong with it');
}

describe('who waits for whom', () => {
  it('is what was written', () => {
    const database = rendered('postgres', { workloads: ['StatefulSet/postgres'] });
    expect(edges([rendered('auth', {}, ['postgres:ready']), database])).toEqual(['auth → postgres:ready']);
  });

  it('follows from the custom resources that a release creates', () => {
    expect(edges([rendered('auth', { uses }), rendered('monitoring', { definitions: [definition()] })])).toEqual([
      'auth → monitoring:crds (creates ServiceMonitor/auth)',
    ]);
  });

  it('is told once where it was written, too', () => {
    const monitoring = rendered('monitoring', { definitions: [definition()] });
    expect(edges([rendered('auth', { uses }, ['monitoring:crds']), monitoring])).toEqual(['auth → monitoring:crds']);
  });

  it('is known from the catalogue while the chart that defines it is not rendered', () => {
    const crds = {
      from: 'folder',
      resources: [{ ...definition(), name: undefined, by: undefined, digest: undefined }],
    };
    const { group, kind, plural, scope, versions } = definition();
    const monitoring = release('monitoring', {
      catalogue: catalogueEntry('monitoring', {
        crds: { ...crds, resources: [{ group, kind, plural, scope, versions }] },
      }),
    });
    expect(edges([rendered('auth', { uses }), monitoring])).toContain(
      'auth → monitoring:crds (creates ServiceMonitor/auth)',
    );
  });

  it('follows from aggregated APIs', () => {
    const policy = { group: 'projectcalico.org', version: 'v3', kind: 'NetworkPolicy', object: 'NetworkPolicy/deny' };
    expect(
      edges([rendered('auth', { uses: [policy] }), rendered('calico', { apiServices: ['v3.projectcalico.org'] })]),
    ).toEqual(['auth → calico:api (creates NetworkPolicy/deny)']);
  });

  it('asks nothing of the release that defines what it creates', () => {
    expect(edges([rendered('monitoring', { uses, definitions: [definition()] })])).toEqual([]);
  });

  it('lets what the cluster serves anyway be', () => {
    expect(edges([rendered('auth', { uses })], ['monitoring.coreos.com'])).toEqual([]);
  });

  it('has all definitions wait for nobody, so that they may go both ways', () => {
    const certificates = { group: 'cert-manager.io', version: 'v1', kind: 'Certificate', object: 'Certificate/tls' };
    const certificate = { ...definition(), name: 'certificates.cert-manager.io', group: 'cert-manager.io' };
    expect(
      edges([
        rendered('monitoring', { uses: [certificates], definitions: [definition()] }),
        rendered('cert-manager', {
          uses,
          definitions: [{ ...certificate, kind: 'Certificate', plural: 'certificates' }],
        }),
      ]),
    ).toHaveLength(2);
  });

  it('waits for every definition while nobody knows what a release creates', () => {
    const found = edgesOf({
      releases: [release('portal'), rendered('monitoring', { definitions: [definition()] })],
      served: new Set(),
    });
    expect(found).toMatchObject([{ from: 'portal', to: 'monitoring', facet: 'crds', isPrecaution: true }]);
  });

  it('takes no such precaution where it would make a circle', () => {
    const monitoring = rendered('monitoring', { definitions: [definition('helm')] }, ['portal:ready']);
    expect(edges([release('portal'), monitoring])).toEqual(['monitoring → portal:ready']);
  });
});

describe('a webhook that has to admit what others create', () => {
  const rule = { configuration: 'guard', webhook: 'guard.example.org', operations: ['CREATE'] };
  const guard = (groups: readonly string[], resources: readonly string[]) =>
    rendered('guard', { webhooks: [{ ...rule, groups, resources }], workloads: ['Deployment/guard'] });

  it('is waited for by releases with objects that it is asked about', () => {
    expect(
      edges([
        guard([''], ['services']),
        rendered('auth', { resources: ['/services', 'apps/deployments'] }),
        rendered('jobs', { resources: ['batch/jobs'] }),
      ]),
    ).toEqual(['auth → guard:webhook (creates services, which its webhook admits)']);
  });

  it.each([
    [['*'], ['*'], true],
    [['apps'], ['*/*'], true],
    [['apps'], ['deployments/*'], true],
    [['apps'], ['deployments/scale'], false],
    [['batch'], ['*'], false],
  ])('asked about groups %j and resources %j is waited for: %s', (groups, resources, expected) => {
    const found = edges([guard(groups, resources), rendered('auth', { resources: ['apps/deployments'] })]);
    expect(found.length === 1).toBe(expected);
  });

  it('is not waited for by what it needs itself', () => {
    const needy = { ...guard([''], ['services']), needs: [need('postgres:ready')] };
    const database = rendered('postgres', { resources: ['/services'], workloads: ['StatefulSet/postgres'] });
    expect(edges([needy, database])).toEqual(['guard → postgres:ready']);
  });

  it('is not waited for where it is not asked about creating', () => {
    const webhooks = [{ ...rule, operations: ['DELETE'], groups: [''], resources: ['services'] }];
    expect(edges([rendered('guard', { webhooks }), rendered('auth', { resources: ['/services'] })])).toEqual([]);
  });
});

describe('a graph that is wrong', () => {
  it('names the object of a group that nobody provides', () => {
    const error = problemOf([rendered('auth', { uses })]);
    expect(error.message).toContain('auth creates ServiceMonitor/auth of monitoring.coreos.com/v1');
    expect(error.facts).toEqual({ unprovidedGroups: ['monitoring.coreos.com'] });
    expect(error.exitCode).toBe(2);
  });

  it('names a version that its definition does not serve', () => {
    const old = [{ ...monitor, version: 'v1alpha1', object: 'ServiceMonitor/old' }];
    const error = problemOf([rendered('auth', { uses: old }), rendered('monitoring', { definitions: [definition()] })]);
    expect(error.message).toContain('not in v1alpha1');
  });

  it('names two releases that bring one definition', () => {
    const both = ['kube-prometheus-stack', 'crds'].map((name) => rendered(name, { definitions: [definition()] }));
    expect(problemOf(both).message).toBe(
      'kube-prometheus-stack and crds both bring the definition servicemonitors.monitoring.coreos.com',
    );
  });

  it('names a facet that the needed release does not have, and those it has', () => {
    const error = problemOf([
      rendered('auth', {}, ['postgres:webhook']),
      rendered('postgres', { workloads: ['StatefulSet/postgres'] }),
    ]);
    expect(error.message).toBe('auth needs postgres:webhook, but postgres has no facet webhook');
    expect(error.suggestions).toEqual(['its facets are ready']);
  });

  it('names a circle with the facets and the reasons of its links', () => {
    const error = problemOf([
      rendered('auth', { uses, workloads: ['Deployment/auth'] }),
      rendered('monitoring', { definitions: [definition('helm')] }, ['auth:ready']),
    ]);
    expect(error.message).toMatch(/^releases need each other in a circle: /);
    expect(error.output).toContain('auth needs monitoring:crds (creates ServiceMonitor/auth)');
    expect(error.output).toContain('monitoring needs auth:ready');
  });

  it('is told with all that is wrong at once', () => {
    const error = problemOf([rendered('auth', { uses }), rendered('api', { uses })]);
    expect(error.message).toContain('(and 1 more)');
    expect(error.output?.split('\n')).toHaveLength(2);
  });
});
