import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AdmissionWebhook } from '../../src/kubernetes/admission-webhooks.js';
import { askWebhook } from '../../src/kubernetes/ask-webhook.js';
import type { DiscoveredResource } from '../../src/kubernetes/discovery.js';
import { apiServer, send, type ApiServer } from './api-server.js';
import { served, webhook } from './given-webhook.js';

let api: ApiServer;
beforeEach(async () => {
  api = await apiServer();
});
afterEach(() => api.close());

interface Given {
  readonly resources?: readonly DiscoveredResource[];
  readonly webhooks?: readonly AdmissionWebhook[];
  readonly schemas?: object;
  readonly namespaces?: Readonly<Record<string, Record<string, string>>>;
}

const published = {
  Thing: { 'x-kubernetes-group-version-kind': [{ group: 'example.org', version: 'v1', kind: 'Thing' }] },
};

function ask(asked: AdmissionWebhook, given: Given = {}) {
  const { resources = [served('things')], webhooks = [], namespaces = { shop: {}, default: {} } } = given;
  return askWebhook(asked, {
    client: api.client,
    webhooks: [asked, ...webhooks],
    namespaces: Object.entries(namespaces).map(([name, labels]) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels },
    })),
    namespace: 'shop',
    resources: () => Promise.resolve(resources),
    schemas: () => Promise.resolve('schemas' in given ? undefined : published),
  });
}

/** Every write is refused like this; a list says what there is. */
function refuse(status: number, message: string, items: readonly object[] = []): void {
  api.answer = (response, { method }) =>
    method === 'GET' ? send(response, 200, { items }) : send(response, status, { message });
}

