import { existsSync } from 'node:fs';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Release, Target, Values } from '../../src/environment/environment.js';
import { loadEnvironment } from '../../src/environment/load.js';
import { asset } from '../../src/paths.js';
import { mergeValues } from '../../src/releases/values/values.js';
import { helm, type Manifest, only, rendered, skipWithoutHelm } from '../charts/helm.js';

const everyPart = ['logging', 'tracing', 'slack'];
const targets = ['local', 'aws'] as const;

async function environmentOf(target: Target, parts: readonly string[] = []) {
  const cwd = await mkdtemp(join(tmpdir(), 'microservices-'));
  const file = {
    ...{ apiVersion: 'platform/v1alpha1', kind: 'Environment', name: 'shop', blueprint: 'microservices', parts },
    aws: { account: '123456789012', region: 'eu-north-1' },
  };
  await writeFile(join(cwd, 'platform.yaml'), JSON.stringify(file));
  return loadEnvironment({ cwd, target });
}

const blueprint = parse(await readFile(asset('assets', 'blueprints', 'microservices.yaml'), 'utf8')) as {
  readonly namespaces: Readonly<Record<string, { readonly quota: Readonly<Record<string, string>> }>>;
};

/** Objects of a release of one of our own charts; none of a public one. */
async function objectsOf({ name, namespace, chart, values }: Release): Promise<Manifest[]> {
  return chart.from === 'bundled' ? rendered(name, chart.path, { namespace, values: mergeValues(values) }) : [];
}

function valuesOf(releases: readonly Release[], name: string): Values {
  const found = releases.find((release) => release.name === name);
  if (!found) throw new Error(`there is no release ${name}`);
  return mergeValues(found.values);
}

describe('our own charts in the default environment', () => {
  beforeEach(skipWithoutHelm);

  it.each(targets.flatMap((target) => [[], everyPart].map((parts) => [target, parts] as const)))(
    'pass a strict lint on %s with the parts %j',
    async (target, parts) => {
      const { releases } = await environmentOf(target, parts);
      const own = releases.filter(({ chart }) => chart.from === 'bundled');
      expect(own.map(({ name }) => name)).toEqual(expect.arrayContaining(['webportal', 'inbox', 'observability']));
      for (const { name, namespace, chart, values } of own) {
        if (chart.from !== 'bundled') continue;
        const args = ['lint', '--strict', chart.path, '--namespace', namespace];
        const { stdout, stderr, exitCode } = await helm(args, mergeValues(values));
        expect(exitCode, `${name}: ${stdout}${stderr}`).toBe(0);
      }
    },
  );
});

describe('images of the default environment', () => {
  it('are built from sources that are there, each for the release of its name', async () => {
    const { images, releases } = await environmentOf('local');
    const built = releases.flatMap(({ name, image }) => (image === undefined ? [] : [[name, image]]));
    expect(built.map(([name]) => name).sort()).toEqual(['api', 'auth', 'images', 'inbox', 'reaper', 'webportal']);
    expect(built.every(([name, image]) => name === image)).toBe(true);
    for (const [name, { context, args }] of Object.entries(images)) {
      expect(args, name).toEqual({ APP: name });
      expect(existsSync(join(context, 'Dockerfile')), context).toBe(true);
      expect(existsSync(join(context, 'src', name)), `${context}/src/${name}`).toBe(true);
    }
    expect(Object.keys(images).sort()).toEqual(built.map(([, image]) => image).sort());
  });
});

describe.each(targets)('quotas of the default environment on %s', (target) => {
  beforeEach(skipWithoutHelm);

  // Old pods count while they end, and a new one is made as soon as the one before is ready.
  it('let everything be replaced while it is at its largest', async () => {
    const { releases } = await environmentOf(target, everyPart);
    for (const [namespace, { quota }] of Object.entries(blueprint.namespaces)) {
      const inside = releases.filter((release) => release.namespace === namespace);
      const needed = new Map<string, number>();
      const add = (what: string, amount: number) => needed.set(what, (needed.get(what) ?? 0) + amount);
      for (const objects of await Promise.all(inside.map(objectsOf))) {
        for (const workload of objects.filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet')) {
          const pods = largest(workload, objects) * (workload.kind === 'Deployment' ? 2 : 1);
          add('pods', pods);
          const { resources } = container(workload);
          for (const kind of ['requests', 'limits'] as const) {
            for (const [resource, amount] of Object.entries(resources[kind])) {
              add(`${kind}.${resource}`, pods * amountOf(amount));
            }
          }
        }
      }
      const counted = Object.entries(quota).filter(([what]) => !what.startsWith('services.'));
      expect(counted.map(([what]) => what)).toEqual(['pods', 'requests.cpu', 'requests.memory', 'limits.memory']);
      for (const [what, hard] of counted) {
        const amount = needed.get(what) ?? 0;
        expect(amount, `${what} in ${namespace}`).toBeGreaterThan(0);
        expect(amountOf(hard), `${what} in ${namespace}`).toBeGreaterThanOrEqual(amount);
      }
    }
  });
});

