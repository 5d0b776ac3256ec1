import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureAuthority, readAuthority } from '../../src/certificates/authority.js';
import { makeAuthority } from '../../src/certificates/make-authority.js';
import { certificateSteps } from '../../src/certificates/steps.js';
import type { CertificateStepOptions } from '../../src/certificates/step-options.js';
import { ClusterView } from '../../src/kubernetes/cluster-view.js';
import { buildPlan, checkPlan } from '../../src/plan/plan.js';
import { withoutFile } from '../../src/usecases/environment-of-record.js';
import { fakeProvider, running } from '../clusters/fake-provider.js';
import { send } from '../kubernetes/api-server.js';
import { cluster, context, type Cluster } from '../releases/cluster.js';
import { release } from '../releases/release.js';
import { fakeNodes } from './fake-nodes.js';
import { clockAt, dayMs, temporaryFolder } from './given.js';

let world: Cluster;
let owned: number;
beforeEach(async () => {
  world = await cluster();
  owned = 0;
});
afterEach(() => world.api.close());

const issuerPath = '/apis/cert-manager.io/v1/clusterissuers/platform-ca';
const secretPath = '/api/v1/namespaces/cert-manager/secrets/platform-ca';
const bundlePath = (namespace: string) => `/api/v1/namespaces/${namespace}/configmaps/platform-trust-bundle`;

async function given(more: Partial<CertificateStepOptions> = {}) {
  const data = await temporaryFolder();
  const clock = clockAt();
  const options: CertificateStepOptions = {
    environment: { ...withoutFile('shop'), releases: [release('cert-manager', { namespace: 'cert-manager' })] },
    provider: fakeProvider({ state: running }),
    view: world.view,
    clock,
    paths: { data },
    leftOut: () => undefined,
    needs: { issuer: ['gate/cert-manager/webhook'], bundle: ['namespace/apps'] },
    ensureOwned: () => {
      owned += 1;
      return Promise.resolve();
    },
    ...more,
  };
  const steps = certificateSteps(options);
  const step = (name: string) =>
    steps.find(({ id }) => id === `certificates/${name}`) ?? expect.fail(`no step ${name}`);
  return { data, clock, options, steps, step };
}

function namespace(name: string, environment?: string, phase = 'Active'): void {
  const labels = environment === undefined ? {} : { 'platform.dev/environment': environment };
  world.api.objects.set(`/api/v1/namespaces/${name}`, { metadata: { name, labels }, status: { phase } });
}

/** cert-manager, as it says what it thinks of an issuer at each look. */
function certManagerSays(...conditions: readonly object[]): void {
  const left = [...conditions];
  world.api.answer = (response, { method, path }) => {
    if (method !== 'GET' || path !== issuerPath) return false;
    const issuer = world.api.objects.get(issuerPath);
    const condition = left.length > 1 ? left.shift() : left[0];
    const said = { ...issuer, status: { conditions: [condition] } };
    world.api.objects.set(issuerPath, said);
    return send(response, 200, said);
  };
}

const ready = { type: 'Ready', status: 'True', reason: 'KeyPairVerified' };

describe('the steps of certificates', () => {
  it('are those that the cluster and the environment have a use for', async () => {
    const ids = async (more: Partial<CertificateStepOptions>) => (await given(more)).steps.map(({ id }) => id);
    const machines = fakeNodes('worker');
    expect(await ids({ provider: fakeProvider({ machines }) })).toEqual(
      ['authority', 'nodes', 'issuer', 'bundle'].map((name) => `certificates/${name}`),
    );
    expect(await ids({ environment: withoutFile('shop') })).toEqual(['certificates/authority', 'certificates/bundle']);
  });

  it('wait for what they build on', async () => {
    const { step } = await given({ provider: fakeProvider({ machines: fakeNodes('worker') }) });
    expect(step('authority').needs).toEqual([]);
    expect(step('nodes').needs).toEqual(['cluster', 'certificates/authority']);
    expect(step('issuer').needs).toEqual(['certificates/authority', 'gate/cert-manager/webhook']);
    expect(step('bundle').needs).toEqual(['certificates/authority', 'namespace/apps']);
  });

  it('are all needed before there is a cluster', async () => {
    const { step, data, clock } = await given({
      provider: fakeProvider({ machines: fakeNodes('worker') }),
      view: new ClusterView(() => Promise.resolve(undefined), clockAt()),
    });
    const names = ['nodes', 'issuer', 'bundle'];
    for (const name of names) {
      expect(await step(name).check(context())).toEqual({
        status: 'needed',
        reason: 'there is no certificate authority yet',
      });
    }
    await ensureAuthority({ data }, clock);
    for (const name of names) {
      expect(await step(name).check(context())).toEqual({ status: 'needed', reason: 'there is no cluster yet' });
    }
    expect(await step('authority').check(context())).toMatchObject({ status: 'satisfied' });
  });
});

