import { readFile } from 'node:fs/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock, type Clock } from '../../../src/clock.js';
import type { Release } from '../../../src/environment/environment.js';
import { webhookPaths, type WebhookSettings, type WebhookType } from '../../../src/kubernetes/admission-webhooks.js';
import { ClusterView } from '../../../src/kubernetes/cluster-view.js';
import { asset } from '../../../src/paths.js';
import { webhooksProven } from '../../../src/releases/gates/webhook-proof.js';
import { apiServer, send, type ApiServer } from '../../kubernetes/api-server.js';
import { webhookSettings } from '../../kubernetes/given-webhook.js';
import { deployment, deploymentPath } from '../cluster.js';
import { catalogueEntry, release } from '../release.js';

let api: ApiServer;
let view: ClusterView;
let caBundle: string;
/** Milliseconds that have passed without anybody waiting. */
let passed: number;
beforeAll(async () => {
  caBundle = (await readFile(asset('test/fixtures/api-server/certificate.pem'))).toString('base64');
});
beforeEach(async () => {
  api = await apiServer();
  passed = 0;
  const start = Date.parse('2027-01-01T00:00:00Z');
  const clock: Clock = { now: () => start + passed, sleep: (...args) => systemClock.sleep(...args) };
  view = new ClusterView(() => Promise.resolve(api.client), clock);
  serveThings();
  api.objects.set('/api/v1/namespaces/shop', { metadata: { name: 'shop' } });
});
afterEach(() => api.close());

/** Discovery and schema of `things.example.org`; what tries to create one gets `status` and `message`. */
function serveThings(status = 201, message = ''): void {
  const resource = { resource: 'things', responseKind: { kind: 'Thing' }, scope: 'Namespaced', verbs: ['create'] };
  const items = [{ metadata: { name: 'example.org' }, versions: [{ version: 'v1', resources: [resource] }] }];
  const kind = { 'x-kubernetes-group-version-kind': [{ group: 'example.org', version: 'v1', kind: 'Thing' }] };
  api.answer = (response, { method, path }) => {
    if (path === '/api') return send(response, 200, { kind: 'APIGroupDiscoveryList', items: [] });
    if (path === '/apis') return send(response, 200, { kind: 'APIGroupDiscoveryList', items });
    if (path.startsWith('/openapi/')) return send(response, 200, { components: { schemas: { kind } } });
    return method === 'POST' && send(response, status, { message });
  };
}

interface Given {
  readonly type?: WebhookType;
  readonly annotations?: object;
  readonly webhooks?: readonly Partial<WebhookSettings>[];
}

const owned = { 'meta.helm.sh/release-name': 'web', 'meta.helm.sh/release-namespace': 'shop' };

function configure(name: string, { type = 'validating', annotations = owned, webhooks = [{}] }: Given = {}): void {
  api.objects.set(`${webhookPaths[type]}/${name}`, {
    metadata: { name, annotations, uid: name, generation: 1 },
    webhooks: webhooks.map((settings) => webhookSettings(settings)),
  });
}

const service = { namespace: 'shop', name: 'hook' };
const byService = { clientConfig: { service } };

function addService(spec: object = {}): void {
  api.objects.set('/api/v1/namespaces/shop/services/hook', { metadata: { name: 'hook', namespace: 'shop' }, spec });
}

function addEndpoint(conditions: object, addresses = ['10.0.0.1']): void {
  const metadata = { name: 'hook-1', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'hook' } };
  const path = '/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices/hook-1';
  api.objects.set(path, { metadata, endpoints: [{ addresses, conditions }] });
}

const web = release('web');
/** Looks as a gate does while it waits. */
const look = (wanted: Release = web) => webhooksProven(view, wanted, 0);
const asked = () => api.requests.filter(({ method }) => method === 'POST').length;

/** Looks, and once more when the API server certainly knows of the webhooks. */
async function lookTwice(wanted?: Release) {
  await look(wanted);
  passed += 1_000;
  return look(wanted);
}

