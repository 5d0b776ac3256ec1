import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SecretKey, SecretSettings } from '../../src/environment/environment.js';
import { secretIds, secretSteps } from '../../src/secrets/secret-steps.js';
import { folderWith } from '../environment/fixture.js';
import { send } from '../kubernetes/api-server.js';
import { cluster, context, type Cluster } from '../releases/cluster.js';

let world: Cluster;
let asked: string[];
let secrets: Record<string, SecretSettings>;
let variables: Record<string, string | undefined>;
let parts: string[];
beforeEach(async () => {
  world = await cluster();
  asked = [];
  variables = {};
  parts = [];
  wants({ user: { value: 'admin' }, password: { generate: 32 } });
});
afterEach(() => world.api.close());

const path = '/api/v1/namespaces/monitoring/secrets/login';

function wants(keys: Record<string, SecretKey>, more: Partial<SecretSettings> = {}): void {
  secrets = { login: { namespace: 'monitoring', keys, ...more } };
}

function steps(installed = [{ namespace: 'monitoring' }]) {
  world.view.forget();
  return secretSteps({
    ...{ environment: { name: 'dev', secrets, parts }, installed, variables, view: world.view, needs: ['cluster'] },
    ensureOwned: () => Promise.resolve(void asked.push('still ours')),
  });
}

function step() {
  const [found] = steps();
  if (!found) throw new Error('there is no step');
  return found;
}

const check = () => step().check(context());
const apply = () => step().apply(context());
const stored = () => world.api.objects.get(path) as { data: Record<string, string>; metadata: Record<string, unknown> };
const dataOf = () =>
  Object.fromEntries(
    Object.entries(stored().data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
  );
const change = (data: Record<string, string | undefined>) => {
  const encoded = Object.entries({ ...dataOf(), ...data }).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, Buffer.from(value).toString('base64')]],
  );
  world.api.objects.set(path, { ...stored(), data: Object.fromEntries(encoded) as Record<string, string> });
};

describe('the Secrets of an environment', () => {
  it('are a step each, after their namespaces', () => {
    secrets = { ...secrets, other: { namespace: 'kube-system', keys: { a: { value: 'b' } } } };
    const made = steps([{ namespace: 'monitoring' }, { namespace: 'kube-system' }]);
    expect(made.map(({ id, needs }) => [id, needs])).toEqual([
      ['secret/login', ['cluster', 'namespace/monitoring']],
      ['secret/other', ['cluster']],
    ]);
  });

  it('are left out while no release of their namespace is installed', async () => {
    const [left] = steps([{ namespace: 'apps' }]);
    expect(left?.needs).toEqual(['cluster']);
    expect(await left?.check(context())).toEqual({
      status: 'omitted',
      reason: 'no release is installed in monitoring now',
    });
  });

  it('are none while their part is off', () => {
    wants({ user: { value: 'admin' } }, { part: 'logging' });
    expect(steps()).toEqual([]);
    expect(secretIds('monitoring', { secrets, parts })).toEqual([]);
    parts = ['logging'];
    expect(steps().map(({ id }) => id)).toEqual(['secret/login']);
    expect(secretIds('monitoring', { secrets, parts })).toEqual(['secret/login']);
  });

  it('are looked at with one list, of nothing but themselves', async () => {
    secrets = { ...secrets, other: { ...secrets['login'], namespace: 'monitoring', keys: { a: { generate: 16 } } } };
    for (const one of steps()) await one.apply(context());
    world.api.requests.length = 0;

    const checks = await Promise.all(steps().map((one) => one.check(context())));

    expect(checks).toEqual([{ status: 'satisfied' }, { status: 'satisfied' }]);
    expect(world.api.requests.map(({ path: at, query }) => [at, query['labelSelector']])).toEqual([
      ['/api/v1/secrets', 'platform.dev/environment=dev,platform.dev/section=secrets'],
    ]);
  });
});

describe('a Secret', () => {
  it('is made when it is not there, while the environment is still ours', async () => {
    expect(await check()).toEqual({ status: 'needed', reason: 'new' });
    await apply();
    expect(asked).toEqual(['still ours']);
    expect(dataOf()).toEqual({ user: 'admin', password: expect.stringMatching(/^[A-Za-z0-9]{32}$/) as string });
    expect(stored().metadata['labels']).toEqual({
      'platform.dev/environment': 'dev',
      'platform.dev/section': 'secrets',
    });
    expect(await check()).toEqual({ status: 'satisfied' });
  });

  it('is changed when its file says something else, its generated keys kept', async () => {
    await apply();
    const { password } = dataOf();
    wants({ user: { value: 'root' }, password: { generate: 32 } });
    expect(await check()).toEqual({ status: 'needed', reason: 'its key user is not as wanted' });
    await apply();
    expect(dataOf()).toEqual({ user: 'root', password });
  });

  it('gets back what somebody changed or took out', async () => {
    await apply();
    change({ user: 'mallory' });
    expect(await check()).toEqual({ status: 'needed', reason: 'its key user is not as wanted' });
    change({ user: undefined });
    expect(await check()).toEqual({ status: 'needed', reason: 'its key user is not there' });
    await apply();
    expect(dataOf()).toMatchObject({ user: 'admin' });
  });

  it('loses keys that are no longer wanted, whoever wrote them', async () => {
    await apply();
    change({ extra: 'more' });
    expect(await check()).toEqual({ status: 'needed', reason: 'its key extra is no longer wanted' });
    await apply();
    expect(Object.keys(dataOf())).toEqual(['user', 'password']);
    wants({ user: { value: 'admin' } });
    expect(await check()).toEqual({ status: 'needed', reason: 'its key password is no longer wanted' });
    await apply();
    expect(dataOf()).toEqual({ user: 'admin' });
  });

  it('of somebody else is never touched, and named', async () => {
    world.api.objects.set(path, { metadata: { name: 'login', namespace: 'monitoring' }, data: { a: 'b' } });
    expect(await check()).toEqual({
      status: 'blocked',
      by: 'there is a Secret login in monitoring already, which is not ours',
      fix: [
        'give the one under secrets.login of the environment file another name, or take it out to use what is there',
        'or remove the other one: kubectl delete secret login --namespace monitoring',
      ],
      code: 'conflict',
    });
    await expect(apply()).rejects.toMatchObject({ code: 'conflict' });
    expect(stored().data).toEqual({ a: 'b' });
  });

  it('never shows a value in what is told about it', async () => {
    variables = { HOOK: 'hunter2-hook' };
    wants({ user: { value: 'hunter2-user' }, hook: { env: 'HOOK' }, password: { generate: 16 } });
    const said = [await check(), await apply()];
    change({ user: 'hunter2-other' });
    said.push(await check());
    world.api.answer = (response, { method }) =>
      method === 'PATCH' && send(response, 422, { message: 'Secret "login" is invalid', reason: 'Invalid' });
    const failure: unknown = await apply().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Error);
    expect(JSON.stringify([said, failure, String(failure)])).not.toMatch(/hunter2|aHVudGVy/);
  });
});

