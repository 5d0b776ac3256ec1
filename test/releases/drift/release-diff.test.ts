import { describe, expect, it } from 'vitest';
import { PlatformError } from '../../../src/errors.js';
import type { Check } from '../../../src/plan/step.js';
import { encodeHelmRecord } from '../../../src/releases/helm/helm-record.js';
import type { HelmTemplate } from '../../../src/releases/helm/helm.js';
import { liveCluster } from '../../../src/releases/drift/live-cluster.js';
import type { ObservedRelease } from '../../../src/releases/helm/observed.js';
import { diffRelease, type ReleaseDiffOptions } from '../../../src/releases/drift/release-diff.js';
import { liveObjects, type LiveObjects } from '../live-objects.js';
import { release } from '../release.js';

const observed: ObservedRelease = {
  ...{ name: 'web', namespace: 'shop', revision: 3, status: 'deployed', input: 'abc', ownRevision: 3 },
  ...{ environment: 'shop', standIn: false, secret: 'sh.helm.release.v1.web.v3', createdAt: undefined },
};
const needed: Check = { status: 'needed', reason: 'values changed: colour' };
const satisfied: Check = { status: 'satisfied' };

const configMap = (name: string, colour: string, annotations = '{}') =>
  `---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, annotations: ${annotations} }\ndata: { colour: ${colour} }\n`;
const configPath = (name: string) => `/api/v1/namespaces/shop/configmaps/${name}`;
const about = { release: 'web', namespace: 'shop' };
const web = { object: 'ConfigMap/web', namespace: 'shop' };

function install(live: LiveObjects, manifest: string): void {
  const record = { name: 'web', namespace: 'shop', version: 3, info: { status: 'deployed' }, manifest };
  live.api.objects.set(`/api/v1/namespaces/shop/secrets/${observed.secret}`, {
    metadata: { name: observed.secret },
    data: { release: encodeHelmRecord(record) },
  });
}

function isThere(live: LiveObjects, name: string, colour: string): void {
  const marks = { 'meta.helm.sh/release-name': 'web', 'meta.helm.sh/release-namespace': 'shop' };
  live.api.objects.set(configPath(name), {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'shop', annotations: marks, labels: { 'app.kubernetes.io/managed-by': 'Helm' } },
    data: { colour },
  });
}

async function diff(live: LiveObjects, more: Partial<ReleaseDiffOptions> = {}) {
  return diffRelease(release('web'), {
    check: needed,
    observed,
    cluster: await liveCluster(live.view),
    charts: { find: () => Promise.resolve({ path: '/charts/web', digest: 'sha256:1', standIn: false }) },
    helm: rendering(configMap('web', 'red')),
    kubernetes: '1.36',
    signal: new AbortController().signal,
    ...more,
  });
}

/** A Helm that renders this. */
function rendering(manifest: string): ReleaseDiffOptions['helm'] {
  return { dryRun: () => Promise.resolve(manifest), template: () => Promise.reject(new Error('it is not asked')) };
}

/** A Helm that refuses to run dry, but renders. */
function refusing(output: string, manifest: string, asked: HelmTemplate[] = []): ReleaseDiffOptions['helm'] {
  return {
    dryRun: () => Promise.reject(new PlatformError('tool', 'helm failed with exit code 1', { output })),
    template: (template) => {
      asked.push(template);
      return Promise.resolve(manifest);
    },
  };
}

describe('a release that is as wanted', () => {
  it('is compared with what Helm installed', async () => {
    const cluster = await liveObjects();
    install(cluster, configMap('web', 'blue'));
    isThere(cluster, 'web', 'blue');
    expect(await diff(cluster, { check: satisfied })).toEqual({ ...about, status: 'unchanged', objects: [] });

    isThere(cluster, 'web', 'green');
    expect(await diff(cluster, { check: satisfied })).toMatchObject({
      status: 'drifted',
      objects: [{ ...web, status: 'changed', fields: [{ path: 'data.colour', live: 'green', intended: 'blue' }] }],
    });
  });
});