describe('certificates/authority', () => {
  it('is made once, and says what a person has to do', async () => {
    const { step, data } = await given();
    expect(await step('authority').check(context())).toEqual({ status: 'needed', reason: 'new' });
    expect(await readAuthority({ data })).toBeUndefined();
    expect(await step('authority').apply(context())).toBe('made; `platform trust install` lets this machine trust it');
    expect(await step('authority').check(context())).toEqual({
      status: 'satisfied',
      detail: expect.stringMatching(/^until 20\d\d-\d\d-\d\d$/) as unknown,
    });
  });

  it('is renewed before its end, and says so', async () => {
    const { step, data, clock } = await given();
    const { validTo } = await ensureAuthority({ data }, clock);
    clock.at = validTo - 20 * dayMs;
    expect(await step('authority').check(context())).toMatchObject({
      status: 'needed',
      reason: expect.stringMatching(/^it ends on .*; it is renewed$/) as unknown,
    });
    expect(await step('authority').apply(context())).toMatch(/^renewed; run `platform trust install` again/);
    expect(await step('authority').check(context())).toMatchObject({ status: 'satisfied' });
  });

  it('is closed to other users, and says so', async () => {
    const { step, data, clock } = await given();
    await ensureAuthority({ data }, clock);
    await chmod(join(data, 'ca', 'ca.key'), 0o640);
    expect(await step('authority').check(context())).toMatchObject({
      status: 'needed',
      reason: expect.stringContaining('ca.key is open to other users (0640 instead of 0600)') as unknown,
    });
    expect(await step('authority').apply(context())).toMatch(/^its files were open to other users and are closed now/);
  });

  it('blocks where its files are damaged', async () => {
    const { steps, data, clock } = await given();
    await ensureAuthority({ data }, clock);
    await writeFile(join(data, 'ca', 'ca.pem'), 'half a');
    const plan = buildPlan(steps.slice(0, 1));
    const { checks } = await checkPlan(plan, context().signal);
    expect(checks.get('certificates/authority')).toMatchObject({
      status: 'blocked',
      by: expect.stringMatching(/ca\.pem is not a certificate$/) as unknown,
    });
  });
});

describe('certificates/nodes', () => {
  it('gives every node our authority and the corporate ones', async () => {
    const folder = await temporaryFolder();
    const corporate = join(folder, 'proxy.pem');
    await writeFile(corporate, (await makeAuthority(Date.now())).certificate);
    const machines = fakeNodes('control-plane', 'worker');
    const shop = withoutFile('shop');
    const { step, data } = await given({
      environment: { ...shop, local: { ...shop.local, authorities: [corporate] } },
      provider: fakeProvider({ state: running, machines }),
    });
    await step('authority').apply(context());
    expect(await step('nodes').check(context())).toEqual({
      status: 'needed',
      reason: 'control-plane lacks 2 of 2 authorities',
    });
    expect(await step('nodes').apply(context())).toBe('2 put into 2 of 2 nodes');
    const authority = await readAuthority({ data });
    for (const name of ['control-plane', 'worker']) {
      expect(machines.node(name).trusted[0]).toBe(authority?.pem);
      expect(machines.node(name).trusted).toHaveLength(2);
    }
    expect(await step('nodes').check(context())).toEqual({ status: 'satisfied', detail: '2 in 2 nodes' });
  });

  it('leaves alone the nodes that have all', async () => {
    const machines = fakeNodes('control-plane', 'worker');
    const { step } = await given({ provider: fakeProvider({ state: running, machines }) });
    await step('authority').apply(context());
    await step('nodes').apply(context());
    machines.node('worker').files.clear();
    const before = machines.node('control-plane').ran.length;
    expect(await step('nodes').check(context())).toMatchObject({ reason: 'worker lacks 1 of 1 authorities' });
    expect(await step('nodes').apply(context())).toBe('1 put into 1 of 2 nodes');
    expect(machines.node('control-plane').ran).toHaveLength(before);
  });

  it('asks each node once when there is nothing to do', async () => {
    const machines = fakeNodes('worker');
    const { step } = await given({ provider: fakeProvider({ state: running, machines }) });
    await step('authority').apply(context());
    await step('nodes').apply(context());
    const before = machines.node('worker').looks;
    await step('nodes').check(context());
    expect(machines.node('worker').looks).toBe(before + 1);
  });

  it('keeps an authority that was renewed until its end', async () => {
    const machines = fakeNodes('worker');
    const { step, data, clock } = await given({ provider: fakeProvider({ state: running, machines }) });
    const first = await ensureAuthority({ data }, clock);
    await step('nodes').apply(context());
    clock.at = first.validTo - 20 * dayMs;
    await step('authority').apply(context());
    await step('nodes').apply(context());
    expect(machines.node('worker').trusted).toHaveLength(2);
    expect(machines.node('worker').trusted).toContain(first.pem);
    clock.at = first.validTo + dayMs;
    expect(await step('nodes').check(context())).toEqual({ status: 'needed', reason: 'worker trusts 1 of before' });
  });
});

