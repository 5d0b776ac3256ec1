import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/clock.js';
import type { Values } from '../../../src/environment/environment.js';
import { PlatformError } from '../../../src/errors.js';
import type { ClusterClient } from '../../../src/kubernetes/client.js';
import { ClusterView } from '../../../src/kubernetes/cluster-view.js';
import type { KubernetesObject } from '../../../src/kubernetes/objects.js';
import { asset } from '../../../src/paths.js';
import { systemProcesses } from '../../../src/process.js';
import { describeInputChange } from '../../../src/releases/values/changed-values.js';
import { describeDrift, driftOf, type Drift } from '../../../src/releases/drift/drift.js';
import { readHelmRecord } from '../../../src/releases/helm/helm-record.js';
import { helmCommand, type Helm } from '../../../src/releases/helm/helm.js';
import { observeReleases } from '../../../src/releases/helm/observed.js';
import { scale } from '../edit.js';
import { controlPlane, eventually, stepContext, type ControlPlane } from './control-plane.js';

let plane: ControlPlane;
let client: ClusterClient;
let view: ClusterView;
let helm: Helm;
let helmBinary = '';

const bundled = asset('assets/charts/service');
const folderOf = (chart: string) => join(plane.sandbox.work, chart);
const authValues = { replicas: 2, image: { repository: 'registry.example/auth', tag: '1' }, env: { COLOUR: 'blue' } };

/** Everything is installed once; each test changes what no other looks at, or puts it back. */
beforeAll(async () => {
  plane = await controlPlane('drift');
  await plane.provider.create(stepContext());
  client = await plane.client();
  view = new ClusterView(() => Promise.resolve(client), systemClock);
  helmBinary = (await plane.toolchain.find('helm'))?.path ?? '';
  helm = helmCommand(systemProcesses(), () => Promise.resolve(helmBinary), plane.provider.kubeconfig);
  await writeChart('kinds', {
    'templates/kinds.yaml': definition('Widget', 'example.org') + definition('ScaledObject', 'keda.sh'),
  });
  await writeChart('web', { 'templates/web.yaml': web });
  await writeChart('scaled', { 'templates/scaled.yaml': scaled });
  await install('kinds', folderOf('kinds'));
  await served('Widget');
  await Promise.all([install('auth', bundled, authValues), install('web', folderOf('web'))]);
  await install('scaled', folderOf('scaled'));
});
afterAll(() => plane.dispose());
beforeEach(() => {
  view.forget();
});

async function writeChart(name: string, files: Readonly<Record<string, string>>): Promise<void> {
  const all = { 'Chart.yaml': `apiVersion: v2\nname: ${name}\nversion: 1.2.3\n`, ...files };
  for (const [file, content] of Object.entries(all)) {
    await mkdir(dirname(join(folderOf(name), file)), { recursive: true });
    await writeFile(join(folderOf(name), file), content);
  }
}

function install(
  name: string,
  chart: string,
  values: Values = {},
  more: { forceConflicts?: boolean } = {},
): Promise<void> {
  return helm.install(
    { name, namespace: 'default', chart, values, labels: { 'platform.dev/run': 'test' }, ...more },
    stepContext(),
  );
}

async function drift(name: string): Promise<readonly Drift[]> {
  const observed = (await observeReleases(view)).get(`default/${name}`);
  if (!observed) throw new Error(`${name} is not installed`);
  return driftOf(view, observed, AbortSignal.timeout(30_000));
}

/** What Helm said when it failed. */
async function wordsOfRefusal(run: Promise<unknown>): Promise<string | undefined> {
  const failure: unknown = await run.catch((error: unknown) => error);
  return failure instanceof PlatformError ? failure.output : undefined;
}

/** The kind is served a moment after its definition is there. */
async function served(kind: string): Promise<void> {
  await eventually(async () =>
    (await view.discovery(0)).some((resource) => resource.kind === kind) ? true : undefined,
  );
}

const apps = '/apis/apps/v1/namespaces/default/deployments';
const core = '/api/v1/namespaces/default';

type Live = KubernetesObject & { readonly spec: Values; readonly data: Values };

