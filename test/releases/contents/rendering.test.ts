import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Release } from '../../../src/environment/environment.js';
import type { Chart } from '../../../src/releases/charts/charts.js';
import type { HelmTemplate } from '../../../src/releases/helm/helm.js';
import { createRenderings } from '../../../src/releases/contents/rendering.js';
import { context } from '../cluster.js';
import { catalogueEntry, release } from '../release.js';

let folder = '';
let chart: Chart = { path: '', digest: 'sha256:1', standIn: false };
let asked: HelmTemplate[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'platform-rendering-'));
  asked = [];
  chart = { ...chart, path: join(folder, 'web') };
  await mkdir(chart.path);
  await writeFile(join(chart.path, 'Chart.yaml'), 'name: web\n');
});
afterEach(() => rm(folder, { recursive: true }));

const definition = (source: string, name = 'things') => `---
# Source: ${source}
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: ${name}.example.org
  creationTimestamp: null
  labels: { app.kubernetes.io/managed-by: Helm, app: web }
  annotations: { helm.sh/resource-policy: keep, docs: here }
spec:
  group: example.org
  names: { kind: Thing, plural: ${name} }
  scope: Cluster
  versions: [{ name: v1, served: true }]
status: { conditions: [] }
`;
const inFolder = definition('web/crds/things.yaml');
const templated = definition('web/templates/things.yaml');
const deployment =
  '---\n# Source: web/templates/web.yaml\n{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}}\n';

function renderings(render: (template: HelmTemplate) => string) {
  return createRenderings({
    folder: join(folder, 'rendered'),
    helm: {
      template(template) {
        asked.push(template);
        return Promise.resolve(render(template));
      },
    },
    charts: {
      fetch: ({ chart: reference }) => Promise.resolve({ ...chart, path: 'name' in reference ? reference.name : '' }),
    },
    kubernetes: '1.36',
    apis: ['example.org/v1'],
  });
}

const by = async (given: Release, text: (template: HelmTemplate) => string) =>
  (await renderings(text).contents(given, chart, context())).definitions.map(
    ({ name, by: whom }) => `${name} by ${whom}`,
  );

describe('the rendering of a chart', () => {
  it('is made with the values of all layers, and with the APIs that others bring', async () => {
    const values = [
      { origin: 'a', values: { a: 1, b: 1 } },
      { origin: 'b', values: { b: 2 } },
    ];
    await renderings(() => deployment).contents(release('web', { values }), chart, context());
    expect(asked).toEqual([
      {
        name: 'web',
        namespace: 'shop',
        chart: chart.path,
        values: { a: 1, b: 2 },
        kubernetes: '1.36',
        apis: ['example.org/v1'],
      },
    ]);
  });

  it('is remembered for its chart and values, by the next process, too', async () => {
    const web = release('web');
    const first = await renderings(() => deployment).contents(web, chart, context());
    const later = renderings(() => {
      throw new Error('asked again');
    });
    expect(await later.contents(web, chart, context())).toEqual(first);
    expect(await later.known(web, { ...chart, digest: 'sha256:2' })).toBeUndefined();
    expect(await later.known({ ...web, values: [{ origin: '--set', values: { a: 1 } }] }, chart)).toBeUndefined();
  });

  it('is made once where many ask at the same time', async () => {
    const all = renderings(() => deployment);
    await Promise.all([1, 2, 3].map(() => all.contents(release('web'), chart, context())));
    expect(asked).toHaveLength(1);
  });

  it('is asked for again after it failed', async () => {
    let fails = true;
    const all = renderings(() => {
      if (fails) throw new Error('bad values');
      return deployment;
    });
    await expect(all.contents(release('web'), chart, context())).rejects.toThrow('bad values');
    fails = false;
    expect((await all.contents(release('web'), chart, context())).workloads).toEqual(['Deployment/web']);
  });

  it('tells values that the schema of the chart does not have', async () => {
    const schema = { type: 'object', properties: { replicaCount: {} }, additionalProperties: false };
    await writeFile(join(chart.path, 'values.schema.json'), JSON.stringify(schema));
    const values = [{ origin: 'platform.yaml', values: { replicaCont: 2 } }];
    const { unknownValues } = await renderings(() => deployment).contents(release('web', { values }), chart, context());
    expect(unknownValues).toEqual([
      { path: 'replicaCont', origin: 'platform.yaml', refused: true, suggestion: 'replicaCount' },
    ]);
  });

  it('leaves no values on the disk', async () => {
    const values = [{ origin: 'a', values: { password: 'hunter2' } }];
    const secret = '---\n{apiVersion: v1, kind: Secret, metadata: {name: web}, stringData: {password: hunter2}}\n';
    await renderings(() => secret).contents(release('web', { values }), chart, context());
    const files = await readdir(join(folder, 'rendered'), { recursive: true, withFileTypes: true });
    const texts = await Promise.all(
      files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name), 'utf8')),
    );
    expect(texts).not.toEqual([]);
    expect(texts.join()).not.toContain('hunter2');
  });

  it('names the template that gives no YAML', async () => {
    await expect(
      renderings(() => '---\n# Source: web/templates/bad.yaml\na: [\n').contents(release('web'), chart, context()),
    ).rejects.toMatchObject({ code: 'usage', output: expect.stringContaining('web/templates/bad.yaml') as string });
  });
});

describe('the definitions of a chart', () => {
  const known = (crds: object) =>
    release('web', { catalogue: catalogueEntry('web', { crds: { resources: [resource], ...crds } }) });
  const resource = { group: 'example.org', kind: 'Thing', plural: 'things', scope: 'Cluster', versions: ['v1'] };

  it('are ours where they are in a crds folder, and what Helm templates is its own', async () => {
    expect(await by(release('web'), () => inFolder + definition('web/templates/b.yaml', 'others'))).toEqual([
      'others.example.org by helm',
      'things.example.org by platform',
    ]);
  });

  it('are rendered apart, with their switch on, where the chart has one', async () => {
    const web = known({ from: 'switch', switch: { crds: { enabled: true } } });
    expect(await by(web, ({ values }) => ('crds' in values ? templated : deployment))).toEqual([
      'things.example.org by platform',
    ]);
  });

  it('are refused where the switch is on for Helm, too', async () => {
    await expect(by(known({ from: 'switch', switch: { crds: { enabled: true } } }), () => templated)).rejects.toThrow(
      'the values of web let Helm install definitions, such as things.example.org',
    );
  });

  it('are taken from a chart of their own where there is one', async () => {
    const own = { repository: 'https://charts.example.org', name: 'web-crds', version: '1.0.0' };
    const found = await by(known({ from: 'switch', chart: own }), ({ chart: path }) =>
      path === 'web-crds' ? templated : deployment,
    );
    expect(found).toEqual(['things.example.org by platform']);
  });

  it('are applied without what only their author’s tools and Helm put there', async () => {
    const all = renderings(() => inFolder);
    const [object] = await all.definitions(release('web'), chart, context());
    expect(object).toEqual({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'things.example.org', labels: { app: 'web' }, annotations: { docs: 'here' } },
      spec: {
        group: 'example.org',
        names: { kind: 'Thing', plural: 'things' },
        scope: 'Cluster',
        versions: [{ name: 'v1', served: true }],
      },
    });
  });

  it('of a stand-in are ours, whatever the real chart would do', async () => {
    const web = known({ from: 'helm' });
    const contents = await renderings(() => inFolder).contents(web, { ...chart, standIn: true }, context());
    expect(contents.definitions.map(({ by: whom }) => whom)).toEqual(['platform']);
  });
});
