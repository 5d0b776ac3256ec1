import { describe, expect, it } from 'vitest';
import { complaintsOf, folderWith, library, load, problemsOf } from './fixture.js';

const apps = 'releases:\n  database: {}\n  certificates: {}\n  network: {}\n  operator: { enabled: false }\n';
const namespaces = async (content: string) => (await load(`${apps}namespaces: ${content}\n`)).namespaces;
const bare = { isolated: false, quota: {}, defaults: { requests: {}, limits: {} } };

/** The namespaces of a file over a blueprint that has some, both as they are written. */
async function layered(inBlueprint: string, inFile: string) {
  const blueprints = await folderWith({
    'base.yaml': `apiVersion: platform/v1alpha1\nkind: Environment\n${apps}namespaces: ${inBlueprint}\n`,
  });
  return (await load(`blueprint: base\nnamespaces: ${inFile}\n`, { library: { ...library, blueprints } })).namespaces;
}

describe('the namespaces of a file', () => {
  it('are none where it names none', async () => {
    expect((await load(apps)).namespaces).toEqual({});
    expect(await namespaces('')).toEqual({});
  });

  it('have what is written, and nothing else', async () => {
    expect(
      await namespaces(
        '{ apps: { isolated: true, quota: { pods: "60", requests.cpu: "4" }, defaults: { requests: { cpu: 100m } } }, certificates: {} }',
      ),
    ).toEqual({
      apps: {
        isolated: true,
        quota: { pods: '60', 'requests.cpu': '4' },
        defaults: { requests: { cpu: '100m' }, limits: {} },
      },
      certificates: bare,
    });
  });

  it('are merged over the layers, deep down to each amount', async () => {
    const base = '{ apps: { isolated: true, quota: { pods: "60", secrets: "9" } } }';
    expect(await layered(base, '{ apps: { quota: { pods: "10" } } }')).toEqual({
      apps: { ...bare, isolated: true, quota: { pods: '10', secrets: '9' } },
    });
  });

  it.each([
    [
      'an amount',
      '{ apps: { quota: { secrets: null } } }',
      { apps: { ...bare, isolated: true, quota: { pods: '60' } } },
    ],
    ['the quota', '{ apps: { quota: null } }', { apps: { ...bare, isolated: true } }],
    ['all of it', '{ apps: null }', {}],
  ])('lose %s by null', async (_, inFile, expected) => {
    const base = '{ apps: { isolated: true, quota: { pods: "60", secrets: "9" } } }';
    expect(await layered(base, inFile)).toEqual(expected);
  });
});

describe('what a quota counts', () => {
  it.each([
    ...['cpu', 'requests.memory', 'limits.ephemeral-storage', 'requests.storage', 'services.loadbalancers'],
    ...['count/jobs.batch', 'count/widgets.example.org', 'requests.nvidia.com/gpu', 'requests.hugepages-2Mi'],
    'gold.storageclass.storage.k8s.io/requests.storage',
  ])('may be %s', async (name) => {
    expect((await namespaces(`{ apps: { quota: { ${name}: "2" } } }`))['apps']?.quota).toEqual({ [name]: '2' });
  });

  it.each(['request.cpu', 'pod', 'limits.pods', 'countjobs.batch', 'requests/'])('is not %s', async (name) => {
    const [problem] = await problemsOf(load(`${apps}namespaces: { apps: { quota: { ${name}: "2" } } }\n`));
    expect(problem).toMatchObject({
      path: `namespaces.apps.quota${/^\w+$/.test(name) ? `.${name}` : `["${name}"]`}`,
      message: `"${name}" cannot be a name under namespaces.apps.quota`,
    });
  });

  it('is counted in quantities, written as text', async () => {
    const attempt = load(`${apps}namespaces: { apps: { quota: { pods: 60, memory: 8GB, cpu: "-1" } } }\n`);
    expect((await problemsOf(attempt)).map(({ path, suggestion }) => [path, suggestion])).toEqual([
      ['namespaces.apps.quota.pods', 'write it as "60"'],
      ['namespaces.apps.quota.memory', undefined],
      ['namespaces.apps.quota.cpu', undefined],
    ]);
  });
});

describe('a namespace that no release is in', () => {
  it('is a mistake, and the one that was meant is named', async () => {
    const [problem] = await problemsOf(load(`${apps}namespaces: { certificate: { isolated: true } }\n`));
    expect(problem).toMatchObject({
      message: 'no release is installed in the namespace certificate',
      suggestion: 'did you mean certificates?',
      line: 9,
    });
  });

  it('is none where its release is for another target, or left out for now', async () => {
    expect(await namespaces('{ operator: { isolated: true } }')).toEqual({ operator: { ...bare, isolated: true } });
    const onAws = load(`${apps}aws: { account: "123456789012", region: eu-north-1 }\nnamespaces: { network: {} }\n`, {
      target: 'aws',
    });
    expect((await onAws).namespaces).toEqual({ network: bare });
  });

  it('is not ours where every cluster has it', async () => {
    const attempt = load(`releases: { metrics: {} }\nnamespaces: { kube-system: { isolated: true } }\n`);
    expect(await complaintsOf(attempt)).toEqual([
      'platform.yaml:5:15 every cluster has the namespace kube-system, which is not ours to limit',
    ]);
  });

  it('is not complained about twice', async () => {
    const attempt = load(`${apps}namespaces: { nope: { isolate: true } }\n`);
    expect(await complaintsOf(attempt)).toEqual([
      'platform.yaml:9:23 namespaces.nope.isolate is not a key this file can have',
    ]);
  });
});
