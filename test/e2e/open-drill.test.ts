import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { planFault } from '../../src/chaos/faults/plan-fault.js';
import { listIntents, openIntent } from '../../src/chaos/intent/intents.js';
import { newIntent } from '../../src/chaos/intent/new-intent.js';
import { takeBack } from '../../src/chaos/intent/take-back.js';
import type { ReadIntent } from '../../src/chaos/intent/read-intent.js';
import { systemClock } from '../../src/clock.js';
import { connect, type ClusterClient } from '../../src/kubernetes/client.js';
import type { DiffResult } from '../../src/usecases/diff.js';
import type { StatusResult } from '../../src/usecases/status.js';
import type { PlanResult, UpResult } from '../../src/usecases/up.js';
import { ready, replicasOf } from './control-plane/drill-workloads.js';
import { createSandbox, type Sandbox } from './sandbox.js';

// A killed drill holds a workload; `up` and its relatives find it so.
let sandbox: Sandbox;
let client: ClusterClient;
let open: ReadIntent;
beforeAll(async () => {
  sandbox = await createSandbox();
  await writeChart();
  await writeEnvironment('one');
  const first = await up();
  expect(first.error).toBeUndefined();
  client = await connect(sandbox.variables['KUBECONFIG'] ?? '', 'platform-held');
  open = await killedDrill();
}, 300_000);
afterAll(async () => {
  client.close();
  await sandbox.dispose();
});

const run = '20261120t120000-abc';
const store = { kind: 'deployment', namespace: 'apps', name: 'store' } as const;
const shop = { kind: 'deployment', namespace: 'apps', name: 'shop' } as const;
const held = new RegExp(
  `^held by the drill db-down \\(run ${run}\\) since 2026-11-20T12:00:00.000Z; take it back with `,
);

async function killedDrill(): Promise<ReadIntent> {
  const provider = { name: 'embedded', simulation: 'simulated' } as const;
  const signal = AbortSignal.timeout(60_000);
  const plan = await planFault(
    { type: 'scale', target: store, replicas: 0 },
    run,
    { client, clock: systemClock, provider },
    signal,
  );
  const startedAt = Date.parse('2026-11-20T12:00:00Z');
  const { changes } = plan;
  const intent = newIntent({
    ...{ run, drill: 'db-down', environment: 'held', owner: 'ann@here/1', startedAt, changes, grants: [] },
  });
  const written = await openIntent(intent, client);
  await plan.inject(signal);
  return written;
}

async function writeChart(): Promise<void> {
  const templates = join(sandbox.work, 'chart', 'templates');
  await mkdir(templates, { recursive: true });
  await writeFile(join(sandbox.work, 'chart', 'Chart.yaml'), 'apiVersion: v2\nname: plain\nversion: 1.0.0\n');
  const app = { app: '{{ .Release.Name }}' };
  const pod = { securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } } };
  const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
  const deployment = {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: '{{ .Release.Name }}' } },
    spec: {
      ...{ replicas: 1, selector: { matchLabels: app } },
      template: {
        metadata: { labels: app, annotations: { text: '{{ .Values.text }}' } },
        spec: { containers: [{ name: 'main', image: 'registry.example/plain:1', securityContext }], ...pod },
      },
    },
  };
  await writeFile(join(templates, 'deployment.yaml'), stringify(deployment));
}

/** Two releases, the second of which needs the first. */
async function writeEnvironment(text: string, names: readonly string[] = ['store', 'shop']): Promise<void> {
  const release = (name: string) => ({
    ...{ chart: './chart', namespace: 'apps', values: { text } },
    ...(name === 'shop' && names.includes('store') && { needs: ['store:ready'] }),
  });
  const file = { apiVersion: 'platform/v1alpha1', kind: 'Environment', name: 'held', domain: 'held.localhost' };
  const releases = Object.fromEntries(names.map((name) => [name, release(name)]));
  await writeFile(join(sandbox.work, 'platform.yaml'), stringify({ ...file, releases }));
}

const up = (...args: string[]) => sandbox.platform.json<UpResult>(['up', '--local', '--provider', 'embedded', ...args]);

