import { join } from 'node:path';
import pLimit from 'p-limit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/clock.js';
import { connect, type ClusterClient } from '../../../src/kubernetes/client.js';
import { ClusterView } from '../../../src/kubernetes/cluster-view.js';
import { contextName } from '../../../src/kubernetes/kubeconfig.js';
import { systemProcesses } from '../../../src/process.js';
import { describeDrift, driftOf } from '../../../src/releases/drift/drift.js';
import { helmCommand } from '../../../src/releases/helm/helm.js';
import { observeReleases } from '../../../src/releases/helm/observed.js';
import { controlPlane, eventually, stepContext, type ControlPlane } from '../control-plane/control-plane.js';
import { withoutUpstream } from '../../upstream.js';
import { rendered, upstreamCatalogue, wrapChart } from './wrapped-charts.js';

/** Charts with hooks, Lists, webhooks, octal modes, random passwords, definitions of their own. */
const charts = 'cert-manager aws-load-balancer-controller velero loki jenkins redis valkey onlineboutique'.split(' ');

describe.skipIf(withoutUpstream)(`real public charts (${withoutUpstream ?? charts.join(', ')})`, () => {
  let plane: ControlPlane;
  let client: ClusterClient;

  beforeAll(async () => {
    plane = await controlPlane('public');
    await plane.provider.create(stepContext());
    // Megabytes of definitions at once keep a small machine busy for longer than an answer usually takes.
    client = await connect(plane.provider.kubeconfig, contextName('public'), { answerTimeoutMs: 60_000 });
    const view = new ClusterView(() => Promise.resolve(client), systemClock);
    const binary = (await plane.toolchain.find('helm'))?.path ?? '';
    const helm = helmCommand(systemProcesses(), () => Promise.resolve(binary), plane.provider.kubeconfig);
    const wanted = (await upstreamCatalogue()).filter(({ name }) => charts.includes(name));
    await define();
    await eventually(async () =>
      (await view.discovery(0)).some(({ kind }) => kind === 'Schedule') ? true : undefined,
    );
    const namespaces = new Set(wanted.map(({ defaultNamespace = 'default' }) => defaultNamespace));
    for (const name of namespaces) await client.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    await pLimit(4).map(wanted, async (chart) => {
      const folder = join(plane.sandbox.work, chart.name);
      await wrapChart(chart, folder);
      const { name, defaultNamespace: namespace = 'default' } = chart;
      const labels = { 'platform.dev/run': 'test' };
      await helm.install({ name, namespace, chart: folder, values: {}, labels }, stepContext());
    });
  });
  afterAll(async () => {
    client.close();
    await plane.dispose();
  });

  /** Those of a `crds/` folder, which Helm is told to leave to us. */
  async function define(): Promise<void> {
    const inFolder = (await upstreamCatalogue()).filter(
      ({ name, crds }) => charts.includes(name) && crds?.from?.['crdsDirectory'] !== undefined,
    );
    const found = await Promise.all(inFolder.map(({ name }) => rendered(name)));
    await Promise.all(found.flatMap(({ definitions }) => definitions.map(({ object }) => client.apply(object))));
  }

  it('have not drifted right after they were installed', async () => {
    const view = new ClusterView(() => Promise.resolve(client), systemClock);
    const observed = [...(await observeReleases(view)).values()];

    const drifted = await Promise.all(
      observed.map(async (release) => {
        const drift = await driftOf(view, release, AbortSignal.timeout(60_000));
        return drift.length > 0 ? [`${release.name} ${describeDrift(drift)}`] : [];
      }),
    );

    expect(observed.map(({ name }) => name).sort()).toEqual([...charts].sort());
    expect(drifted.flat()).toEqual([]);
  });

  it('are seen to have drifted where somebody changed one object of them', async () => {
    const path = '/apis/apps/v1/namespaces/onlineboutique/deployments/frontend';
    const spec = { template: { spec: { containers: [{ name: 'server', image: 'registry.example/evil:1' }] } } };
    const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'frontend' }, spec };
    await client.apply(deployment, undefined, { path, manager: 'kubectl-edit', force: true });

    const view = new ClusterView(() => Promise.resolve(client), systemClock);
    const release =
      (await observeReleases(view)).get('onlineboutique/onlineboutique') ?? expect.fail('it is not installed');

    expect(describeDrift(await driftOf(view, release, AbortSignal.timeout(60_000)))).toBe(
      'drifted: Deployment/frontend spec.template.spec.containers[server].image',
    );
  });
});
