import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { systemClock } from '../../src/clock.js';
import { connect, type ClusterClient } from '../../src/kubernetes/client.js';
import { environmentState } from '../../src/paths.js';
import { systemProcesses } from '../../src/process.js';
import type { ListedTool } from '../../src/usecases/tools.js';
import type { PlanResult, UpResult } from '../../src/usecases/up.js';
import { processesFrom } from '../../src/clusters/embedded/host-processes.js';
import { createSandbox, type Sandbox } from './sandbox.js';

let sandbox: Sandbox;
let helm = '';
beforeAll(async () => {
  sandbox = await createSandbox();
  const { result } = await sandbox.platform.json<{ tools: ListedTool[] }>(['tools', 'list']);
  helm = result.tools.find(({ name }) => name === 'helm')?.tool?.path ?? '';
  await writeChart('config', {
    'templates/config.yaml': configMap('{{ .Release.Name }}', '{{ .Values.colour | default "blue" }}'),
  });
});
afterAll(() => sandbox.dispose());

const namespace = 'apps';
const up = (...args: string[]) => sandbox.platform.json<UpResult>(['up', '--local', '--provider', 'embedded', ...args]);
const plan = () => sandbox.platform.json<PlanResult>(['plan', '--local', '--provider', 'embedded']);

const configMap = (name: string, colour: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: { colour: ${colour} }\n`;

const thing = 'apiVersion: example.org/v1\nkind: Thing\nmetadata: { name: mine }\n';
const definition = JSON.stringify({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'things.example.org' },
  spec: {
    group: 'example.org',
    scope: 'Namespaced',
    names: { kind: 'Thing', plural: 'things' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
  },
});
const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: main, image: example.org/web:1 }] }
`;

async function writeChart(name: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [file, text] of Object.entries({
    'Chart.yaml': `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`,
    ...files,
  })) {
    const path = join(sandbox.work, 'charts', name, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
}

/** Releases of charts in `charts/`, by name. */
async function writeEnvironment(releases: Readonly<Record<string, object>>): Promise<void> {
  const all = Object.entries(releases).map(([name, more]) => [name, { chart: './charts/config', namespace, ...more }]);
  const file = { apiVersion: 'platform/v1alpha1', kind: 'Environment', name: 'rels', domain: 'rels.localhost' };
  await writeFile(
    join(sandbox.work, 'platform.yaml'),
    stringify({ ...file, releases: Object.fromEntries(all) as object }),
  );
}

const kubeconfig = () => join(environmentState(sandbox.paths, 'rels'), 'kubeconfig');

async function withCluster<T>(work: (client: ClusterClient) => Promise<T>): Promise<T> {
  const client = await connect(kubeconfig(), 'platform-rels');
  try {
    return await work(client);
  } finally {
    client.close();
  }
}

async function pidOf(component: string): Promise<number> {
  const folder = join(environmentState(sandbox.paths, 'rels'), 'embedded', 'clusters', 'platform');
  const found = (await processesFrom(folder, systemProcesses())).find(({ command }) =>
    command.includes(`/${component}`),
  );
  if (!found) throw new Error(`${component} does not run`);
  return found.pid;
}

describe('a graph that is wrong', () => {
  const refusal = async () => {
    const { exitCode, error } = await plan();
    expect(exitCode).toBe(2);
    return `${error?.message ?? ''}\n${error?.output ?? ''}`;
  };

  it('names the object of a kind that nobody provides', async () => {
    await writeChart('user', { 'templates/thing.yaml': thing });
    await writeEnvironment({ user: { chart: './charts/user' } });
    expect(await refusal()).toContain(
      'user creates Thing/mine of example.org/v1, which nothing in this environment provides',
    );
  });

  it('names a facet that a release does not have', async () => {
    await writeEnvironment({ one: {}, two: { needs: ['one:webhook'] } });
    expect(await refusal()).toContain('two needs one:webhook, but one has no facet webhook');
  });

  it('names a circle that goes through what a chart creates', async () => {
    // Templated without a switch, so that Helm owns it and the one who needs it waits for the whole release.
    await writeChart('templated', { 'templates/definition.yaml': definition });
    await writeChart('needy', { 'templates/thing.yaml': thing, 'templates/web.yaml': deployment });
    await writeEnvironment({
      needy: { chart: './charts/needy' },
      templated: { chart: './charts/templated', needs: ['needy:ready'] },
    });
    const text = await refusal();
    expect(text).toContain('releases need each other in a circle');
    expect(text).toContain('needy needs templated:crds (creates Thing/mine)');
  });

  it('names values that are not a map', async () => {
    await writeEnvironment({ one: { values: 'blue' } });
    expect(await refusal()).toContain('releases.one.values');
  });
});

describe('releases of others', () => {
  it('are not taken over: their owner is named', async () => {
    await writeEnvironment({ one: {} });
    expect((await up()).error).toBeUndefined();
    const chart = join(sandbox.work, 'charts', 'config');
    await systemProcesses().run(helm, ['install', 'two', chart, '-n', namespace, '--kubeconfig', kubeconfig()]);
    await writeEnvironment({ one: {}, two: {} });

    const { error, exitCode } = await up();

    expect(exitCode).toBe(5);
    expect(error?.message).toContain(
      'there is a Helm release two in apps already, installed not by platform (chart config 1.0.0',
    );
    expect(error?.suggestions?.join()).toContain('helm uninstall two --namespace apps');
    await systemProcesses().run(helm, ['uninstall', 'two', '-n', namespace, '--kubeconfig', kubeconfig()]);
  });

  it('keep their objects: a chart that wants one of them is told whose it is', async () => {
    await writeChart('thief', { 'templates/config.yaml': configMap('one', 'mine') });
    await writeEnvironment({ one: {}, thief: { chart: './charts/thief' } });

    const { error, exitCode } = await up();

    expect(exitCode).toBe(5);
    expect(error?.message).toContain('thief cannot create ConfigMap/one in namespace apps: it is there already');
    expect(error?.message).toContain('belongs to');
  });
});

describe('a release record', () => {
  const noise = (bytes: number) => randomBytes(Math.ceil(bytes / 2)).toString('hex');

  it('near the 1 MiB that a Secret holds is no trouble', async () => {
    // Random text, which packs to half of its hexadecimal digits; Helm keeps files and rendered text.
    await writeChart('large', { 'templates/config.yaml': configMap('large', noise(340_000)) });
    await writeEnvironment({ one: {}, large: { chart: './charts/large' } });
    expect((await up('--prune')).error).toBeUndefined();
    expect((await up()).result.summary.counts.done).toBe(0);
  });

  it('over it is an error that says what to do', async () => {
    await writeChart('huge', {
      'templates/config.yaml': configMap('huge', '"{{ .Files.Get "noise" | sha256sum }}"'),
      noise: noise(2_600_000),
    });
    await writeEnvironment({ one: {}, huge: { chart: './charts/huge' } });

    const { error, exitCode } = await up('--prune');

    expect(exitCode).toBe(4);
    expect(error?.output).toContain('1048576');
    expect(error?.suggestions?.join(' ')).toMatch(/1 MiB|smaller|\.helmignore/);
  });
});

describe('an API server in trouble', () => {
  it('that is away for 20 s in the middle of a run is waited for', async () => {
    await writeEnvironment(Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`away-${String(index)}`, {}])));
    const server = await pidOf('kube-apiserver');
    const run = sandbox.start(['up', '--local', '--provider', 'embedded']);
    await run.shows(/✓ away-\d+: revision 1/);
    process.kill(server, 'SIGSTOP');
    await systemClock.sleep(20_000);
    process.kill(server, 'SIGCONT');
    const { exitCode, stderr } = await run.finished;

    expect(stderr).toContain('the API server does not answer; waiting up to');
    expect(exitCode).toBe(0);
    expect((await up()).result.summary.counts.done).toBe(0);
  });

  it('with an aggregated API that is broken does not keep anything from being installed', async () => {
    await withCluster((client) =>
      client.create('/apis/apiregistration.k8s.io/v1/apiservices', {
        apiVersion: 'apiregistration.k8s.io/v1',
        kind: 'APIService',
        metadata: { name: 'v1.broken.example.org' },
        spec: {
          group: 'broken.example.org',
          version: 'v1',
          groupPriorityMinimum: 100,
          versionPriority: 100,
          insecureSkipTLSVerify: true,
          service: { name: 'nobody', namespace: 'default' },
        },
      }),
    );
    await writeChart('operator', { 'crds/things.yaml': definition });
    await writeChart('user', {
      'templates/thing.yaml': thing,
    });
    await writeEnvironment({ user: { chart: './charts/user' }, operator: { chart: './charts/operator' } });

    const { error, result } = await up('--prune');

    expect(error).toBeUndefined();
    expect(result.summary.steps.find(({ id }) => id === 'gate/operator/crds')?.outcome).toMatch(/done|unchanged/);
    expect((await plan()).result.edges).toEqual([
      { from: 'user', to: 'operator', facet: 'crds', derived: 'creates Thing/mine' },
    ]);
  });
});

describe('many releases', () => {
  const many = (colour: string) =>
    Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`many-${String(index)}`, { values: { colour } }]));

  it('of two hundred are installed, and then are as wanted', async () => {
    await writeEnvironment(many('red'));
    const first = await up('--prune');
    expect(first.error).toBeUndefined();
    const second = await up();
    expect(second.error).toBeUndefined();
    expect(second.result.summary.counts.done).toBe(0);
    expect(second.result.requests).toBeLessThanOrEqual(10);
  }, 600_000);
});
