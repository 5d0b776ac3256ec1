import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Environment } from '../../src/environment/environment.js';
import { loadEnvironment } from '../../src/environment/load.js';
import { mergeValues, originsOf } from '../../src/releases/values/values.js';
import { complaintsOf, errorOf, folderWith, header, library, load } from './fixture.js';

const release = (environment: Environment, name: string) => {
  const found = environment.releases.find((candidate) => candidate.name === name);
  if (!found) throw new Error(`no release ${name}`);
  return found;
};

const namesOf = (environment: Environment) => environment.releases.map(({ name }) => name);

describe('loading an environment', () => {
  it('fills everything that a bare file leaves open', async () => {
    const environment = await load('');
    expect(environment).toMatchObject({
      name: 'shop',
      target: 'local',
      blueprint: undefined,
      domain: 'shop.localhost',
      protect: false,
      local: {
        provider: 'auto',
        kubernetes: '1.36',
        workers: 1,
        ports: { http: { number: 80, isFixed: false }, https: { number: 443, isFixed: false } },
        registry: { port: { number: 5001, isFixed: false }, caches: [] },
        cni: 'default',
        subnets: { pods: '10.244.0.0/16', services: '10.96.0.0/16' },
        mirrors: {},
        authorities: [],
        size: {},
      },
      aws: undefined,
      images: {},
      releases: [],
      drills: {},
      parts: [],
      namespaces: {},
      secrets: {},
    });
    expect(environment.file).toMatch(/\/platform\.yaml$/);
  });

  it('takes the blueprint, and lets the file win over it key by key', async () => {
    const environment = await load('blueprint: shop\nlocal: { workers: 0, ports: { https: 8443 } }\nprotect: true\n');
    expect(environment.local).toMatchObject({
      workers: 0,
      ports: { http: { number: 8080, isFixed: true }, https: { number: 8443, isFixed: true } },
    });
    expect(environment).toMatchObject({ blueprint: 'shop', domain: 'shop.test', protect: true, parts: ['logging'] });
  });

  it('keeps the order of blueprint and file', async () => {
    const environment = await load('blueprint: shop\nreleases: { metrics: {}, gateway: {} }\n');
    expect(namesOf(environment)).toEqual([
      'network',
      'certificates',
      'gateway',
      'operator',
      'database',
      'store',
      'metrics',
    ]);
  });

  it('has all that a release of the catalogue needs to be installed', async () => {
    expect(release(await load('blueprint: shop\n'), 'certificates')).toMatchObject({
      namespace: 'certificates',
      chart: { from: 'repository', repository: 'https://charts.example', name: 'certificates', version: '1.0.0' },
      needs: [],
      catalogue: { kind: 'CatalogueEntry' },
    });
  });

  it('tolerates sections that are empty because all in them is commented out', async () => {
    const environment = await load('releases:\n  # gateway: {}\nimages:\ndrills:\nlocal:\naws:\nparts:\n');
    expect(environment.releases).toEqual([]);
  });

  it('follows anchors and merge keys', async () => {
    const { releases } = await load(
      [
        'releases:',
        '  one: &app { chart: service, namespace: apps, values: { replicas: 1 } }',
        '  two:',
        '    <<: *app',
        '    namespace: others',
      ].join('\n'),
    );
    expect(releases.map(({ name, namespace, values }) => [name, namespace, mergeValues(values)])).toEqual([
      ['one', 'apps', { replicas: 1 }],
      ['two', 'others', { replicas: 1 }],
    ]);
  });
});

