import { mkdir, mkdtemp, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EnvironmentRecord } from '../../src/environment/record.js';
import { readRecord } from '../../src/environment/record.js';
import { connect, type ClusterClient } from '../../src/kubernetes/client.js';
import type { KubernetesObject } from '../../src/kubernetes/objects.js';
import { asset } from '../../src/paths.js';
import { systemProcesses } from '../../src/process.js';
import type { DiffResult } from '../../src/usecases/diff.js';
import type { StatusResult } from '../../src/usecases/status.js';
import type { ListedTool } from '../../src/usecases/tools.js';
import type { UpResult } from '../../src/usecases/up.js';
import { createSandbox, type Sandbox } from './sandbox.js';

// The host of the repository does not exist: whatever comes from there, comes from the mirror.
const file = `apiVersion: platform/v1alpha1
kind: Environment
name: settings
domain: settings.localhost
images:
  books: { context: ./books }
releases:
  ledger:
    chart: { repository: https://charts.example.invalid, name: service, version: 9.9.1 }
    namespace: apps
    values: { image: { repository: registry.example/ledger, tag: v1 } }
  books: { chart: service, namespace: apps, image: books }
`;

interface Deployment extends KubernetesObject {
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
  };
}

describe('an environment with a folder of charts and an image of its own', () => {
  let sandbox: Sandbox;
  let client: ClusterClient | undefined;
  let elsewhere: string;
  beforeAll(async () => {
    sandbox = await createSandbox();
    const { work, folder } = sandbox;
    elsewhere = await mkdtemp(join(folder, 'elsewhere-'));
    await mkdir(join(work, 'books'));
    await writeFile(join(work, 'books', 'Dockerfile'), 'FROM scratch\n');
    await writeFile(join(work, 'platform.yaml'), file);
    await packChart(sandbox, join(work, 'mirror'));
  });
  afterAll(async () => {
    client?.close();
    await sandbox.dispose();
  });

  const record = async (): Promise<EnvironmentRecord | undefined> => readRecord(sandbox.paths, 'settings');
  const up = (...args: string[]) => sandbox.platform.json<UpResult>(['up', '--local', ...args]);

  it('is built from the charts of the folder, which later commands remember', async () => {
    const { result, error } = await up('--charts', 'mirror');
    expect(error).toBeUndefined();
    expect(result.standIns).toEqual([]);
    const chart = result.summary.steps.find(({ id }) => id === 'chart/ledger');
    expect(chart?.detail).toMatch(/^sha256:/);
    expect(await record()).toMatchObject({ charts: join(sandbox.work, 'mirror') });
    client = await connect(join(sandbox.paths.state, 'settings', 'kubeconfig'), 'platform-settings');
  });

  it('is unchanged the next time', async () => {
    const { result } = await up('--charts', 'mirror');
    expect(result.summary.counts.done).toBe(0);
  });

  it('is looked at from anywhere without saying it again', async () => {
    const { error, result } = await sandbox.platform.json<StatusResult>(['status', '--environment', 'settings'], {
      cwd: elsewhere,
    });
    expect(error).toBeUndefined();
    expect(result).toMatchObject({ environment: 'settings', provider: 'embedded' });
  });

  it('runs the image by the contents of its sources, though nothing built it', async () => {
    const books = await client?.get<Deployment>('/apis/apps/v1/namespaces/apps/deployments/books');
    expect(books?.spec.template.spec.containers.map(({ image }) => image)).toEqual([
      expect.stringMatching(/^registry\.localhost\/books:[0-9a-f]{16}$/) as string,
    ]);
  });

  it('differs by what is changed and by nothing else', async () => {
    const { result } = await sandbox.platform.json<DiffResult>([
      ...['diff', 'books', '--local', '--charts', 'mirror', '--set', 'books.replicas=3'],
    ]);
    const [books] = result.releases;
    const fields = books?.objects.flatMap(({ fields: differences }) => differences.map(({ path }) => path));
    expect(books).toMatchObject({ status: 'changed', reason: expect.stringContaining('replicas') as string });
    expect(fields).toEqual(['spec.replicas']);
  });

  it('is upgraded when the sources of its image change', async () => {
    await writeFile(join(sandbox.work, 'books', 'main.js'), 'changed');
    const { result } = await up('--charts', 'mirror', '--dry-run');
    expect(result).toMatchObject({ changes: true });
    const { result: upgraded } = await up('--charts', 'mirror');
    const changed = upgraded.summary.steps.filter(({ outcome }) => outcome === 'done').map(({ id }) => id);
    expect(changed).toContain('release/books');
    expect(changed).not.toContain('release/ledger');
  });

  it('says what is missing where the folder has the chart no more', async () => {
    await rename(join(sandbox.work, 'mirror'), join(sandbox.work, 'moved'));
    await mkdir(join(sandbox.work, 'mirror'));
    const { exitCode, error } = await up('--charts', 'mirror');
    expect(exitCode).toBe(5);
    expect(error?.message).toContain(`${join(sandbox.work, 'mirror')} has no chart service, wanted is 9.9.1`);
  });
});

/** Packs our own chart into a folder, under another version. */
async function packChart({ platform }: Sandbox, folder: string): Promise<void> {
  const { result } = await platform.json<{ tools: ListedTool[] }>(['tools', 'list']);
  const helm = result.tools.find(({ name }) => name === 'helm')?.tool?.path ?? 'helm';
  const chart = asset('assets/charts/service');
  await systemProcesses().run(helm, ['package', chart, '--version', '9.9.1', '--destination', folder]);
}
