import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { drilled, isDown, namespace, recordOf, service, type Drilled } from './drilled.js';
import { readyFor } from './followed.js';

const path = (resource: string) => `/apis/apps/v1/namespaces/${namespace}/${resource}`;
const expectation = { alerts: ['StoreDown'], receiver: 'inbox' };
const soon = { timeout: 60_000, interval: 50 };

describe('a drill that is not run', () => {
  let world: Drilled;
  beforeAll(async () => {
    world = await drilled({
      name: 'refuse',
      releases: { store: service({ StoreDown: isDown('store') }) },
      drills: { 'store-down': { fault: { scale: 'deployment/store', namespace, to: 0 }, expect: expectation } },
    });
  });
  afterAll(() => world.dispose());
  afterEach(async () => {
    expect(await world.leftovers()).toEqual([]);
  });

  const write = (name: string, content: object) =>
    writeFile(
      join(world.sandbox.work, name),
      stringify({ apiVersion: 'platform/v1alpha1', kind: 'Drill', ...content }),
    );
  const generation = async (resource: string) => (await world.client.get(path(resource)))?.metadata.generation;

  it('has a name that there is not', async () => {
    const { exitCode, error } = await world.run('store-dwon');

    expect(exitCode).toBe(2);
    expect(error).toMatchObject({ code: 'usage', message: 'refuse has no drill "store-dwon"' });
    expect(error?.suggestions).toContain('did you mean store-down?');
  });

  it('is in a file that is not right, and the place is named', async () => {
    await write('wrong.yaml', { fault: { scale: 'store', namespace, to: 'none' }, expects: {} });

    const { exitCode, error } = await world.run('./wrong.yaml');

    expect(exitCode).toBe(2);
    expect(error?.message).toMatch(/^found \d problems in .*wrong\.yaml$/);
    expect(error?.output).toMatch(/wrong\.yaml:4:\d+ .*fault\.scale/);
    expect(error?.output).toMatch(/fault\.to/);
    expect(error?.output).toMatch(/expects/);
    const missing = await world.run('./missing.yaml');
    expect(missing.exitCode).toBe(2);
    expect(`${missing.error?.message ?? ''} ${missing.error?.output ?? ''}`).toContain('missing.yaml');
  });

  it('is only looked at: with a prediction for every link, and without a change', async () => {
    await readyFor('store-down', world.sandbox);
    const before = await generation('deployments/store');

    const { exitCode, result } = await world.run('store-down', '--dry-run');

    expect(exitCode).toBe(0);
    if (result?.kind !== 'look') throw new Error('it did more than look');
    expect(result.findings.filter(({ level }) => level === 'weakness' || level === 'refused')).toEqual([]);
    expect(result.findings).toContainEqual(expect.objectContaining({ check: 'sight', level: 'ok', link: 'pending' }));
    const predicted = Object.fromEntries(result.prediction.links.map(({ name, because }) => [name, because]));
    expect(predicted).toMatchObject({
      pending: 'scrape 2s + evaluation 1s',
      firing: 'for 3s',
      delivered: expect.stringContaining('group_wait 1s') as string,
      resolved: expect.stringContaining('group_interval 2s') as string,
    });
    expect(result.prediction.totalMs).toBeGreaterThan(5_000);
    expect(await generation('deployments/store')).toBe(before);
    expect((await world.sandbox.platform.json(['chaos', 'history'])).result).toEqual({ runs: [] });
  });

  it('would lose data: it is refused, whatever is said', async () => {
    await world.client.create(path('statefulsets'), losing('vault'));
    const before = await generation('statefulsets/vault');
    const fault = { scale: 'statefulset/vault', namespace, to: 0 };
    await write('vault-down.yaml', { fault, expect: expectation });

    const document = await world.run('./vault-down.yaml', '--anyway', '--without-reaper');

    expect(document.exitCode).toBe(9);
    const record = recordOf(document);
    expect(record.verdict).toMatchObject({
      outcome: 'inconclusive',
      summary: expect.stringMatching(/whenScaled/) as string,
    });
    expect(record.findings.filter(({ level }) => level === 'refused')).toMatchObject([{ check: 'data-loss' }]);
    expect(record.marks.faultAt).toBeUndefined();
    expect(await generation('statefulsets/vault')).toBe(before);
  });

  it('would prove nothing while its alert is there already', async () => {
    await world.scale('deployment/store', 0);
    await expect
      .poll(async () => (await world.monitoring.prometheus.alerts()).map(({ labels }) => labels['alertname']), soon)
      .toContain('StoreDown');

    const document = await world.run('store-down');

    expect(document.exitCode).toBe(9);
    const record = recordOf(document);
    expect(record.verdict.outcome).toBe('inconclusive');
    expect(record.verdict.reasons).toContainEqual(
      expect.stringMatching(/^StoreDown is (pending|firing) already, since /),
    );
    expect(record.marks.faultAt).toBeUndefined();
    expect(await world.replicas('deployment/store')).toBe(0);
    await world.scale('deployment/store', 1);
  });
});

/** A StatefulSet whose volumes go with its pods. */
function losing(name: string): object {
  const labels = { app: name };
  const container = {
    ...{ name: 'main', image: 'registry.example/vault:1' },
    volumeMounts: [{ name: 'data', mountPath: '/data' }],
  };
  const claim = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
  return {
    ...{ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name, namespace } },
    spec: {
      ...{ replicas: 1, serviceName: name, selector: { matchLabels: labels } },
      persistentVolumeClaimRetentionPolicy: { whenScaled: 'Delete', whenDeleted: 'Delete' },
      template: { metadata: { labels }, spec: { containers: [container] } },
      volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: claim }],
    },
  };
}