describe('the values of a release', () => {
  const content = `
blueprint: shop
releases:
  gateway:
    values: { replicas: 3 }
    local: { values: { replicas: 4, hostPort: 9090 } }
    aws: { values: { replicas: 5 } }
`;

  it('come from the catalogue, the blueprint, the file and the overlay of the target, the last one winning', async () => {
    const { values } = release(await load(content), 'gateway');
    expect(values.map(({ origin }) => origin)).toEqual([
      'helm-values/gateway/values.yaml',
      'helm-values/gateway/local.yaml',
      'blueprint shop',
      'blueprint shop (local)',
      expect.stringMatching(/platform\.yaml$/),
      expect.stringMatching(/platform\.yaml \(local\)$/),
    ]);
    expect(mergeValues(values)).toEqual({
      replicas: 4,
      log: { level: 'debug', format: 'json' },
      args: ['--blueprint'],
      hostPort: 9090,
    });
    expect(originsOf(values).get('log.level')).toBe('helm-values/gateway/local.yaml');
  });

  it('are those of the other target there', async () => {
    const environment = await load(`${content}aws: { account: "012345678901" }\n`, { target: 'aws' });
    expect(mergeValues(release(environment, 'gateway').values)).toEqual({
      replicas: 5,
      log: { level: 'info', format: 'json' },
      args: ['--blueprint'],
      scheme: 'internet-facing',
    });
  });

  it('end with what --set says, whatever the file has', async () => {
    const { values } = release(await load(content, { set: ['gateway.replicas=9', 'gateway.log=null'] }), 'gateway');
    expect(mergeValues(values)).toMatchObject({ replicas: 9, log: null });
    expect(values.slice(-2).map(({ origin }) => origin)).toEqual(['--set', '--set']);
  });

  it('have the words of the environment put in, whichever layer they are in', async () => {
    const environment = await load('blueprint: shop\nreleases: { gateway: { values: { in: "{environment}" } } }', {
      set: ['gateway.host=www.{domain}'],
    });
    expect(mergeValues(release(environment, 'gateway').values)).toMatchObject({ in: 'shop', host: 'www.shop.test' });
    expect(mergeValues(release(environment, 'database').values)).toMatchObject({ url: 'postgres://shop.test' });
  });

  it('keep quoted words as text', async () => {
    const environment = await load(
      'releases: { one: { chart: service, namespace: apps, values: { a: "no", b: "0644", c: "1", d: 1.10, e: ~ } } }',
    );
    expect(mergeValues(release(environment, 'one').values)).toEqual({ a: 'no', b: '0644', c: '1', d: 1.1, e: null });
  });

  it('start anew where a layer brings another chart', async () => {
    const own = await load(
      'blueprint: shop\nreleases: { database: { chart: "oci://r.example/postgresql:16.0.0", namespace: apps, values: { a: 1 } } }',
    );
    expect(mergeValues(release(own, 'database').values)).toEqual({ a: 1 });
    expect(release(own, 'database').catalogue).toBeUndefined();
  });

  it('stay where only the place or the version of the chart differs', async () => {
    const mirrored = await load(
      'blueprint: shop\nreleases: { gateway: { chart: "oci://mirror.example/gateway:2.1.0" } }',
    );
    expect(release(mirrored, 'gateway').chart).toEqual({
      from: 'oci',
      reference: 'oci://mirror.example/gateway',
      version: '2.1.0',
    });
    expect(mergeValues(release(mirrored, 'gateway').values)).toMatchObject({ log: { format: 'json' } });
    expect(release(mirrored, 'gateway').catalogue).toBeDefined();
  });
});

describe('which releases there are', () => {
  it('leaves out those of the other target, by the catalogue or by the file', async () => {
    const aws = await load(
      'blueprint: shop\naws: { account: "012345678901" }\nreleases: { metrics: { only: local }, gateway: { only: aws } }',
      { target: 'aws' },
    );
    expect(namesOf(aws)).toEqual(['certificates', 'gateway', 'operator', 'database', 'store']);
  });

  it('leaves out what the file switches off, and the needs of weaker layers with it', async () => {
    const environment = await load(
      'blueprint: shop\nreleases: { operator: { enabled: false }, gateway: { enabled: false } }',
    );
    expect(namesOf(environment)).not.toContain('operator');
    expect(release(environment, 'database').needs).toEqual([]);
    expect(release(environment, 'store').needs).toEqual([{ release: 'database', facet: 'ready' }]);
  });

  it('has the Pod Security level that the file gives, anything looser with a reason', async () => {
    const given = (podSecurity: string) =>
      load(`blueprint: shop\nreleases: { operator: { podSecurity: ${podSecurity} } }`);
    expect(release(await given('{ level: baseline, reason: it reads logs }'), 'operator').podSecurity).toEqual({
      level: 'baseline',
      reason: 'it reads logs',
    });
    await expect(given('{ level: privileged }')).rejects.toMatchObject({ code: 'usage' });
  });

  it('lets the file switch on what the blueprint only offers', async () => {
    expect(namesOf(await load('blueprint: shop\n'))).not.toContain('search');
    expect(namesOf(await load('blueprint: shop\nreleases: { search: { enabled: true } }'))).toContain('search');
  });
});

