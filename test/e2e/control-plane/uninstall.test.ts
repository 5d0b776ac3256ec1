import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type ClusterClient } from '../../../src/kubernetes/client.js';
import type { UninstallResult } from '../../../src/usecases/uninstall.js';
import { createSandbox, type Sandbox } from '../sandbox.js';

const finalizer = 'example.org/cleanup';
const things = '/apis/example.org/v1/namespaces/shop/things';
const definitionPath = (name: string) => `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`;

const file = `apiVersion: platform/v1alpha1
kind: Environment
name: un
domain: un.localhost
releases:
  operator: { chart: ./operator, namespace: shop }
  user: { chart: ./user, namespace: shop }
  widgets: { chart: ./widgets, namespace: shop }
  front: { chart: ./front, namespace: shop, needs: [user:ready] }
`;

let sandbox: Sandbox;
let client: ClusterClient;
beforeAll(async () => {
  sandbox = await createSandbox();
  await writeFile(join(sandbox.work, 'platform.yaml'), file);
  await writeChart('operator', {
    'templates/crd.yaml': definition('Thing'),
    'templates/d.yaml': deployment('operator'),
  });
  await writeChart('user', { 'templates/thing.yaml': thing('user'), 'templates/d.yaml': deployment('user') });
  await writeChart('widgets', { 'crds/widgets.yaml': definition('Widget'), 'templates/d.yaml': deployment('widgets') });
  await writeChart('front', { 'templates/d.yaml': deployment('front') });
  const { exitCode, error } = await sandbox.platform.json(['up', '--local']);
  expect(error).toBeUndefined();
  expect(exitCode).toBe(0);
  client = await connect(join(sandbox.paths.state, 'un', 'kubeconfig'), 'platform-un');
});
afterAll(async () => {
  client.close();
  await sandbox.dispose();
});

async function writeChart(name: string, files: Readonly<Record<string, string>>): Promise<void> {
  const all = { 'Chart.yaml': `apiVersion: v2\nname: ${name}\nversion: 1.2.3\n`, ...files };
  for (const [path, content] of Object.entries(all)) {
    const target = join(sandbox.work, name, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content);
  }
}

function definition(kind: string): string {
  const plural = `${kind.toLowerCase()}s`;
  return JSON.stringify({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.example.org` },
    spec: {
      group: 'example.org',
      scope: 'Namespaced',
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
    },
  });
}

const thing = (name: string) => `apiVersion: example.org/v1\nkind: Thing\nmetadata: { name: ${name} }\n`;

function deployment(name: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  replicas: 1
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: RuntimeDefault } }
      containers:
        - name: main
          image: "registry.example/${name}:1"
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } }
`;
}

const uninstall = (...args: string[]) =>
  sandbox.platform.json<UninstallResult>(['uninstall', ...args, '--confirm', 'un']);

async function installed(): Promise<string[]> {
  const secrets = await client.list('/api/v1/secrets', { labelSelector: 'owner=helm', metadataOnly: true });
  return secrets.map(({ metadata }) => metadata.labels?.['name'] ?? '').sort();
}

describe('platform uninstall', () => {
  it('refuses what others still need, by what they have in the cluster, and changes nothing', async () => {
    const { exitCode, error } = await uninstall('operator');
    expect(exitCode).toBe(5);
    expect(error?.message).toMatch(/^operator is still needed by user \((creates|has) Thing\/user\)$/);
    expect(await installed()).toEqual(['front', 'operator', 'user', 'widgets']);
  });

  it('refuses to delete a definition with custom resources of others, and says what would go', async () => {
    await client.create(things, {
      apiVersion: 'example.org/v1',
      kind: 'Thing',
      metadata: { name: 'loose', finalizers: [finalizer] },
    });
    const { exitCode, error } = await uninstall('operator', '--dependants');
    expect(exitCode).toBe(5);
    expect(error).toMatchObject({
      message: 'uninstalling operator would delete things.example.org, and with it 1 Thing',
      output: 'Thing shop/loose',
    });
    expect(await installed()).toEqual(['front', 'operator', 'user', 'widgets']);
  });

  it('names what does not end because nobody serves its finalizer, while its operator still lives', async () => {
    const { exitCode, error } = await uninstall('operator', '--dependants', '--custom-resources', '--timeout', '2s');
    expect(exitCode).toBe(8);
    expect(error?.message).toContain(`Thing shop/loose: ${finalizer}`);
    expect(await client.get(`${things}/loose`)).toMatchObject({ metadata: { finalizers: [finalizer] } });
    // Those that needed it went before it, and the next run goes on from here.
    expect(await installed()).toEqual(['operator', 'widgets']);
  });

  it('takes the finalizers away only when that is asked for', async () => {
    const { exitCode, error, result } = await uninstall(
      'operator',
      '--custom-resources',
      '--force-finalizers',
      '--timeout',
      '8s',
    );
    expect(error).toBeUndefined();
    expect(exitCode).toBe(0);
    expect(result.removals).toMatchObject([
      {
        release: 'operator',
        customResources: ['Thing shop/loose'],
        definitionsRemoved: ['things.example.org'],
        forced: [`Thing shop/loose (${finalizer})`],
      },
    ]);
    expect(await client.get(definitionPath('things.example.org'))).toBeUndefined();
  });

  it('leaves the definitions that platform applied, and says so', async () => {
    const { stdout, stderr, exitCode } = await sandbox.platform(['uninstall', 'widgets', '--confirm', 'un']);
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toContain('definition widgets.example.org stays, 0 custom resources left');
    expect(await client.get(definitionPath('widgets.example.org'))).toBeDefined();
    expect(await installed()).toEqual([]);
  });

  it('takes all releases in the reverse order of their needs, and `up` brings them back', async () => {
    expect((await sandbox.platform(['up', '--local'])).exitCode).toBe(0);
    expect(await installed()).toEqual(['front', 'operator', 'user', 'widgets']);
    const { error, result } = await uninstall();
    expect(error).toBeUndefined();
    const order = result.removals.map(({ release }) => release).filter((name) => name !== 'widgets');
    expect(order).toEqual(['front', 'user', 'operator']);
    expect(await installed()).toEqual([]);
    const again = await sandbox.platform(['uninstall', '--confirm', 'un']);
    expect(again.stdout).toContain('un has no releases installed');
  });
});