describe('a key that is generated', () => {
  it('stays what it is, though another length is asked for', async () => {
    await apply();
    const { password } = dataOf();
    wants({ user: { value: 'admin' }, password: { generate: 64 } });
    expect(await check()).toEqual({ status: 'satisfied' });
    await apply();
    expect(dataOf()).toMatchObject({ password });
  });

  it('stays what somebody has made of it', async () => {
    await apply();
    change({ password: 'chosen-by-hand' });
    expect(await check()).toEqual({ status: 'satisfied' });
    await apply();
    expect(dataOf()).toMatchObject({ password: 'chosen-by-hand' });
  });

  it('is not what was once written in the file', async () => {
    wants({ password: { value: 'changeme' } });
    await apply();
    wants({ password: { generate: 32 } });
    expect(await check()).toEqual({ status: 'needed', reason: 'its key password is not as wanted' });
    await apply();
    expect(dataOf()['password']).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(await check()).toEqual({ status: 'satisfied' });
  });

  it('is written in the file from now on, if it is', async () => {
    await apply();
    const { password = '' } = dataOf();
    wants({ user: { value: 'admin' }, password: { value: password } });
    expect(await check()).toEqual({ status: 'needed', reason: 'it does not say which of its keys are generated' });
    await apply();
    expect(await check()).toEqual({ status: 'satisfied' });
  });
});

describe('a key from a variable', () => {
  beforeEach(() => {
    wants({ url: { env: 'SLACK_WEBHOOK_URL' } });
  });

  it('is what the variable says, and changes with it', async () => {
    variables = { SLACK_WEBHOOK_URL: 'one' };
    await apply();
    expect(dataOf()).toEqual({ url: 'one' });
    variables = { SLACK_WEBHOOK_URL: 'two' };
    expect(await check()).toEqual({ status: 'needed', reason: 'its key url is not as wanted' });
    await apply();
    expect(dataOf()).toEqual({ url: 'two' });
  });

  it.each([[{}], [{ SLACK_WEBHOOK_URL: '' }]])('is kept while it is not set: %j', async (unset) => {
    variables = { SLACK_WEBHOOK_URL: 'one' };
    await apply();
    variables = unset;
    expect(await check()).toEqual({ status: 'satisfied' });
    await apply();
    expect(dataOf()).toEqual({ url: 'one' });
  });

  it('that was never set keeps the Secret from being made, and says what to set', async () => {
    const blocked = {
      by: 'the Secret monitoring/login cannot be made: its key url comes from the variable SLACK_WEBHOOK_URL, which is not set',
      fix: ['set SLACK_WEBHOOK_URL and run the command again; later runs keep the value without it'],
    };
    expect(await check()).toEqual({ status: 'blocked', ...blocked, code: 'usage' });
    await expect(apply()).rejects.toMatchObject({ message: blocked.by, suggestions: blocked.fix });
    expect(world.api.objects.has(path)).toBe(false);
  });
});

describe('a key from a file', () => {
  let file: string;
  beforeEach(async () => {
    file = join(await folderWith({ 'tls.key': Buffer.from([0, 255, 10]) }), 'tls.key');
    wants({ key: { file } });
  });

  it('is its bytes as they are, and changes with them', async () => {
    await apply();
    expect(Buffer.from(stored().data['key'] ?? '', 'base64')).toEqual(Buffer.from([0, 255, 10]));
    expect(await check()).toEqual({ status: 'satisfied' });
    await writeFile(file, 'new');
    expect(await check()).toEqual({ status: 'needed', reason: 'its key key is not as wanted' });
  });

  it('must be there, whatever was there before', async () => {
    await apply();
    await rm(file);
    expect(await check()).toMatchObject({
      status: 'blocked',
      by: `the Secret monitoring/login cannot be made: its key key comes from the file ${file}, which is not there`,
    });
  });

  it('is no larger than a Secret can be', async () => {
    await writeFile(file, Buffer.alloc(1024 * 1024 + 1));
    expect(await check()).toMatchObject({
      status: 'blocked',
      by: expect.stringContaining('is larger than 1 MiB') as string,
    });
  });
});
