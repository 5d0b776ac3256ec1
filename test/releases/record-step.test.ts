import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Environment } from '../../src/environment/environment.js';
import { recordStep } from '../../src/releases/record-step.js';
import { withoutFile } from '../../src/usecases/environment-of-record.js';
import { send } from '../kubernetes/api-server.js';
import { cluster, context, type Cluster } from './cluster.js';
import { release } from './release.js';

let world: Cluster;
beforeEach(async () => {
  world = await cluster();
});
afterEach(() => world.api.close());

/** How often it was asked whether the environment is still ours. */
let asked = 0;
const ensureOwned = () => {
  asked += 1;
  return Promise.resolve();
};

const values = [{ origin: 'platform.yaml', values: { password: 'hunter2', replicas: 2 } }];
const environment: Environment = { ...withoutFile('dev'), releases: [release('web', { values })] };
const step = (given = environment, run = 'run-1') =>
  recordStep(given, { provider: 'embedded', run }, world.view, ['cluster'], ensureOwned);
const recordPath = '/api/v1/namespaces/platform-system/configmaps/platform-environment';

describe('the record of an environment in its cluster', () => {
  it('is written once, and then is as wanted', async () => {
    expect(await step().check(context())).toEqual({ status: 'needed', reason: 'new' });
    asked = 0;
    await step().apply(context());
    expect(asked).toBe(1);
    expect(await step().check(context())).toEqual({ status: 'satisfied' });
    expect(await step(environment, 'run-2').check(context())).toEqual({ status: 'satisfied' });
  });

  it('is written again when the environment changed', async () => {
    await step().apply(context());
    const changed = { ...environment, domain: 'shop.example' };
    expect(await step(changed).check(context())).toEqual({ status: 'needed', reason: 'the environment file changed' });
  });

  it('holds what the environment wants, and no secret', async () => {
    await step().apply(context());
    const text = JSON.stringify(world.api.objects.get(recordPath));
    expect(text).toContain('replicas');
    expect(text).not.toContain('hunter2');
    expect(JSON.stringify(world.api.requests)).not.toContain('hunter2');
  });

  it('does not count as written before it is whole', async () => {
    world.api.answer = (response, { path, method }) =>
      path === recordPath && method === 'PATCH' && send(response, 500, { message: 'etcd is full' });
    await expect(step().apply(context())).rejects.toThrow('etcd is full');
    world.view.forget();
    expect(await step().check(context())).toEqual({ status: 'needed', reason: 'new' });
  });
});