describe('certificates/issuer', () => {
  it('gives cert-manager the authority, and waits until it has accepted it', async () => {
    const { step, data } = await given();
    await step('authority').apply(context());
    certManagerSays({ type: 'Ready', status: 'False', reason: 'ErrGetKeyPair', message: 'secret not found' }, ready);
    expect(await step('issuer').check(context())).toEqual({ status: 'needed', reason: 'new' });
    const applied = context();
    expect(await step('issuer').apply(applied)).toBe('Ready');
    expect(applied.messages).toEqual(['ErrGetKeyPair: secret not found']);
    expect(owned).toBe(1);
    const authority = await readAuthority({ data });
    const secret = world.api.objects.get(secretPath) as { type: string; data: Record<string, string> };
    expect(secret.type).toBe('kubernetes.io/tls');
    expect(Buffer.from(secret.data['tls.crt'] ?? '', 'base64').toString()).toBe(authority?.pem);
    expect(Buffer.from(secret.data['tls.key'] ?? '', 'base64').toString()).toBe(authority?.key());
    expect(world.api.objects.get(issuerPath)).toMatchObject({
      apiVersion: 'cert-manager.io/v1',
      kind: 'ClusterIssuer',
      metadata: { annotations: { 'platform.dev/authority': authority?.fingerprint } },
      spec: { ca: { secretName: 'platform-ca' } },
    });
    const writes = world.api.requests.filter(({ method }) => method === 'PATCH');
    expect(writes.map(({ path, query }) => [path, query])).toEqual([
      [secretPath, { fieldManager: 'platform' }],
      [issuerPath, { fieldManager: 'platform' }],
    ]);
    world.view.forget();
    expect(await step('issuer').check(context())).toEqual({ status: 'satisfied' });
  });

  it('costs one request to check', async () => {
    const { step } = await given();
    await step('authority').apply(context());
    await step('issuer').check(context());
    expect(world.api.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /apis/cert-manager.io/v1/clusterissuers',
    ]);
  });

  it.each([
    ['of another authority', { digest: 'other' }, 'it signs with another authority'],
    ['that cert-manager has not looked at', { conditions: [] }, 'cert-manager has not looked at it yet'],
    [
      'that cert-manager refuses',
      { conditions: [{ type: 'Ready', status: 'False', reason: 'ErrInvalidKeyPair', message: 'not a CA' }] },
      'ErrInvalidKeyPair: not a CA',
    ],
    [
      'that has changed since cert-manager looked',
      { conditions: [{ ...ready, observedGeneration: 1 }] },
      'cert-manager has not seen it change',
    ],
  ])(
    'is needed for an issuer %s',
    async (_, { digest, conditions }: { digest?: string; conditions?: object[] }, reason) => {
      const { step, data } = await given();
      await step('authority').apply(context());
      const annotations = { 'platform.dev/authority': digest ?? (await readAuthority({ data }))?.fingerprint };
      world.api.objects.set(issuerPath, {
        metadata: { name: 'platform-ca', generation: 2, annotations },
        status: { conditions: conditions ?? [ready] },
      });
      expect(await step('issuer').check(context())).toEqual({ status: 'needed', reason });
    },
  );

  it('is omitted with its release', async () => {
    const { step } = await given({ leftOut: (name) => (name === 'cert-manager' ? 'left out by --skip' : undefined) });
    expect(await step('issuer').check(context())).toEqual({ status: 'omitted', reason: 'left out by --skip' });
  });

  it('says no secret where the API server refuses', async () => {
    const { step, data } = await given();
    await step('authority').apply(context());
    world.api.answer = (response, { path, method }) =>
      path === secretPath && method === 'PATCH' && send(response, 409, { message: 'conflict with "helm"' });
    const error = await Promise.resolve(step('issuer').apply(context())).catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('conflict with "helm"') as unknown,
    });
    const key = Buffer.from((await readAuthority({ data }))?.key() ?? '').toString('base64');
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(key.slice(40, 80));
  });
});