describe('whose webhooks are looked at', () => {
  it('are those that Helm marked as the release’s, and whose failure counts', async () => {
    configure('own', { webhooks: [{}, { name: 'b.example.org', failurePolicy: 'Ignore' }] });
    configure('own', { type: 'mutating', webhooks: [{ failurePolicy: 'Fail' }] });
    configure('foreign', { annotations: { ...owned, 'meta.helm.sh/release-name': 'other' }, webhooks: [byService] });
    configure('nobodys', { annotations: {}, webhooks: [byService] });
    expect(await lookTwice()).toEqual({ met: true, detail: '2 webhooks proven' });
  });

  it('are those that the catalogue knows by name, once they are there', async () => {
    const known = release('web', { catalogue: catalogueEntry('web', { objects: { webhooks: ['nobodys'] } }) });
    expect(await look(known)).toEqual({ met: false, waitingFor: 'webhook configuration nobodys: not there yet' });
    configure('nobodys', { annotations: {}, webhooks: [byService] });
    expect(await look(known)).toMatchObject({ met: false });
    configure('nobodys', { annotations: { ...owned, 'meta.helm.sh/release-name': 'other' } });
    expect(await look(known)).toEqual({ met: true, detail: 'no webhook with failurePolicy Fail' });
  });

  it('are those that its rendered chart has, which knows better than the catalogue', async () => {
    const rule = { configuration: 'rendered', webhook: 'a', groups: [], resources: [], operations: [] };
    const contents = { ...{ definitions: [], uses: [], resources: [], images: [], apiServices: [], workloads: [] } };
    const known = release('web', {
      contents: { ...contents, loadBalancers: [], unknownValues: [], webhooks: [rule] },
      catalogue: catalogueEntry('web', { objects: { webhooks: ['forgotten'] } }),
    });
    expect(await look(known)).toEqual({ met: false, waitingFor: 'webhook configuration rendered: not there yet' });
  });
});

describe('a webhook by service', () => {
  const waiting = (problem: string) => ({
    met: false,
    waitingFor: `validating own/a.example.org: ${problem}`,
  });

  it('is not asked before something stands behind it', async () => {
    configure('own', { webhooks: [{ clientConfig: { service, caBundle } }] });
    expect(await lookTwice()).toMatchObject(waiting('its Service shop/hook does not exist'));
    addService();
    expect(await look()).toMatchObject(waiting('its Service shop/hook has no ready endpoint'));
    addEndpoint({ ready: false });
    expect(await look()).toMatchObject(waiting('its Service shop/hook has no ready endpoint'));
    addEndpoint({ ready: true }, []);
    expect(await look()).toMatchObject(waiting('its Service shop/hook has no ready endpoint'));
    expect(asked()).toBe(0);
    addEndpoint({});
    expect(await lookTwice()).toEqual({ met: true, detail: '1 webhook proven' });
  });

  it('names the workloads of the release that are not ready, so that a gate can look into them', async () => {
    api.objects.set(deploymentPath('web'), deployment('web', { ready: 0 }));
    configure('own', { webhooks: [byService] });
    expect(await look()).toMatchObject({ met: false, workloads: [{ name: 'web' }] });
  });

  it('is not asked without a valid caBundle', async () => {
    addService();
    addEndpoint({ ready: true });
    configure('own', { webhooks: [byService] });
    expect(await lookTwice()).toMatchObject(waiting('its caBundle is empty'));
    configure('own', { webhooks: [{ clientConfig: { service, caBundle: 'Cg==' } }] });
    expect(await lookTwice()).toMatchObject(waiting('its caBundle holds no certificate'));
    configure('own', { webhooks: [{ clientConfig: { service, caBundle } }] });
    passed += 120 * 365 * 24 * 3_600_000;
    expect(await lookTwice()).toMatchObject(waiting('its caBundle expired on 2126-10-28'));
    expect(asked()).toBe(0);
  });

  it('needs no endpoints when its service leads out of the cluster', async () => {
    addService({ type: 'ExternalName' });
    configure('own', { webhooks: [{ clientConfig: { service, caBundle } }] });
    expect(await lookTwice()).toEqual({ met: true, detail: '1 webhook proven' });
  });

  it('is asked anew when something else stands behind it', async () => {
    addService();
    addEndpoint({ ready: true });
    configure('own', { webhooks: [{ clientConfig: { service, caBundle } }] });
    await lookTwice();
    addEndpoint({ ready: true }, ['10.0.0.2']);
    expect(await look()).toMatchObject(waiting('not asked yet'));
    expect(await lookTwice()).toMatchObject({ met: true });
    expect(asked()).toBe(2);
  });
});

