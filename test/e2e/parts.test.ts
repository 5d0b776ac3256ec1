import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DiffResult } from '../../src/usecases/diff.js';
import type { StatusResult } from '../../src/usecases/status.js';
import type { PlanResult, UpResult } from '../../src/usecases/up.js';
import { createSandbox, type Sandbox } from './sandbox.js';

const image = 'image: { repository: example.org/app, tag: v1 }';
const file = `apiVersion: platform/v1alpha1
kind: Environment
name: shop
releases:
  web:
    chart: service
    namespace: apps
    values: { ${image} }
    parts: { logging: { values: { replicas: 2 }, needs: ["loki:ready"] } }
  loki: { chart: service, namespace: apps, part: logging, values: { ${image} } }
`;

describe('an optional part of an environment', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await createSandbox();
    await writeFile(join(sandbox.work, 'platform.yaml'), file);
  });
  afterAll(async () => {
    await sandbox.dispose();
  });

  const up = (...args: string[]) =>
    sandbox.platform.json<UpResult>(['up', '--local', '--provider', 'embedded', ...args]);
  const status = async () => (await sandbox.platform.json<StatusResult>(['status'])).result;
  const diff = async () => (await sandbox.platform.json<DiffResult>(['diff', '--local'])).result;
  const outcomes = ({ summary }: UpResult) => new Map(summary.steps.map(({ id, outcome }) => [id, outcome]));

  it('is installed while it is asked for, and waited for by what is written for it', async () => {
    const { result, error } = await up('--with', 'logging');

    expect(error).toBeUndefined();
    expect(result.askedParts).toEqual(['logging']);
    expect(outcomes(result).get('release/loki')).toBe('done');
    const { edges } = (await sandbox.platform.json<PlanResult>(['plan', '--local', '--with', 'logging'])).result;
    expect(edges).toContainEqual(expect.objectContaining({ from: 'web', to: 'loki', facet: 'ready' }));
  });

  it('is remembered by status and diff', async () => {
    expect(await status()).toMatchObject({
      ...{ healthy: true, unwanted: [], next: [] },
      releases: [{ name: 'web' }, { name: 'loki', health: 'ready' }],
    });
    expect(await diff()).toMatchObject({
      changes: false,
      releases: [{ release: 'web' }, { release: 'loki', status: 'unchanged' }],
    });
  });

  it('is no longer wanted by an up that does not ask for it, and is not forgotten until then', async () => {
    const { result } = await up();

    expect(result.unwanted).toEqual(['loki']);
    expect(outcomes(result).get('release/web')).toBe('done');
    expect(await status()).toMatchObject({
      unwanted: ['loki'],
      next: ['`platform up --local --prune` uninstalls what is no longer wanted'],
    });
    expect((await diff()).releases.map(({ release }) => release)).toEqual(['web']);
  });

  it('is taken away by --prune', async () => {
    const { result, error } = await up('--prune');

    expect(error).toBeUndefined();
    expect(result.unwanted).toEqual([]);
    expect((await status()).releases.map(({ name }) => name)).toEqual(['web']);
  });
});
