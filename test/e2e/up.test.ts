import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../src/kubernetes/client.js';
import type { KubernetesObject } from '../../src/kubernetes/objects.js';
import { systemProcesses } from '../../src/process.js';
import type { DestroyResult } from '../../src/usecases/destroy.js';
import type { StatusResult } from '../../src/usecases/status.js';
import type { ListedTool } from '../../src/usecases/tools.js';
import type { PlanResult, UpResult } from '../../src/usecases/up.js';
import { edit } from './edit.js';
import { createSandbox, type Sandbox } from './sandbox.js';

interface Autoscaler extends KubernetesObject {
  readonly spec: { readonly minReplicas?: number };
  readonly status?: { readonly desiredReplicas?: number };
}

const file = `apiVersion: platform/v1alpha1
kind: Environment
name: shop
blueprint: microservices
`;

describe('the default environment on the embedded provider', () => {
  let sandbox: Sandbox;

  beforeAll(async () => {
    sandbox = await createSandbox();
    await writeFile(join(sandbox.work, 'platform.yaml'), file);
  });

  afterAll(async () => {
    await sandbox.dispose();
  });

  const up = (...args: string[]) => sandbox.platform.json<UpResult>(['up', '--local', ...args]);
  const plan = (...args: string[]) => sandbox.platform.json<PlanResult>(['plan', '--local', ...args]);
  const status = () => sandbox.platform.json<StatusResult>(['status']);
  const kubeconfig = () => join(sandbox.paths.state, 'shop', 'kubeconfig');
  const applied = ({ summary }: UpResult) =>
    summary.steps.filter((step) => step.outcome === 'done').map(({ id }) => id);
  const toDo = ({ steps }: PlanResult) =>
    Object.fromEntries(steps.flatMap(({ id, check }) => (check.status === 'needed' ? [[id, check.reason]] : [])));

  it('is built from nothing, and says what is not real about it', async () => {
    const { exitCode, result, error } = await up();

    expect(error).toBeUndefined();
    expect(exitCode).toBe(0);
    expect(result.provider).toBe('embedded');
    expect(result.simulation).toContain('simulated');
    expect(result.summary.counts.failed).toBe(0);
    expect(applied(result)).toEqual(expect.arrayContaining(['cluster', 'crds/traefik', 'release/postgres']));
    // Simulated pods may be ready before anybody has to wait for them.
    const gate = result.summary.steps.find(({ id }) => id === 'gate/webportal/ready');
    expect(['done', 'unchanged']).toContain(gate?.outcome);
    expect(result.urls.map(({ url }) => url)).toContain('https://webportal.shop.localhost/');
    expect(result.summary.criticalPath.length).toBeGreaterThan(3);
  });

  it('has every release ready, or omitted with a reason', async () => {
    // An autoscaler looks for the first time 15 s after it was made, and brings its pods up to their minimum then.
    const client = await connect(kubeconfig(), 'platform-shop');
    const haveLooked = async () => {
      const all = await client.list<Autoscaler>('/apis/autoscaling/v2/horizontalpodautoscalers');
      return all.every(({ spec, status: { desiredReplicas = 0 } = {} }) => desiredReplicas >= (spec.minReplicas ?? 1));
    };
    await expect.poll(haveLooked, { timeout: 60_000, interval: 500 }).toBe(true);
    client.close();
    await expect.poll(async () => (await status()).result.healthy, { timeout: 60_000 }).toBe(true);
    const { result } = await status();

    expect(result.nodes).toEqual([
      { name: 'shop-control-plane', ready: true },
      { name: 'shop-worker', ready: true },
    ]);
    const omitted = result.releases.filter(({ health }) => health === 'omitted');
    expect(omitted.map(({ name }) => name).sort()).toEqual(['calico', 'metrics-server', 'reaper']);
    expect(omitted.every(({ detail }) => detail)).toBe(true);
    expect(result.releases.filter(({ health }) => health !== 'omitted').every(({ change }) => !change)).toBe(true);
    const standIns = result.releases.filter(({ standIn }) => standIn).map(({ name }) => name);
    const text = (await sandbox.platform(['status'])).stdout;
    expect(text.match(/stand-in/g)?.length ?? 0).toBe(standIns.length);
  });

  it('does nothing the second time, with a request for each kind of thing', async () => {
    const { result } = await up();

    expect(applied(result)).toEqual([]);
    // One of them is the look at the nodes, over a connection of its own. Quotas, container defaults, policies, Secrets
    // and rules are five of the lists.
    expect(result.requests + 1).toBeLessThanOrEqual(16);
    expect((await sandbox.platform(['plan', '--local', '--exit-code'])).exitCode).toBe(0);
  });

  it('installs exactly the release whose values changed', async () => {
    const change = ['--set', 'auth.env.LOG_LEVEL=debug'];

    const planned = await sandbox.platform(['plan', '--local', '--exit-code', ...change]);
    const { result } = await up(...change);

    expect(planned.exitCode).toBe(10);
    expect(applied(result).filter((id) => id.startsWith('release/'))).toEqual(['release/auth']);
    expect((await status()).result.releases.find(({ name }) => name === 'auth')?.change).toBe(
      'values changed: env.LOG_LEVEL',
    );
    expect(applied((await up()).result).filter((id) => id.startsWith('release/'))).toEqual(['release/auth']);
  });

  it("sees somebody else's upgrade and rollback", async () => {
    const helm = await helmIn(sandbox);
    await helm(['upgrade', 'auth', 'assets/charts/service', '--reuse-values', '-n', 'app-services'], kubeconfig());
    expect(toDo((await plan()).result)['release/auth']).toContain('was written by someone else');
    await up();

    await helm(['rollback', 'auth', '1', '-n', 'app-services'], kubeconfig());
    expect(toDo((await plan()).result)['release/auth']).toContain('was written by someone else');
    await up();

    expect(toDo((await plan()).result)).toEqual({});
  });

  it('sees a Deployment that has crashed since', async () => {
    const client = await connect(kubeconfig(), 'platform-shop');
    const [pod] = await client.list<{
      metadata: { name: string };
      status: { conditions: { type: string; status: string }[] };
    }>('/api/v1/namespaces/app-services/pods', { labelSelector: 'app.kubernetes.io/name=auth' });
    if (!pod) throw new Error('auth has no pod');
    const path = `/api/v1/namespaces/app-services/pods/${pod.metadata.name}`;
    const crash = ({ status }: typeof pod) => {
      const conditions = status.conditions.map((condition) => ({ ...condition, status: 'False' }));
      return { status: { ...status, conditions } };
    };
    await edit(client, path, crash, `${path}/status`);
    await expect
      .poll(async () => toDo((await plan()).result)['gate/auth/ready'], { timeout: 60_000 })
      .toContain('auth');

    await client.delete(path);
    client.close();

    expect((await up()).exitCode).toBe(0);
  });

  it('refuses the values of one release in the words of its chart, and goes on with the rest', async () => {
    await writeFile(
      join(sandbox.work, 'platform.yaml'),
      `${file}releases:\n  ledger: { chart: service, namespace: app-services, values: { replicas: many } }\n`,
    );

    const { exitCode, error, result } = await up('--set', 'api.env.LOG_LEVEL=debug');

    expect(exitCode).toBe(2);
    expect(error?.message).toContain('the values of ledger do not fit the schema of its chart');
    expect(error?.message).toContain("at '/replicas'");
    expect(error?.suggestions?.join()).toContain('platform values ledger');
    expect(applied(result)).toContain('release/api');
    expect(existsSync(result.summary.journal)).toBe(true);
  });

  it('reports what its file no longer has, and uninstalls it when asked', async () => {
    const ledger =
      'chart: service, namespace: app-services, values: { image: { repository: example.org/ledger, tag: v1 } }';
    await writeFile(join(sandbox.work, 'platform.yaml'), `${file}releases:\n  ledger: { ${ledger} }\n`);
    expect((await up()).error).toBeUndefined();
    await writeFile(join(sandbox.work, 'platform.yaml'), file);

    expect((await up()).result.unwanted).toEqual(['ledger']);
    expect((await status()).result.unwanted).toEqual(['ledger']);
    const { result } = await up('--prune');

    expect(applied(result)).toContain('prune/ledger');
    expect((await status()).result.unwanted).toEqual([]);
  });

  it('leaves out what is skipped, and takes only what is asked for with what it needs', async () => {
    const change = ['--set', 'auth.env.LOG_LEVEL=info', '--set', 'images.env.LOG_LEVEL=info'];

    expect(Object.keys(toDo((await plan(...change, '--skip', 'images')).result))).not.toContain('release/images');
    expect(Object.keys(toDo((await plan(...change, '--only', 'auth')).result))).toContain('release/auth');
    expect(Object.keys(toDo((await plan(...change, '--only', 'auth')).result))).not.toContain('release/images');
    expect((await plan('--only', 'nobody')).error?.message).toContain('nobody');
  });

  it('refuses what cannot change in place, and loses nothing by asking for it', async () => {
    await writeFile(join(sandbox.work, 'platform.yaml'), `${file}local: { kubernetes: "1.35" }\n`);

    const refused = await up();
    const impossible = await up('--recreate');
    await writeFile(join(sandbox.work, 'platform.yaml'), file);

    expect(refused.exitCode).toBe(5);
    expect(refused.error?.message).toContain('Kubernetes is 1.36, wanted 1.35');
    expect(refused.error?.suggestions?.join()).toContain('--recreate');
    expect(impossible.exitCode).toBe(2);
    await expect.poll(async () => (await status()).result.healthy, { timeout: 60_000 }).toBe(true);
  });

  it('gets another node in place', async () => {
    await writeFile(join(sandbox.work, 'platform.yaml'), `${file}local: { workers: 2 }\n`);

    const { result } = await up();

    expect(applied(result)).toContain('cluster');
    expect((await status()).result.nodes.map(({ name }) => name)).toContain('shop-worker2');
  });

  it('stops and starts with its data', async () => {
    expect((await sandbox.platform(['stop'])).exitCode).toBe(0);
    expect((await status()).result.cluster.status).toBe('stopped');

    expect((await sandbox.platform(['start'])).exitCode).toBe(0);

    const { result } = await status();
    expect(result.cluster.status).toBe('running');
    expect(result.releases.find(({ name }) => name === 'postgres')?.health).toBe('ready');
  });

  it('puts its context into the kubeconfig of people', async () => {
    expect(await readFile(sandbox.paths.kubeconfig, 'utf8')).toContain('current-context: platform-shop');
  });

  it('is destroyed only by its name', async () => {
    expect((await sandbox.platform(['destroy'])).exitCode).toBe(2);
    expect((await sandbox.platform(['destroy', '--environment', 'shop', '--confirm', 'shoe'])).exitCode).toBe(2);
    expect((await status()).result.cluster.status).toBe('running');
  });

  it('is destroyed, and nothing is left', async () => {
    const { exitCode, result } = await sandbox.platform.json<DestroyResult>(['destroy', '--confirm', 'shop']);

    expect(exitCode).toBe(0);
    expect(result.left).toEqual([]);
    expect(result.removed.join('\n')).toMatch(/kube-apiserver[\s\S]*volume[\s\S]*context platform-shop/);
    expect(existsSync(join(sandbox.paths.state, 'shop'))).toBe(false);
    expect(await readFile(sandbox.paths.kubeconfig, 'utf8')).not.toContain('shop');
    expect((await sandbox.platform(['status'])).exitCode).toBe(5);
    expect((await sandbox.platform(['destroy', '--confirm', 'shop'])).stdout).toContain('nothing to remove');
  });
});

async function helmIn(sandbox: Sandbox) {
  const { result } = await sandbox.platform.json<{ tools: ListedTool[] }>(['tools', 'list']);
  const helm = result.tools.find(({ name }) => name === 'helm')?.tool?.path ?? 'helm';
  return (args: readonly string[], kubeconfig: string) =>
    systemProcesses().run(helm, [...args, '--kubeconfig', kubeconfig]);
}
