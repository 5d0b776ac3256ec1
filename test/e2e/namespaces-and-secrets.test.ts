import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type ClusterClient } from '../../src/kubernetes/client.js';
import type { KubernetesObject } from '../../src/kubernetes/objects.js';
import type { DiffResult } from '../../src/usecases/diff.js';
import type { PlanResult, UpResult } from '../../src/usecases/up.js';
import { edit, scale } from './edit.js';
import { createSandbox, type Sandbox } from './sandbox.js';

const header = `apiVersion: platform/v1alpha1
kind: Environment
name: bounds
`;
const web = `releases:
  web:
    chart: service
    namespace: apps
    values: { image: { repository: example.org/web, tag: v1 }, replicas: 1 }
`;
const bounded = `namespaces:
  apps: { isolated: true, quota: { pods: "2", requests.memory: 2048Mi }, defaults: { requests: { memory: 64Mi } } }
`;
const login = `secrets:
  login:
    namespace: apps
    keys: { user: { value: hunter2-user }, password: { generate: 32 }, url: { env: CHAT_URL } }
`;

const apps = '/api/v1/namespaces/apps';
const quota = `${apps}/resourcequotas/platform`;
const limits = `${apps}/limitranges/platform`;
const policy = '/apis/networking.k8s.io/v1/namespaces/apps/networkpolicies/deny-all';

type Live = KubernetesObject & { readonly spec: Record<string, unknown>; readonly data: Record<string, string> };