const writes = () =>
  api.requests.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`);
const crates = served('crates', { namespaced: false });
const everything = [{ operations: ['CREATE'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*'] }];
const updates = [{ ...everything[0], operations: ['UPDATE'] }];
const deletions = [{ ...everything[0], operations: ['DELETE'] }];

describe('asking a webhook', () => {
  it('proves it when the API server lets a sample through', async () => {
    expect(await ask(webhook())).toEqual({ status: 'proven' });
    expect(api.requests[0]?.query).toMatchObject({ dryRun: 'All' });
    expect(writes()).toEqual(['POST /apis/example.org/v1/namespaces/shop/things']);
  });

  it('proves it when the sample is refused by the last check there is', async () => {
    refuse(403, 'things is forbidden: exceeded quota: all');
    expect(await ask(webhook())).toEqual({ status: 'proven' });
  });

  it.each([
    ['mutating', 422, 'proven'],
    ['mutating', 400, 'unproven'],
    ['validating', 422, 'unproven'],
  ] as const)('takes for a %s one a refusal with %i as %s', async (type, status, expected) => {
    refuse(status, 'spec.size: Required value');
    expect(await ask(webhook({}, type))).toMatchObject({ status: expected });
  });

  it('is not repeated for what it has side effects on', async () => {
    const reason = 'not asked: it has side effects';
    for (const sideEffects of ['Some', 'Unknown']) {
      expect(await ask(webhook({ sideEffects }))).toEqual({ status: 'unproven', reason, lasting: true });
    }
    expect(api.requests).toEqual([]);
    refuse(400, 'admission webhook "a.example.org" does not support dry run');
    expect(await ask(webhook())).toEqual({ status: 'unproven', reason, lasting: true });
  });

  it('cannot be done for connections', async () => {
    const rules = [{ ...everything[0], operations: ['CONNECT'], resources: ['pods/exec'] }];
    expect(await ask(webhook({ rules }))).toEqual({
      status: 'unproven',
      reason: 'not asked: it wants to know of connections only',
      lasting: true,
    });
  });

  it('may become possible when what its rules name is served', async () => {
    expect(await ask(webhook(), { resources: [] })).toEqual({
      status: 'unproven',
      reason: 'not asked: nothing that its rules name can be tried here',
      lasting: false,
    });
  });

  it('may become possible when a schema is published, or when rights are given', async () => {
    refuse(422, 'spec is missing');
    expect(await ask(webhook(), { schemas: {} })).toMatchObject({ lasting: false });
    expect(await ask(webhook())).toMatchObject({ lasting: true });
    refuse(403, 'things is forbidden');
    expect(await ask(webhook())).toMatchObject({
      lasting: false,
      reason: 'not asked: a sample of things.example.org was refused before: things is forbidden',
    });
  });

  it('goes on to the next resource, but not through all there are', async () => {
    refuse(422, 'impossible');
    const resources = Array.from({ length: 20 }, (_, index) => served(`r${String(index)}s`));
    expect(await ask(webhook({ rules: everything }), { resources })).toMatchObject({
      status: 'unproven',
      lasting: true,
    });
    expect(writes()).toHaveLength(6);
  });

  it('does not wait for what takes the API server itself too long', async () => {
    refuse(504, 'Timeout: request did not complete within requested timeout');
    expect(await ask(webhook())).toEqual({
      status: 'failed',
      reason: 'Timeout: request did not complete within requested timeout',
    });
  });

  it('says when the API server is gone', async () => {
    api.answer = (response) => {
      response.destroy();
      return true;
    };
    const verdict = await ask(webhook());
    expect(verdict).toMatchObject({ status: 'failed' });
    expect(verdict).toHaveProperty('reason', expect.stringMatching(/does not answer: /));
  });
});

describe('where a sample is put', () => {
  const path = (namespace: string) => [`POST /apis/example.org/v1/namespaces/${namespace}/things`];
  const namespaces = { 'kube-public': { a: '1' }, other: { a: '1' }, shop: { a: '2' }, default: { a: '3' } };

  it.each([
    [{}, 'shop'],
    [{ matchExpressions: [{ key: 'a', operator: 'NotIn', values: ['2'] }] }, 'default'],
    [{ matchLabels: { a: '1' } }, 'other'],
  ])('by the namespace selector %j is %s', async (namespaceSelector, expected) => {
    await ask(webhook({ namespaceSelector }), { namespaces });
    expect(writes()).toEqual(path(expected));
  });

  it('is nowhere when nothing is selected; but what has no namespace is asked about all the same', async () => {
    const rules = [{ ...everything[0], resources: ['things', 'crates'] }];
    const given = webhook({ rules, namespaceSelector: { matchLabels: { a: 'never' } } });
    expect(await ask(given, { namespaces })).toMatchObject({
      reason: 'not asked: no namespace matches its namespaceSelector',
    });
    expect(await ask(given, { namespaces, resources: [served('things'), crates] })).toEqual({ status: 'proven' });
    expect(writes()).toEqual(['POST /apis/example.org/v1/crates']);
  });

  it('is told by labels for a namespace itself', async () => {
    const resources = [served('namespaces', { group: '', namespaced: false })];
    const settings = { rules: everything, namespaceSelector: { matchLabels: { a: '1' } } };
    await ask(webhook({ ...settings, objectSelector: { matchLabels: { b: '2' } } }), { resources });
    expect(JSON.parse(api.requests[0]?.body ?? '')).toMatchObject({ metadata: { labels: { a: '1', b: '2' } } });
  });

  it('cannot be when its selectors contradict each other', async () => {
    const objectSelector = { matchLabels: { a: '1' }, matchExpressions: [{ key: 'a', operator: 'DoesNotExist' }] };
    expect(await ask(webhook({ objectSelector }))).toMatchObject({
      reason: 'not asked: no labels match its objectSelector',
    });
  });
});

describe('a change of something there', () => {
  const one = (metadata: object) => ({ metadata: { name: 'one', namespace: 'shop', ...metadata } });

  it('adds the labels that are missing, and is only tried', async () => {
    refuse(200, '', [one({ labels: { b: '1' } })]);
    const objectSelector = { matchLabels: { a: '1' } };
    expect(await ask(webhook({ rules: updates, objectSelector }))).toEqual({ status: 'proven' });
    expect(api.requests.map(({ method, query }) => [method, query['dryRun']])).toEqual([
      ['GET', undefined],
      ['PATCH', 'All'],
    ]);
    expect(JSON.parse(api.requests[1]?.body ?? '')).toEqual({
      metadata: { annotations: { 'platform.dev/webhook-proof': 'dry-run' }, labels: { a: '1' } },
    });
  });

  it.each([
    ['is being deleted', one({ deletionTimestamp: '2026-11-20T10:00:00Z' }), {}],
    ['is in another namespace', one({ namespace: 'default' }), { namespaceSelector: { matchLabels: { a: '1' } } }],
    [
      'has a label it must not have',
      one({ labels: { a: '1' } }),
      { objectSelector: { matchExpressions: [{ key: 'a', operator: 'DoesNotExist' }] } },
    ],
  ])('is not one of an object that %s', async (_, object, selectors) => {
    refuse(200, '', [object]);
    expect(
      await ask(webhook({ rules: updates, ...selectors }), { namespaces: { shop: { a: '1' }, default: {} } }),
    ).toEqual({
      status: 'unproven',
      reason: 'not asked: there is no object of things.example.org that could be updated',
      lasting: false,
    });
    expect(writes()).toEqual([]);
  });

  it('is a deletion only of what is selected as it is', async () => {
    refuse(200, '', [one({}), one({ name: 'two', labels: { a: '1' } })]);
    expect(await ask(webhook({ rules: deletions, objectSelector: { matchLabels: { a: '1' } } }))).toEqual({
      status: 'proven',
    });
    expect(writes()).toEqual(['DELETE /apis/example.org/v1/namespaces/shop/things/two']);
    expect(api.requests.at(-1)).toMatchObject({ query: { dryRun: 'All' }, body: '' });
  });

  it('proves nothing below a resource where labels are not to be seen', async () => {
    refuse(200, '', [one({ labels: { a: '1' } })]);
    const scale = [{ name: 'scale', verbs: ['get', 'patch'] }];
    const rules = [{ ...updates[0], resources: ['things/scale'] }];
    const resources = [served('things', { subresources: scale })];
    const selecting = webhook({ rules, objectSelector: { matchLabels: { a: '1' } } });
    expect(await ask(selecting, { resources })).toMatchObject({ status: 'unproven' });
    expect(await ask(webhook({ rules }), { resources })).toEqual({ status: 'proven' });
    expect(writes()).toEqual(['PATCH /apis/example.org/v1/namespaces/shop/things/one/scale']);
  });
});

describe('an answer of another webhook', () => {
  const twin = webhook({ clientConfig: { url: 'https://hook.example.org/b/' } }, 'mutating');

  it('is named, and proves nothing', async () => {
    refuse(400, 'admission webhook "b.example.org" denied the request: no');
    expect(await ask(webhook())).toEqual({
      status: 'unproven',
      reason: 'not asked: a sample of things.example.org was denied by another webhook, "b.example.org"',
      lasting: true,
    });
    refuse(400, 'admission webhook "b.example.org" does not support dry run');
    expect(await ask(webhook())).toMatchObject({
      reason:
        'not asked: a sample of things.example.org needs another webhook, "b.example.org", too, which has side effects',
    });
    refuse(500, 'failed calling webhook "b.example.org": failed to call webhook: connection refused');
    expect(await ask(webhook())).toMatchObject({
      reason:
        'not asked: a sample of things.example.org needs another webhook, "b.example.org", too: nothing listens at its address: failed to call webhook: connection refused',
      lasting: false,
    });
  });

  it('may come from one of the same name', async () => {
    refuse(400, 'admission webhook "a.example.org" denied the request: no');
    expect(await ask(webhook())).toEqual({ status: 'proven' });
    expect(await ask(webhook(), { webhooks: [twin] })).toMatchObject({
      status: 'unproven',
      reason: 'not asked: a sample of things.example.org was denied, perhaps by another webhook of its name',
    });
    const apart = webhook({ rules: [{ ...everything[0], resources: ['crates'] }] }, 'mutating');
    expect(await ask(webhook(), { webhooks: [apart] })).toEqual({ status: 'proven' });
  });

  it('is told from its own by the address', async () => {
    const failure = (url: string) => {
      refuse(500, `failed calling webhook "a.example.org": Post "${url}?timeout=1s": EOF`);
    };
    failure('https://hook.example.org/b');
    expect(await ask(webhook(), { webhooks: [twin] })).toMatchObject({ status: 'unproven', lasting: false });
    failure('https://hook.example.org/a');
    expect(await ask(webhook(), { webhooks: [twin] })).toMatchObject({ status: 'failed' });
    failure('https://proxy.example.org/');
    expect(await ask(webhook())).toMatchObject({ status: 'failed' });
  });
});