describe('a release that the next run would change', () => {
  it('is compared with what Helm would install, for the reason that the plan has', async () => {
    const cluster = await liveObjects();
    install(cluster, configMap('web', 'blue'));
    isThere(cluster, 'web', 'blue');

    expect(await diff(cluster)).toEqual({
      ...{ ...about, status: 'changed', reason: 'values changed: colour' },
      objects: [{ ...web, status: 'changed', fields: [{ path: 'data.colour', live: 'blue', intended: 'red' }] }],
    });
  });

  it('loses what is no longer in its chart, but for what Helm keeps', async () => {
    const cluster = await liveObjects();
    const kept = configMap('kept', 'blue', '{ helm.sh/resource-policy: keep }');
    install(cluster, configMap('web', 'red') + configMap('old', 'blue') + configMap('gone', 'blue') + kept);
    for (const name of ['web', 'old', 'kept']) isThere(cluster, name, 'red');

    expect((await diff(cluster)).objects).toEqual([
      { object: 'ConfigMap/old', namespace: 'shop', status: 'surplus', fields: [] },
    ]);
  });

  it('is new where it is not installed, and everything is where there is no cluster', async () => {
    const cluster = await liveObjects();
    const missing = { ...web, status: 'missing', fields: [] };
    expect(await diff(cluster, { observed: undefined })).toMatchObject({ status: 'new', objects: [missing] });

    const nowhere = await diff(cluster, { observed: undefined, cluster: undefined });
    expect(nowhere).toEqual({ ...about, status: 'new', reason: 'values changed: colour', objects: [] });
  });

  it('is rendered without the cluster where definitions are missing, which is no problem', async () => {
    const cluster = await liveObjects();
    const asked: HelmTemplate[] = [];
    const widget = '---\napiVersion: example.org/v1\nkind: Widget\nmetadata: { name: web }\n';
    const hook = configMap('hook', 'red', '{ helm.sh/hook: pre-install }');
    const crd =
      '---\n# Source: web/crds/widgets.yaml\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: w }\n';
    const helm = refusing(
      'Error: no matches for kind "Widget"\nensure CRDs are installed first',
      widget + hook + crd,
      asked,
    );

    const found = await diff(cluster, { observed: undefined, helm });

    expect(found).toEqual({
      ...{ ...about, status: 'new', reason: 'values changed: colour' },
      objects: [{ object: 'Widget/web', status: 'unserved', fields: [] }],
    });
    expect(asked).toMatchObject([{ name: 'web', namespace: 'shop', chart: '/charts/web', kubernetes: '1.36' }]);
    expect(asked[0]?.apis).toEqual(expect.arrayContaining(['v1/ConfigMap', 'apps/v1', 'apps/v1/Deployment']));
  });

  it('tells what Helm would refuse it for, and still what would change', async () => {
    const cluster = await liveObjects();
    const words = 'level=WARN msg=x\nError: ConfigMap "web" exists and cannot be imported';
    const found = await diff(cluster, { observed: undefined, helm: refusing(words, configMap('web', 'red')) });

    expect(found.problem).toBe('Helm would refuse it: ConfigMap "web" exists and cannot be imported');
    expect(found.objects).toHaveLength(1);
  });

  it('is not asked of Helm while it is pending, which Helm would refuse and a run recovers', async () => {
    const cluster = await liveObjects();
    install(cluster, configMap('web', 'blue'));
    const helm = refusing('Error: another operation is in progress', configMap('web', 'red'));
    const pending = { ...observed, status: 'pending-upgrade' };

    const found = await diff(cluster, { observed: pending, helm });

    expect(found.problem).toBeUndefined();
    expect(found.objects).toHaveLength(1);
  });

  it('says so where its chart is not here or cannot be rendered', async () => {
    const cluster = await liveObjects();
    const charts = { find: () => Promise.resolve(undefined) };
    expect((await diff(cluster, { charts })).problem).toContain('its chart is not here yet');

    const failure = new PlatformError('tool', 'helm failed with exit code 1', {
      output: 'Error: replicas is required',
    });
    const helm = { dryRun: () => Promise.reject(failure), template: () => Promise.reject(failure) };
    const found = await diff(cluster, { helm });
    expect(found).toMatchObject({ objects: [], problem: 'Helm would refuse it: replicas is required' });
  });

  it('fails as a whole where Helm cannot be run at all', async () => {
    const cluster = await liveObjects();
    const failure = new PlatformError('prerequisite', 'helm is not installed');
    const helm = { dryRun: () => Promise.reject(failure), template: () => Promise.resolve('') };
    await expect(diff(cluster, { helm })).rejects.toBe(failure);
  });
});

describe('a release that is not to be installed', () => {
  it('is told with the reason, and not compared', async () => {
    const cluster = await liveObjects();
    const omitted: Check = { status: 'omitted', reason: 'host-run' };
    expect(await diff(cluster, { check: omitted })).toEqual({
      ...about,
      status: 'omitted',
      reason: 'host-run',
      objects: [],
    });
    const blocked: Check = { status: 'blocked', by: 'its chart is gone', fix: [] };
    const expected = { ...about, status: 'blocked', reason: 'its chart is gone', objects: [] };
    expect(await diff(cluster, { check: blocked })).toEqual(expected);
    expect(cluster.applies).toEqual([]);
  });
});