describe('namespaces and Secrets of an environment', () => {
  let sandbox: Sandbox;
  let client: ClusterClient;

  beforeAll(async () => {
    sandbox = await createSandbox();
    await write(header + web + bounded + login);
  });
  afterAll(async () => {
    client.close();
    await sandbox.dispose();
  });

  const write = (content: string) => writeFile(join(sandbox.work, 'platform.yaml'), content);
  const platform = <T>(args: readonly string[], env: Record<string, string> = {}) =>
    sandbox.platform.json<T>([...args, '--local', '--provider', 'embedded'], { env });
  const up = (env: Record<string, string> = {}, ...args: string[]) => platform<UpResult>(['up', ...args], env);
  const applied = ({ result }: { readonly result: UpResult }) =>
    result.summary.steps.filter(({ outcome }) => outcome === 'done').map(({ id }) => id);
  const toDo = async () => {
    const { result } = await platform<PlanResult>(['plan']);
    return Object.fromEntries(
      result.steps.flatMap(({ id, check }) => (check.status === 'needed' ? [[id, check.reason]] : [])),
    );
  };
  const secret = async () => {
    const live = await client.get<Live>(`${apps}/secrets/login`);
    return Object.fromEntries(
      Object.entries(live?.data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
    );
  };

  it('stop only what waits for a Secret that cannot be made, and say what to set', async () => {
    const { exitCode, error, result } = await up();

    expect(exitCode).toBe(2);
    expect(error?.message).toContain('its key url comes from the variable CHAT_URL, which is not set');
    expect(error?.suggestions?.join()).toContain('set CHAT_URL');
    expect(applied({ result })).toEqual(expect.arrayContaining(['cluster', 'namespace/apps']));
    expect(applied({ result })).not.toContain('release/web');
    client = await connect(join(sandbox.paths.state, 'bounds', 'kubeconfig'), 'platform-bounds');
  });

  it('are there before a release is installed', async () => {
    const run = await up({ CHAT_URL: 'hunter2-first' });

    expect(run.error).toBeUndefined();
    expect(applied(run)).toEqual(expect.arrayContaining(['secret/login', 'release/web']));
    expect(await secret()).toEqual({
      user: 'hunter2-user',
      url: 'hunter2-first',
      password: expect.stringMatching(/^[A-Za-z0-9]{32}$/) as string,
    });
    expect((await client.get<Live>(policy))?.spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    expect((await client.get<Live>(quota))?.spec).toEqual({ hard: { pods: '2', 'requests.memory': '2Gi' } });
    const made = await Promise.all(
      [quota, `${apps}/secrets/login`, '/api/v1/namespaces/apps'].map((at) => client.get(at)),
    );
    const [bound = '', data = '', namespace = ''] = made.map((object) => object?.metadata.creationTimestamp);
    expect([namespace, bound, data].toSorted()).toEqual([namespace, bound, data]);
  });

  it('are as wanted the second time, without the variable, for a request for each kind', async () => {
    const before = await secret();

    const second = await up();

    expect(applied(second)).toEqual([]);
    expect(await secret()).toEqual(before);
    // Six without them, and one for each of three kinds and for Secrets.
    expect(second.result.requests).toBeLessThanOrEqual(10);
  });

  it('let no pod more come to be than the quota has room for, and give those that do what they did not ask for', async () => {
    await scale(client, '/apis/apps/v1/namespaces/apps/deployments/web', 5);

    await expect
      .poll(async () => (await client.get<{ status: { used: object } } & Live>(quota))?.status.used, {
        timeout: 60_000,
      })
      .toMatchObject({ pods: '2' });
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'one-more', namespace: 'apps' },
      spec: {
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            ...{ name: 'main', image: 'example.org/more' },
            securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
          },
        ],
      },
    };
    await expect(client.create(`${apps}/pods`, pod)).rejects.toThrow(/exceeded quota: platform, requested: pods=1/);
    await scale(client, '/apis/apps/v1/namespaces/apps/deployments/web', 1);
    const create = () => client.create(`${apps}/pods`, pod).catch(() => undefined);
    await expect
      .poll(create, { timeout: 60_000 })
      .toMatchObject({ spec: { containers: [{ resources: { requests: { memory: '64Mi' } } }] } });
    await client.delete(`${apps}/pods/one-more`);
  });

  it('are put back when somebody changed them, and what was added is taken out', async () => {
    await edit<Live>(client, policy, ({ spec }) => ({ spec: { ...spec, ingress: [{}] } }));
    await edit<Live>(client, quota, () => ({
      spec: { hard: { pods: '100', secrets: '9', 'requests.memory': '2Gi' } },
    }));
    await client.delete(limits);
    await edit<Live>(client, `${apps}/secrets/login`, ({ data }) => ({
      data: { ...data, user: 'b3RoZXI=', extra: 'bW9yZQ==' },
    }));

    expect(await toDo()).toEqual({
      'namespace/apps': 'its LimitRange platform is not there',
      'secret/login': 'its key user is not as wanted',
    });
    const differences = await platform<DiffResult>(['diff', '--exit-code']);
    expect(differences.exitCode).toBe(10);
    expect(differences.result.surroundings.map(({ name }) => name)).toEqual(['namespace apps', 'secret login']);
    expect(applied(await up())).toEqual(['namespace/apps', 'secret/login']);

    expect((await client.get<Live>(policy))?.spec).not.toHaveProperty('ingress');
    expect((await client.get<Live>(quota))?.spec).toEqual({ hard: { pods: '2', 'requests.memory': '2Gi' } });
    expect(await client.get(limits)).toBeDefined();
    expect(await secret()).toMatchObject({ user: 'hunter2-user', url: 'hunter2-first' });
    expect(Object.keys(await secret()).sort()).toEqual(['password', 'url', 'user']);
    expect(await toDo()).toEqual({});
  });

  it('change with a variable, and what was generated stays', async () => {
    const { password } = await secret();

    expect(applied(await up({ CHAT_URL: 'hunter2-second' }))).toEqual(['secret/login']);

    expect(await secret()).toMatchObject({ url: 'hunter2-second', password });
  });

  it('go when the file no longer has them; a Secret stays', async () => {
    await write(header + web);

    expect(applied(await up())).toEqual(expect.arrayContaining(['namespace/apps']));

    expect(await Promise.all([quota, limits, policy].map((at) => client.get(at)))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect((await client.get('/api/v1/namespaces/apps'))?.metadata.annotations).toBeUndefined();
    expect(await secret()).toHaveProperty('password');
    expect(await toDo()).toEqual({});
  });

  it('do not stand in the way of uninstalling', async () => {
    await write(
      header +
        bounded.replace('apps:', 'tools:') +
        web.replaceAll('web', 'tool').replace('namespace: apps', 'namespace: tools'),
    );

    const run = await up({}, '--prune');

    expect(applied(run)).toEqual(expect.arrayContaining(['namespace/tools', 'release/tool', 'prune/web']));
    expect((await sandbox.platform(['uninstall', 'tool', '--confirm', 'bounds'])).exitCode).toBe(0);
  });

  it('leave nothing of a Secret in what is written about them', async () => {
    const { password = 'none' } = await secret();
    const folder = join(sandbox.paths.state, 'bounds');
    const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter(
      (file) => file.isFile() && !file.parentPath.includes('embedded'),
    );
    const texts = await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), 'utf8')));
    expect(texts.join('')).toContain('secret/login');
    expect(texts.join('')).not.toMatch(new RegExp(`hunter2|${password}`));
  });
});