async function live(path: string): Promise<Live> {
  const object = await client.get<Live>(path);
  if (!object) throw new Error(`there is nothing at ${path}`);
  return object;
}

/** Changes an object as `kubectl edit` does, under the name of some manager. */
async function edit(path: string, manager: string, change: (object: Live) => object): Promise<void> {
  const { apiVersion, kind, metadata } = await live(path);
  const { name, namespace } = metadata;
  const identity = { apiVersion, kind, metadata: { name, ...(namespace !== undefined && { namespace }) } };
  const changed = { ...identity, ...change(await live(path)) };
  await client.apply(changed, undefined, { path, manager, force: true });
}

function changedField(object: string, path: string, is: unknown, wanted: unknown): Drift {
  return { object, namespace: 'default', status: 'changed', fields: [{ path, live: is, intended: wanted }] };
}

describe('a release right after it was installed', () => {
  it.each(['kinds', 'auth', 'web'])('has not drifted: %s', async (name) => {
    expect(await drift(name)).toEqual([]);
  });
});

describe('what somebody changed by hand', () => {
  it('is seen where they scaled a workload', async () => {
    await scale(client, `${apps}/auth`, 5);

    const found = await drift('auth');

    expect(found).toEqual([changedField('Deployment/auth', 'spec.replicas', 5, 2)]);
    expect(describeDrift(found)).toBe('drifted: Deployment/auth spec.replicas');
    await scale(client, `${apps}/auth`, 2);
    expect(await drift('auth')).toEqual([]);
  });

  it('is seen where they took another image', async () => {
    await edit(`${apps}/web`, 'kubectl-edit', () => ({
      spec: { template: { spec: { containers: [{ name: 'main', image: 'registry.example/evil:2' }] } } },
    }));

    const path = 'spec.template.spec.containers[main].image';
    const expected = changedField('Deployment/web', path, 'registry.example/evil:2', 'registry.example/web:1');
    expect(await drift('web')).toEqual([expected]);
  });

  it('is taken back by a repair, which an upgrade refuses and a forced one does', async () => {
    const upgrade = install('web', folderOf('web'));

    expect(await wordsOfRefusal(upgrade)).toContain('conflict with "kubectl-edit"');
    view.forget();
    expect(await drift('web')).not.toEqual([]);
    await install('web', folderOf('web'), {}, { forceConflicts: true });
    view.forget();
    expect(await drift('web')).toEqual([]);
  });

  it('is seen where they deleted something, and a repair makes it anew', async () => {
    await client.delete(`${core}/configmaps/web`);

    expect(await drift('web')).toEqual([
      { object: 'ConfigMap/web', namespace: 'default', status: 'missing', fields: [] },
    ]);
    await install('web', folderOf('web'), {}, { forceConflicts: true });
    view.forget();
    expect(await drift('web')).toEqual([]);
  });

  it('is seen in a custom resource', async () => {
    await edit('/apis/example.org/v1/namespaces/default/widgets/web', 'kubectl-edit', () => ({ spec: { size: 9 } }));

    expect(await drift('web')).toEqual([changedField('Widget/web', 'spec.size', 9, 1)]);
    await install('web', folderOf('web'), {}, { forceConflicts: true });
  });

  it('is seen in a Secret, of which no value is told', async () => {
    const changed = Buffer.from('hunter3').toString('base64');
    await edit(`${core}/secrets/web`, 'kubectl-edit', () => ({ data: { password: changed } }));

    const found = await drift('web');

    expect(found).toEqual([changedField('Secret/web', 'data.password', '***', '***')]);
    await install('web', folderOf('web'), {}, { forceConflicts: true });
    view.forget();
    expect(await drift('web')).toEqual([]);
  });

  it('is seen in what an uninstall would keep, and not in a hook', async () => {
    await edit(`${core}/configmaps/kept`, 'kubectl-edit', () => ({ data: { colour: 'green' } }));
    await client.delete(`${core}/configmaps/hook`);

    expect(await drift('web')).toEqual([changedField('ConfigMap/kept', 'data.colour', 'green', 'blue')]);
    await install('web', folderOf('web'), {}, { forceConflicts: true });
  });

  it('is not what they added beside: that is theirs', async () => {
    await edit(`${core}/configmaps/web`, 'kubectl-edit', () => ({ data: { mine: 'yes' } }));

    expect(await drift('web')).toEqual([]);
  });
});

