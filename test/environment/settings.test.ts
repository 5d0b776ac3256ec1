import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadEnvironment } from '../../src/environment/load.js';
import { isManifest } from '../../src/environment/settings.js';
import { complaintsOf, folderWith, header, library, load } from './fixture.js';

/** The local settings of a file over a blueprint that has some, both as they are written. */
async function layered(inBlueprint: string, inFile: string) {
  const blueprints = await folderWith({
    'base.yaml': `apiVersion: platform/v1alpha1\nkind: Environment\nlocal: ${inBlueprint}\n`,
  });
  const content = `blueprint: base\nlocal: ${inFile}\n`;
  const { local } = await load(content, { library: { ...library, blueprints } });
  return { local, blueprints };
}

const local = async (content: string) => (await load(`local: ${content}\n`)).local;

describe('ports on this machine', () => {
  it('are fixed where a file names them, and first tries where none does', async () => {
    const { ports, registry } = await local('{ ports: { http: 8080 }, registry: { port: 5005 } }');
    expect(ports).toEqual({ http: { number: 8080, isFixed: true }, https: { number: 443, isFixed: false } });
    expect(registry.port).toEqual({ number: 5005, isFixed: true });
  });

  it('are fixed by name even where that is the default', async () => {
    const { ports, registry } = await local('{ ports: { https: 443 }, registry: { port: 5001 } }');
    expect(ports.https).toEqual({ number: 443, isFixed: true });
    expect(registry.port).toEqual({ number: 5001, isFixed: true });
  });

  it('come each from the last layer that names it', async () => {
    const { local: settings } = await layered('{ ports: { http: 81, https: 82 } }', '{ ports: { https: 83 } }');
    expect(settings.ports).toMatchObject({ http: { number: 81 }, https: { number: 83 } });
  });
});

describe('caches of registries', () => {
  it('are those of the last layer that has a list, none where there is none', async () => {
    expect((await local('{ registry: { port: 5005 } }')).registry.caches).toEqual([]);
    const base = '{ registry: { caches: [docker.io, quay.io] } }';
    expect((await layered(base, '{ workers: 2 }')).local.registry.caches).toEqual(['docker.io', 'quay.io']);
    expect((await layered(base, '{ registry: { caches: [ghcr.io] } }')).local.registry.caches).toEqual(['ghcr.io']);
    expect((await layered(base, '{ registry: { caches: [] } }')).local.registry.caches).toEqual([]);
  });
});

describe('networks inside the cluster', () => {
  it('are those that a file names, each by itself', async () => {
    expect((await local('{ subnets: { pods: 10.10.0.0/16 } }')).subnets).toEqual({
      pods: '10.10.0.0/16',
      services: '10.96.0.0/16',
    });
    const both = await layered('{ subnets: { pods: 10.10.0.0/16 } }', '{ subnets: { services: 10.11.0.0/16 } }');
    expect(both.local.subnets).toEqual({ pods: '10.10.0.0/16', services: '10.11.0.0/16' });
  });

  it('are refused where they are no networks', async () => {
    const attempt = load('local: { subnets: { pods: 10.10.0.0 } }\n');
    expect((await complaintsOf(attempt))[0]).toMatch(/^.*platform\.yaml:4:\d+ local\.subnets\.pods is "10\.10\.0\.0"/);
  });
});

describe('mirrors of registries', () => {
  it('are merged over the layers by their host, the last one winning', async () => {
    const { local: settings } = await layered(
      '{ mirrors: { docker.io: "https://old.example", quay.io: local } }',
      '{ mirrors: { docker.io: "https://new.example", ghcr.io: local } }',
    );
    expect(settings.mirrors).toEqual({ 'docker.io': 'https://new.example', 'quay.io': 'local', 'ghcr.io': 'local' });
  });
});

describe('the size of the node', () => {
  it('is merged over the layers, and is nothing where nobody says one', async () => {
    expect((await local('{ workers: 2 }')).size).toEqual({});
    const { local: settings } = await layered('{ size: { cpus: 2, memory: 4g } }', '{ size: { memory: 8g } }');
    expect(settings.size).toEqual({ cpus: 2, memory: '8g' });
  });
});

describe('files of a local cluster', () => {
  it('are below the folder of the layer that names them', async () => {
    const { local: settings, blueprints } = await layered(
      '{ cni: ./net.yaml, kindConfig: kind.yaml, charts: ../charts, authorities: [one.pem] }',
      '{ authorities: [two.pem] }',
    );
    expect(settings).toMatchObject({
      cni: join(blueprints, 'net.yaml'),
      kindConfig: join(blueprints, 'kind.yaml'),
      charts: join(blueprints, '../charts'),
      authorities: [join(blueprints, 'one.pem'), expect.stringMatching(/^\/.*\/two\.pem$/) as string],
    });
    expect(settings.authorities[1]).not.toContain(blueprints);
  });

  it('are absent where nobody names them', async () => {
    const settings = await local('{ workers: 2 }');
    for (const key of ['charts', 'nodeImage', 'kindConfig']) expect(settings).not.toHaveProperty(key);
    expect(await local('{ nodeImage: "kindest/node:v1.35.0" }')).toMatchObject({ nodeImage: 'kindest/node:v1.35.0' });
  });

  it.each([
    ...[
      ['calico', false],
      ['default', false],
      ['none', false],
    ],
    ['./calico.yaml', true],
    ['https://example.org/net.yaml', true],
  ] as const)('are manifests of the pod network or not: %s', (cni, expected) => {
    expect(isManifest(cni)).toBe(expected);
  });
});

describe('--charts', () => {
  it('wins over the file; a folder is relative to where the command runs', async () => {
    const cwd = await folderWith({ 'shop/platform.yaml': `${header}local: { charts: ./in-file }\n` });
    await mkdir(join(cwd, 'mirror'));
    const load = async (charts?: string) =>
      (await loadEnvironment({ cwd, file: 'shop/platform.yaml', target: 'local', library, charts })).local.charts;
    expect(await load()).toBe(join(cwd, 'shop/in-file'));
    expect(await load('mirror')).toBe(join(cwd, 'mirror'));
    expect(await load('/absolute/mirror')).toBe('/absolute/mirror');
    expect(await load('oci://registry.corp/charts')).toBe('oci://registry.corp/charts');
  });
});
