import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { readCatalogueEntry } from '../../../src/releases/catalogue.js';
import type { PlanResult, UpResult } from '../../../src/usecases/up.js';
import { createSandbox, type JsonDocument, type Sandbox } from '../sandbox.js';
import { withoutUpstream } from '../../upstream.js';
import { upstreamCatalogue, wrapChart, type UpstreamChart } from './wrapped-charts.js';

/**
 * What cannot be in one cluster with the others: other owners of the same definitions, and another chart of the same
 * objects.
 */
const apart = ['prometheus-operator-crds', 'projectcalico.org.v3', 'n8n-8gears'];
/** The charts were rendered with their defaults, which many of them must not run with in a restricted namespace. */
const podSecurity = { level: 'privileged', reason: 'charts as their authors wrote them' };
const releaseOf = (name: string) => (name === 'crd.projectcalico.org.v1' ? 'calico-crds' : name);

describe.skipIf(withoutUpstream)(`real public charts together (${withoutUpstream ?? 'all that are here'})`, () => {
  let sandbox: Sandbox;
  let charts: readonly UpstreamChart[];
  let planned: JsonDocument<PlanResult>;

  beforeAll(async () => {
    sandbox = await createSandbox();
    charts = (await upstreamCatalogue()).filter(({ name }) => !apart.includes(name));
    await writeEnvironment(charts);
    planned = await sandbox.platform.json<PlanResult>(['plan', '--local', '--provider', 'embedded']);
  });
  afterAll(() => sandbox.dispose());

  async function writeEnvironment(given: readonly UpstreamChart[]): Promise<void> {
    const releases = await Promise.all(
      given.map(async (chart) => {
        const name = releaseOf(chart.name);
        const definitionsSwitch = switchOf((await readCatalogueEntry(name))?.crds?.switch);
        await wrapChart(chart, join(sandbox.work, 'charts', name), { definitionsSwitch });
        const namespace = chart.defaultNamespace ?? 'default';
        return [name, { chart: `./charts/${name}`, namespace, only: 'local', podSecurity }] as const;
      }),
    );
    const file = { apiVersion: 'platform/v1alpha1', kind: 'Environment', name: 'upstream' };
    await writeFile(
      join(sandbox.work, 'platform.yaml'),
      stringify({ ...file, domain: 'upstream.localhost', releases: Object.fromEntries(releases) }),
    );
  }

  /** Steps of the definitions that Helm is not to own: from folders, and from charts with a switch for them. */
  async function definitionsOfOurs(): Promise<string[]> {
    const ids = charts.map(async ({ name, crds }) => {
      if (!crds) return [];
      const release = releaseOf(name);
      const bySwitch = (await readCatalogueEntry(release))?.crds?.from === 'switch';
      return bySwitch || crds.from?.['crdsDirectory'] !== undefined ? [`crds/${release}`] : [];
    });
    return (await Promise.all(ids)).flat();
  }

  it('need whoever ships the definitions of what they create, and nobody had to write it', () => {
    expect(planned.error).toBeUndefined();
    const shipped = charts.flatMap(({ name, dependsOnCrds = [] }) =>
      dependsOnCrds.map(({ shippedBy = [] }) => ({
        from: releaseOf(name),
        to: shippedBy.map(releaseOf).filter((provider) => charts.some((chart) => releaseOf(chart.name) === provider)),
      })),
    );
    expect(shipped.length).toBeGreaterThan(0);
    for (const { from, to } of shipped) {
      const found = planned.result.edges.filter((edge) => edge.from === from && edge.facet === 'crds');
      expect(
        found.filter((edge) => to.includes(edge.to)),
        `${from} needs one of ${to.join(', ')}`,
      ).toHaveLength(1);
    }
  });

  it('need no definitions that they do not use', () => {
    const expected = new Set(
      charts.filter(({ dependsOnCrds = [] }) => dependsOnCrds.length > 0).map(({ name }) => releaseOf(name)),
    );
    const derived = planned.result.edges.filter(({ facet, derived: why }) => facet === 'crds' && why !== undefined);
    expect(new Set(derived.map(({ from }) => from))).toEqual(expected);
  });

  it('wait for the webhooks that must admit what they create', () => {
    const webhook = planned.result.edges.filter(({ facet }) => facet === 'webhook');
    const services = webhook.filter(({ to }) => to === 'aws-load-balancer-controller').map(({ from }) => from);
    // Its mutating webhook is asked about every Service.
    expect(services).toContain('onlineboutique');
    expect(services).not.toContain('aws-load-balancer-controller');
  });

  it('are installed, every definition first, and need nothing more after that', async () => {
    const first = await sandbox.platform.json<UpResult>(['up', '--local', '--provider', 'embedded']);
    expect(first.error).toBeUndefined();
    const applied = first.result.summary.steps.filter(
      ({ id, outcome }) => id.startsWith('crds/') && outcome === 'done',
    );
    expect(new Set(applied.map(({ id }) => id))).toEqual(new Set(await definitionsOfOurs()));
    const waiting = planned.result.steps.filter(({ id }) => id.startsWith('crds/')).flatMap(({ needs }) => needs);
    expect(waiting.filter((id) => id.startsWith('release/') || id.startsWith('gate/'))).toEqual([]);

    const second = await sandbox.platform.json<UpResult>(['up', '--local', '--provider', 'embedded']);
    expect(second.error).toBeUndefined();
    expect(second.result.summary.steps.filter(({ outcome }) => outcome === 'done')).toEqual([]);
    // Ten lists, rules among them, and one for each kind of custom resource that has to be ready: Prometheus,
    // Alertmanager, our issuer.
    expect(second.result.requests).toBeLessThanOrEqual(15);
  }, 600_000);

  it('are refused where two of them bring one definition', async () => {
    const both = (await upstreamCatalogue()).filter(({ name }) =>
      ['cert-manager', 'kube-prometheus-stack', 'prometheus-operator-crds'].includes(name),
    );
    await writeEnvironment(both);
    const { error, exitCode } = await sandbox.platform.json(['plan', '--local', '--provider', 'embedded']);
    expect(exitCode).toBe(2);
    expect(error?.message).toContain('both bring the definition');
  });
});

/** `crds.enabled` of `{ crds: { enabled: true } }`. */
function switchOf(values: unknown): string | undefined {
  if (typeof values !== 'object' || values === null) return undefined;
  const [key, inner] = Object.entries(values)[0] ?? [];
  if (key === undefined) return undefined;
  const rest = switchOf(inner);
  return rest === undefined ? key : `${key}.${rest}`;
}