describe('what controllers own', () => {
  it('is no drift: replicas that an autoscaler has set, whoever set them last', async () => {
    // The real controller goes up to the minimum, for which it needs no metrics.
    await eventually(async () => ((await live(`${apps}/scaled`)).spec['replicas'] === 3 ? true : undefined));

    expect(await drift('scaled')).toEqual([]);
    await scale(client, `${apps}/scaled`, 4);
    await scale(client, `${apps}/scaled-by-keda`, 7);
    view.forget();
    expect(await drift('scaled')).toEqual([]);
  });

  it('is no drift: rules that the cluster gathers into a role', async () => {
    const path = '/apis/rbac.authorization.k8s.io/v1/clusterroles/web';
    await eventually(async () => {
      const { rules } = (await live(path)) as Live & { rules?: readonly unknown[] };
      return rules && rules.length > 0 ? true : undefined;
    });

    expect(await drift('web')).toEqual([]);
  });

  it('is no drift: a certificate that is injected, unless a person did it', async () => {
    const path = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/web';
    const inject = (manager: string, caBundle: string) =>
      edit(path, manager, () => ({ webhooks: [{ name: 'web.example.org', clientConfig: { caBundle } }] }));

    await inject('cert-manager-cainjector', certificate);
    expect(await drift('web')).toEqual([]);
    await inject('kubectl-edit', `${certificate.slice(0, -4)}Cg==`);
    expect(describeDrift(await drift('web'))).toContain('webhooks[web.example.org].clientConfig.caBundle');
    await install('web', folderOf('web'), {}, { forceConflicts: true });
  });
});

describe('a release that was applied by the client, as Helm 3 did', () => {
  it('is compared the same way, and repaired', async () => {
    const flags = ['--namespace', 'default', '--kubeconfig', plane.provider.kubeconfig, '--server-side=false'];
    await writeChart('old', { 'templates/old.yaml': configMap('old', 'colour: blue') });
    await systemProcesses().run(helmBinary, ['install', 'old', folderOf('old'), ...flags]);
    expect(await drift('old')).toEqual([]);

    await edit(`${core}/configmaps/old`, 'kubectl-edit', () => ({ data: { colour: 'green' } }));

    expect(await drift('old')).toEqual([changedField('ConfigMap/old', 'data.colour', 'green', 'blue')]);
    await install('old', folderOf('old'), {}, { forceConflicts: true });
    view.forget();
    expect(await drift('old')).toEqual([]);
  });
});

describe('helm', () => {
  it('does not keep values that are no longer given', async () => {
    await writeChart('plain', {
      'templates/plain.yaml': configMap('plain', 'colour: {{ .Values.colour | default "blue" }}'),
    });
    const colour = async () => (await live(`${core}/configmaps/plain`)).data['colour'];

    await install('plain', folderOf('plain'), { colour: 'red' });
    expect(await colour()).toBe('red');
    await install('plain', folderOf('plain'), {});
    expect(await colour()).toBe('blue');
  });

  it('keeps the values as they were given, so that a change of them can be told', async () => {
    const given = { colour: 'red', unset: null, nested: { unset: null, kept: 1 }, list: [1, null], empty: {} };
    await install('plain', folderOf('plain'), given);
    const observed = (await observeReleases(view)).get('default/plain');
    const record = observed && (await readHelmRecord(client, observed));
    if (!record) throw new Error('plain has no record');

    const describeChange = (values: Values) => describeInputChange(record, { values, chartVersion: '1.2.3' });

    expect(describeChange(given)).toBe('chart contents changed');
    expect(describeChange({ ...given, nested: { kept: 2 } })).toBe('values changed: nested.kept, nested.unset');
  });

  it('tells what it would apply, and applies nothing', async () => {
    const chart = folderOf('web');
    const given = { name: 'web', namespace: 'default', chart, values: { tag: '2' } };
    const manifest = await helm.dryRun(given, AbortSignal.timeout(30_000));

    expect(manifest).toContain('registry.example/web:2');
    expect(manifest).toContain('hunter2');
    expect(manifest).not.toContain('name: hook');
    expect(await drift('web')).toEqual([]);
  });

  it('says which definitions are missing for a custom resource', async () => {
    await writeChart('orphan', { 'templates/orphan.yaml': widget('orphan').replace('example.org', 'nowhere.example') });
    const given = { name: 'orphan', namespace: 'default', chart: folderOf('orphan'), values: {} };

    const dryRun = helm.dryRun(given, AbortSignal.timeout(30_000));

    expect(await wordsOfRefusal(dryRun)).toContain('ensure CRDs are installed first');
  });
});

