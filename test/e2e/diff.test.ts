import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type ClusterClient } from '../../src/kubernetes/client.js';
import type { DiffResult } from '../../src/usecases/diff.js';
import { scale } from './edit.js';
import { createSandbox, type Sandbox } from './sandbox.js';

const file = `apiVersion: platform/v1alpha1
kind: Environment
name: diff
domain: diff.localhost
releases:
  ledger:
    chart: service
    namespace: apps
    values: { replicas: 2, image: { repository: registry.example/ledger, tag: v1 }, env: { COLOUR: blue } }
  books:
    chart: service
    namespace: apps
    values: { image: { repository: registry.example/books, tag: v1 }, generatedSecret: { keys: [password] } }
`;

const deployments = '/apis/apps/v1/namespaces/apps/deployments';

describe('the command diff', () => {
  let sandbox: Sandbox;
  let client: ClusterClient;
  beforeAll(async () => {
    sandbox = await createSandbox();
    await writeFile(join(sandbox.work, 'platform.yaml'), file);
  });
  afterAll(async () => {
    client.close();
    await sandbox.dispose();
  });

  const diff = (...args: string[]) => sandbox.platform.json<DiffResult>(['diff', '--local', ...args]);
  const text = (...args: string[]) => sandbox.platform(['diff', '--local', ...args]);

  it('says that everything is new while there is no cluster', async () => {
    const { result, exitCode } = await diff('--exit-code');

    expect(result.releases.map(({ status }) => status)).toEqual(['new', 'new']);
    expect(exitCode).toBe(10);
  });

  it('finds nothing right after an up', async () => {
    const up = await sandbox.platform(['up', '--local']);
    expect(up.exitCode).toBe(0);
    client = await connect(join(sandbox.paths.state, 'diff', 'kubeconfig'), 'platform-diff');

    const { result, exitCode, error } = await diff('--exit-code');

    expect(error).toBeUndefined();
    expect(result.releases.map(({ status, objects }) => ({ status, objects }))).toEqual([
      { status: 'unchanged', objects: [] },
      { status: 'unchanged', objects: [] },
    ]);
    expect(exitCode).toBe(0);
    expect((await text()).stdout).toContain('as wanted: 2 unchanged');
  });

  it('shows what somebody changed by hand', async () => {
    await scale(client, `${deployments}/ledger`, 5);

    expect((await text()).stdout).toContain(
      'ledger  drifted\n  Deployment/ledger spec.replicas: live 5, intended 2\n\nDiff: 1 drifted, 1 unchanged',
    );
    expect((await text()).exitCode).toBe(0);
    expect((await text('--exit-code')).exitCode).toBe(10);
    expect((await text('books', '--exit-code')).exitCode).toBe(0);
  });

  it('shows what the next up would change, where the values are others', async () => {
    const { result } = await diff('books', '--set', 'books.image.tag=v2', '--set', 'books.env.MODE=dark');

    const [books, ...others] = result.releases;
    expect(others).toEqual([]);
    expect(books?.status).toBe('changed');
    expect(books?.objects.filter(({ status }) => status === 'missing').map(({ object }) => object)).toEqual([
      'ConfigMap/books-env',
    ]);
    const fields = books?.objects.find(({ object }) => object === 'Deployment/books')?.fields;
    expect(fields).toContainEqual({
      path: 'spec.template.spec.containers[books].image',
      live: 'registry.example/books:v1',
      intended: 'registry.example/books:v2',
    });
    // The password that was made in the cluster is looked up there, so it is the same.
    const paths = books?.objects.flatMap((object) => object.fields.map(({ path }) => path)) ?? [];
    expect(paths.filter((path) => path.startsWith('data'))).toEqual([]);
  });

  it('refuses a release that the environment does not have', async () => {
    const { exitCode, error } = await diff('legder');

    expect(exitCode).toBe(2);
    expect(error?.message).toBe('the environment has no release legder');
    expect(error?.suggestions).toContain('did you mean ledger?');
  });
});