describe('the rest of an environment', () => {
  it('has its images in absolute folders, each relative to the file that names it', async () => {
    const environment = await load(
      'blueprint: shop\nimages: { api: { context: apps/api, dockerfile: Containerfile, target: run, args: { EDITION: a } } }',
    );
    expect(environment.images).toEqual({
      store: { context: join(library.blueprints, '../apps/store'), args: {}, platforms: [] },
      api: {
        context: expect.stringMatching(/^\/.*\/apps\/api$/) as string,
        dockerfile: 'Containerfile',
        target: 'run',
        args: { EDITION: 'a' },
        platforms: [],
      },
    });
  });

  it('has the files of its local cluster in absolute paths, and leaves URLs alone', async () => {
    const { local } = await load(
      'local: { cni: ./net.yaml, charts: oci://mirror.example/charts, kindConfig: kind.yaml, authorities: [corp.pem] }',
    );
    expect(local).toMatchObject({
      cni: expect.stringMatching(/^\/.*\/net\.yaml$/) as string,
      charts: 'oci://mirror.example/charts',
      kindConfig: expect.stringMatching(/^\/.*\/kind\.yaml$/) as string,
      authorities: [expect.stringMatching(/^\/.*\/corp\.pem$/) as string],
    });
    expect((await load('local: { cni: https://example.org/net.yaml }')).local.cni).toBe('https://example.org/net.yaml');
  });

  it('takes account and region from whichever layer has them', async () => {
    const { aws } = await load(
      'blueprint: shop\naws: { account: "012345678901", database: { engine: mysql, class: db.t4g.micro } }',
    );
    expect(aws).toEqual({
      account: '012345678901',
      region: 'eu-north-1',
      database: { engine: 'mysql', class: 'db.t4g.micro' },
    });
  });

  it('has its public domain on AWS only', async () => {
    const content = 'blueprint: shop\naws: { account: "012345678901", domain: shop.example.com }\n';
    expect((await load(content, { target: 'aws' })).domain).toBe('shop.example.com');
    expect((await load(content)).domain).toBe('shop.test');
  });

  it('lets flags win over the file', async () => {
    const environment = await load('blueprint: empty\nlocal: { provider: kind }\ndomain: a.test\n', {
      ...{ name: 'other', domain: '{environment}.internal', provider: 'embedded', blueprint: 'shop' },
    });
    expect(environment).toMatchObject({ name: 'other', domain: 'other.internal', local: { provider: 'embedded' } });
    expect(environment.blueprint).toBe('shop');
  });
});

describe('finding what to load', () => {
  it('uses a blueprint under its own name where there is no file', async () => {
    const cwd = await folderWith({});
    const environment = await loadEnvironment({ cwd, target: 'local', blueprint: 'shop', library });
    expect(environment).toMatchObject({ name: 'shop', blueprint: 'shop', file: undefined, domain: 'shop.test' });
  });

  it('loads the bundled microservices blueprint where nothing at all is said', async () => {
    const environment = await loadEnvironment({ cwd: await folderWith({}), target: 'local' });
    expect(environment).toMatchObject({ name: 'microservices', blueprint: 'microservices', file: undefined });
    expect(namesOf(environment)).toEqual([
      ...['calico', 'cert-manager', 'metrics-server', 'traefik', 'kube-prometheus-stack', 'observability', 'inbox'],
      ...['reaper', 'postgres', 'postgres-exporter', 'auth', 'images', 'api', 'webportal'],
    ]);
  });

  it('names files by the way to them', async () => {
    const cwd = await folderWith({ 'environments/a.yaml': 'nonsense: 1\n' });
    const attempt = loadEnvironment({ cwd, file: 'environments/a.yaml', target: 'local', library });
    expect((await complaintsOf(attempt))[0]).toMatch(/^environments\/a\.yaml:1:1 /);
  });

  it('says that a file is not there, and what to do', async () => {
    const cwd = await folderWith({});
    const error = await errorOf(loadEnvironment({ cwd, file: 'shop.yaml', target: 'local', library }));
    expect(error.message).toBe('shop.yaml does not exist');
    expect(error.code).toBe('usage');
    expect(error.suggestions).toEqual(['`platform init` writes an environment file to start from']);
  });

  it('says that a folder is not a file', async () => {
    const cwd = await folderWith({});
    await mkdir(join(cwd, 'platform.yaml'));
    const error = await errorOf(loadEnvironment({ cwd, target: 'local', library }));
    expect(error.message).toBe('platform.yaml is a folder, not a file');
  });

  it('says that a file cannot be read, and why', async () => {
    const cwd = await folderWith({ 'a.yaml': header });
    const error = await errorOf(loadEnvironment({ cwd, file: 'a.yaml/b.yaml', target: 'local', library }));
    expect(error.message).toBe('a.yaml/b.yaml cannot be read');
    expect(error.cause).toMatchObject({ code: 'ENOTDIR' });
  });
});