describe('the part tracing of the default environment', () => {
  beforeEach(skipWithoutHelm);

  const traced = ['auth', 'images', 'api', 'webportal'];
  const policyText = (objects: readonly Manifest[]) => JSON.stringify(only(objects, 'NetworkPolicy'));

  it('tells the services where the collector is, and lets them go there and ask for its name', async () => {
    const { releases } = await environmentOf('local', ['tracing']);
    for (const name of traced) {
      const objects = await objectsOf(releases.find((release) => release.name === name) ?? expect.fail(name));
      expect(only(objects, 'ConfigMap', `${name}-env`)).toMatchObject({
        data: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://otel-collector-opentelemetry-collector.monitoring:4318' },
      });
      expect(policyText(objects)).toContain(
        '"app.kubernetes.io/name":"opentelemetry-collector"}}}],"ports":[{"port":4318}]',
      );
      expect(policyText(objects)).toContain('"k8s-app":"kube-dns"');
    }
  });

  it('leaves nothing of that while it is off', async () => {
    const { releases } = await environmentOf('local', ['logging']);
    const names = releases.map(({ name }) => name);
    expect(names).toContain('loki');
    expect(names).not.toContain('tempo');
    for (const name of traced) {
      const objects = await objectsOf(releases.find((release) => release.name === name) ?? expect.fail(name));
      expect(JSON.stringify(objects), name).not.toMatch(/OTEL|opentelemetry/);
    }
  });
});

describe('data sources of the optional parts', () => {
  it('lead only to data sources that are there', async () => {
    const { releases } = await environmentOf('local', everyPart);
    const { datasources } = valuesOf(releases, 'observability') as { datasources: Record<string, { uid: string }> };
    // Grafana's own one comes with kube-prometheus-stack.
    const known = ['prometheus', ...Object.values(datasources).map(({ uid }) => uid)];
    const named = [...JSON.stringify(datasources).matchAll(/"datasourceUid":"([^"]+)"/g)].map(([, uid]) => uid);
    expect(named.sort()).toEqual(['loki', 'prometheus', 'tempo']);
    expect(known).toEqual(expect.arrayContaining(named));
  });
});

describe('the part slack of the default environment', () => {
  interface Alerting {
    readonly route: { readonly receiver: string; readonly routes: readonly { readonly receiver: string }[] };
    readonly receivers: readonly { readonly name: string }[];
  }
  const alerting = async (parts: readonly string[]) => {
    const { releases } = await environmentOf('local', parts);
    return (valuesOf(releases, 'kube-prometheus-stack')['alertmanager'] as { config: Alerting }).config;
  };

  it('leaves the inbox what it gets without it, and tells the channel all but the signs of life', async () => {
    const without = await alerting([]);
    const { route, receivers } = await alerting(['slack']);
    expect(receivers.slice(0, -1)).toEqual(without.receivers);
    expect(receivers.at(-1)?.name).toBe('slack');
    expect(route.receiver).toBe(without.route.receiver);
    expect(route.routes.slice(0, without.route.routes.length)).toEqual(without.route.routes);
    expect(route.routes.slice(without.route.routes.length)).toEqual([
      { receiver: 'slack', continue: true },
      { receiver: 'inbox' },
    ]);
  });
});

function container({ spec }: Manifest) {
  const { template } = spec as {
    readonly template: {
      readonly spec: {
        readonly containers: readonly [
          { readonly resources: Readonly<Record<'requests' | 'limits', Readonly<Record<string, string>>>> },
        ];
      };
    };
  };
  return template.spec.containers[0];
}

/** How many pods of a workload there can be: what its autoscaler allows, or its own number. */
function largest({ spec }: Manifest, objects: readonly Manifest[]): number {
  const autoscaler = objects.find(({ kind }) => kind === 'HorizontalPodAutoscaler')?.['spec'];
  const { maxReplicas, replicas } = { ...(spec as object), ...(autoscaler as object | undefined) } as {
    readonly maxReplicas?: number;
    readonly replicas?: number;
  };
  return maxReplicas ?? replicas ?? 1;
}

const units: Readonly<Record<string, number>> = { m: 0.001, Mi: 2 ** 20, Gi: 2 ** 30 };

/** The number that a quantity such as 50m or 64Mi stands for. */
function amountOf(quantity: string): number {
  const [, digits, unit = ''] = /^(\d+)(m|Mi|Gi)?$/.exec(quantity) ?? expect.fail(`what is ${quantity}?`);
  return Number(digits) * (units[unit] ?? 1);
}