describe('a kind that is no longer served', () => {
  it('is told for its objects, and its definition is missing', async () => {
    await client.delete('/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.org');
    await eventually(async () => ((await view.discovery(0)).some(({ kind }) => kind === 'Widget') ? undefined : true));

    expect(await drift('web')).toEqual([{ object: 'Widget/web', status: 'unserved', fields: [] }]);
    expect(await drift('kinds')).toEqual([
      { object: 'CustomResourceDefinition/widgets.example.org', status: 'missing', fields: [] },
    ]);
  });
});

function configMap(name: string, data: string, annotations = '{}'): string {
  return `---
apiVersion: v1
kind: ConfigMap
metadata: { name: ${name}, annotations: ${annotations} }
data:
  ${data}
`;
}

function deployment(name: string): string {
  return `---
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  replicas: 1
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: main, image: "registry.example/${name}:{{ .Values.tag | default 1 }}" }] }
`;
}

function definition(kind: string, group: string): string {
  const plural = `${kind.toLowerCase()}s`;
  return `---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: ${plural}.${group} }
spec:
  group: ${group}
  scope: Namespaced
  names: { kind: ${kind}, plural: ${plural} }
  versions:
    - name: ${group === 'keda.sh' ? 'v1alpha1' : 'v1'}
      served: true
      storage: true
      schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } }
`;
}

function widget(name: string): string {
  return `---\napiVersion: example.org/v1\nkind: Widget\nmetadata: { name: ${name} }\nspec: { size: 1 }\n`;
}

// Any certificate will do; the API server looks at its form only.
const certificate =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJDVENCc0FJSkFOWHlnRzRaU0hhWU1Bb0dDQ3FHU000OUJBTUNNQTB4Q3pBSkJnTlZCQU1NQW1ObApNQjRYRFRJMk1URXlNVEUwTURBd01Gb1hEVE0yTVRFeE9ERTBNREF3TUZvd0RURUxNQWtHQTFVRUF3d0NZMlV3CldUQVRCZ2NxaGtqT1BRSUJCZ2dxaGtqT1BRTUJCd05DQUFRPQotLS0tLUVORCBDRVJUSUZJQ0FURS0tLS0tCg==';

const web = [
  deployment('web'),
  configMap('web', 'colour: blue'),
  configMap('kept', 'colour: blue', '{ helm.sh/resource-policy: keep }'),
  configMap('hook', 'colour: blue', '{ helm.sh/hook: post-install }'),
  widget('web'),
  '---\napiVersion: v1\nkind: Secret\nmetadata: { name: web }\nstringData: { password: hunter2 }\n',
  `---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: web }
aggregationRule: { clusterRoleSelectors: [{ matchLabels: { rbac.authorization.k8s.io/aggregate-to-view: "true" } }] }
rules: []
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: { name: web }
webhooks:
  - name: web.example.org
    admissionReviewVersions: [v1]
    sideEffects: None
    failurePolicy: Ignore
    clientConfig: { url: "https://127.0.0.1:9/", caBundle: Cg== }
    rules: [{ apiGroups: [example.org], apiVersions: [v1], resources: [widgets], operations: [CREATE] }]
`,
].join('');

const scaled = [
  deployment('scaled'),
  deployment('scaled-by-keda'),
  `---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: scaled }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: scaled }
  minReplicas: 3
  maxReplicas: 9
  metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 50 } } }]
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: { name: scaled }
spec: { scaleTargetRef: { name: scaled-by-keda } }
`,
].join('');