describe('several webhooks', () => {
  it('must all be met', async () => {
    const clientConfig = { url: 'https://hook.example.org', caBundle: 'Cg==' };
    const names = ['b.example.org', 'c.example.org'];
    configure('own', { webhooks: [{}, ...names.map((name) => ({ name, clientConfig }))] });
    expect(await lookTwice()).toMatchObject({
      met: false,
      waitingFor: 'validating own/b.example.org: its caBundle holds no certificate (and 1 more)',
    });
  });

  it('are counted, and those that were not proven are named', async () => {
    const names = ['b', 'c', 'd', 'e'].map((letter) => `${letter}.example.org`);
    configure('own', { webhooks: [{}, ...names.map((name) => ({ name, sideEffects: 'Some' }))] });
    expect(await lookTwice()).toEqual({
      met: true,
      detail:
        '1 of 5 webhooks proven; validating own/b.example.org: not asked: it has side effects; ' +
        'validating own/c.example.org: not asked: it has side effects; ' +
        'validating own/d.example.org: not asked: it has side effects; and 1 more',
    });
  });

  it('share what has to be known to ask them', async () => {
    configure('own', { webhooks: ['b', 'c', 'd'].map((name) => ({ name })) });
    expect(await lookTwice()).toMatchObject({ met: true });
    const paths = api.requests.map(({ path }) => path);
    expect(paths.filter((path) => path === '/apis' || path.startsWith('/openapi/'))).toHaveLength(2);
    expect(asked()).toBe(3);
  });
});

describe('looking without waiting', () => {
  const glance = () => webhooksProven(view, web);

  it('asks nothing as long as nothing has changed, and says so', async () => {
    configure('own');
    passed += 5_000;
    expect(await glance()).toEqual({
      met: true,
      detail: '1 webhook with endpoints and certificates, not asked: nothing has changed',
    });
    expect(asked()).toBe(0);
    expect(api.requests).toHaveLength(3);
  });

  it('still sees what is missing', async () => {
    configure('own', { webhooks: [byService] });
    expect(await glance()).toMatchObject({ met: false });
  });

  it('says after a change that they are still to be asked, until they were', async () => {
    configure('own');
    view.forget();
    expect(await glance()).toEqual({ met: false, waitingFor: 'validating own/a.example.org: not asked yet' });
    expect(asked()).toBe(0);
    await lookTwice();
    expect(await glance()).toEqual({ met: true, detail: '1 webhook proven' });
  });
});

describe('what another API server serves', () => {
  it('is never tried, since nobody knows whether it knows dry runs', async () => {
    configure('own');
    const spec = { group: 'example.org', version: 'v1', service: { name: 'other', namespace: 'shop' } };
    const path = '/apis/apiregistration.k8s.io/v1/apiservices/v1.example.org';
    api.objects.set(path, { metadata: { name: 'v1.example.org' }, spec });
    expect(await lookTwice()).toMatchObject({
      met: false,
      waitingFor: 'validating own/a.example.org: not asked: nothing that its rules name can be tried here',
    });
    expect(asked()).toBe(0);
  });
});

describe('a schema', () => {
  it('is looked for again while it is not published', async () => {
    serveThings(422, 'spec is missing');
    const serve = api.answer;
    api.answer = (response, request) =>
      request.path.startsWith('/openapi/') ? send(response, 404, {}) : serve(response, request);
    configure('own');
    expect(await lookTwice()).toMatchObject({ met: false });
    serveThings();
    passed += 1_000;
    expect(await look()).toEqual({ met: true, detail: '1 webhook proven' });
    const read = api.requests.filter(({ path }) => path.startsWith('/openapi/')).map(({ path }) => path);
    expect(read).toEqual(['/openapi/v3/apis/example.org/v1', '/openapi/v3/apis/example.org/v1']);
  });

  it('is read anew after a change, which may have been one of the definition', async () => {
    configure('own');
    await lookTwice();
    view.forget();
    configure('other');
    await lookTwice();
    expect(api.requests.filter(({ path }) => path.startsWith('/openapi/'))).toHaveLength(2);
  });
});