const outcomes = ({ result }: { result: UpResult }) =>
  Object.fromEntries(
    result.summary.steps.filter(({ id }) => /^(release|gate|drill)\//.test(id)).map(({ id, outcome }) => [id, outcome]),
  );

describe('while a drill is open', () => {
  it('up leaves what it holds as it is, and does the rest', async () => {
    await writeEnvironment('two');

    const second = await up();

    expect(second.error).toBeUndefined();
    expect(outcomes(second)).toEqual({
      'release/store': 'omitted',
      'gate/store/ready': 'omitted',
      'release/shop': 'done',
      'gate/shop/ready': expect.stringMatching(/done|unchanged/) as string,
    });
    expect(second.result.summary.steps.find(({ id }) => id === 'release/store')?.reason).toMatch(held);
    expect(second.result.drills).toMatchObject([{ run, drill: 'db-down', owner: 'ann@here/1' }]);
    expect(await replicasOf(client, store)).toBe(0);
    await ready(client, shop, 1);
  });

  it('up --repair does not take it back either', async () => {
    const repaired = await up('--repair');

    expect(outcomes(repaired)['release/store']).toBe('omitted');
    expect(await replicasOf(client, store)).toBe(0);
  });

  it('up says so to people, once', async () => {
    const { stderr } = await sandbox.platform(['up', '--local', '--provider', 'embedded']);

    const message = `the drill db-down (run ${run}, by ann@here) is open: deployment/store in apps was scaled from 1 to 0; take it back: platform chaos restore ${run} --environment held`;
    expect(stderr.split(message)).toHaveLength(2);
  });

  it('plan, diff and status say so, and none of them calls it drift', async () => {
    const plan = await sandbox.platform.json<PlanResult>(['plan', '--local', '--provider', 'embedded']);
    const diff = await sandbox.platform.json<DiffResult>(['diff', '--local', '--provider', 'embedded']);
    const { result } = await sandbox.platform.json<StatusResult>(['status']);

    for (const { drills } of [plan.result, diff.result, result]) expect(drills).toMatchObject([{ run }]);
    expect(plan.result.steps.find(({ id }) => id === 'release/store')?.check).toMatchObject({ status: 'omitted' });
    expect(diff.result.releases.find(({ release }) => release === 'store')).toMatchObject({ status: 'omitted' });
    expect(diff.result.changes).toBe(false);
    expect(result.releases.find(({ name }) => name === 'store')).toMatchObject({ health: 'omitted' });
    expect(result.healthy).toBe(false);
    expect(result.next).toEqual([`\`platform chaos restore ${run} --environment held\` takes the open drill back`]);
    for (const args of [
      ['plan', '--local', '--provider', 'embedded'],
      ['diff', '--local', '--provider', 'embedded'],
      ['status'],
    ]) {
      const { stdout } = await sandbox.platform(args);
      expect(stdout.replace(/\s+/g, ' ')).toContain(`the drill db-down (run ${run}, by ann@here) is open`);
    }
  });

  it('up --prune does not uninstall it', async () => {
    await writeEnvironment('two', ['shop']);

    const pruned = await up('--prune');

    expect(pruned.error).toBeUndefined();
    expect(pruned.result.summary.steps.map(({ id }) => id)).not.toContain('prune/store');
    expect(await replicasOf(client, store)).toBe(0);
    await writeEnvironment('two');
  });
});

describe('after the reaper took a drill back', () => {
  it('up says when, goes on with what was held, and removes the record', async () => {
    await takeBack(open, 'reaper@here/1', { client, clock: systemClock, signal: AbortSignal.timeout(60_000) });

    const { stderr } = await sandbox.platform(['up', '--local', '--provider', 'embedded']);

    expect(stderr).toMatch(new RegExp(`the drill db-down \\(run ${run}\\) was taken back by the reaper at 20`));
    expect(await listIntents(client)).toEqual([]);
    await ready(client, store, 1);
    const next = await up();
    expect(next.result.drills).toEqual([]);
    expect(next.result.summary.counts.done).toBe(0);
  });
});