describe('certificates/bundle', () => {
  it('is put into every namespace of the environment, and no other', async () => {
    const { step, data } = await given();
    await step('authority').apply(context());
    for (const name of ['apps', 'monitoring']) namespace(name, 'shop');
    namespace('other', 'elsewhere');
    namespace('default');
    namespace('leaving', 'shop', 'Terminating');
    expect(await step('bundle').check(context())).toEqual({
      status: 'needed',
      reason: 'not as wanted in apps, monitoring',
    });
    expect(await step('bundle').apply(context())).toBe('in 2 namespaces');
    expect(owned).toBe(1);
    const authority = await readAuthority({ data });
    const bundles = [...world.api.objects.keys()].filter((path) => path.endsWith('/platform-trust-bundle'));
    expect(bundles.sort()).toEqual([bundlePath('apps'), bundlePath('monitoring')]);
    expect(world.api.objects.get(bundlePath('apps'))).toMatchObject({ data: { 'ca.crt': authority?.pem } });
    expect(await step('bundle').check(context())).toEqual({ status: 'satisfied', detail: 'in 2 namespaces' });
  });

  it('costs one list beside that of the namespaces, however many there are', async () => {
    const { step } = await given();
    await step('authority').apply(context());
    for (let count = 0; count < 20; count += 1) namespace(`apps-${String(count)}`, 'shop');
    await step('bundle').apply(context());
    await world.view.namespaces();
    const before = world.api.requests.length;
    expect(await step('bundle').check(context())).toMatchObject({ status: 'satisfied' });
    expect(world.api.requests.slice(before).map(({ path, query }) => [path, query])).toEqual([
      ['/api/v1/configmaps', { fieldSelector: 'metadata.name=platform-trust-bundle' }],
    ]);
  });

  it('is mended where somebody changed it, and only there', async () => {
    const { step } = await given();
    await step('authority').apply(context());
    for (const name of ['apps', 'monitoring']) namespace(name, 'shop');
    await step('bundle').apply(context());
    const path = bundlePath('monitoring');
    world.api.objects.set(path, { ...world.api.objects.get(path), data: { 'ca.crt': 'something else' } });
    world.view.forget();
    expect(await step('bundle').check(context())).toMatchObject({ reason: 'not as wanted in monitoring' });
    const before = world.api.requests.length;
    await step('bundle').apply(context());
    const writes = world.api.requests.slice(before).filter(({ method }) => method === 'PATCH');
    expect(writes.map((request) => request.path)).toEqual([path]);
  });

  it('waits for the namespaces to be there', async () => {
    const { step } = await given();
    await step('authority').apply(context());
    expect(await step('bundle').check(context())).toEqual({
      status: 'needed',
      reason: 'its namespaces are not there yet',
    });
  });

  it('is refused with a corporate authority that is none', async () => {
    const folder = await temporaryFolder();
    const shop = withoutFile('shop');
    const { step } = await given({
      environment: { ...shop, local: { ...shop.local, authorities: [join(folder, 'missing.pem')] } },
    });
    await step('authority').apply(context());
    await expect(step('bundle').check(context())).rejects.toMatchObject({ code: 'usage' });
  });
});
