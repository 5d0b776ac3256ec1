import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/clock.js';
import { freePorts } from '../../../src/clusters/embedded/free-ports.js';
import { webhookPaths, type WebhookType } from '../../../src/kubernetes/admission-webhooks.js';
import { ClusterView } from '../../../src/kubernetes/cluster-view.js';
import { collectionPath, discover, readDiscovery } from '../../../src/kubernetes/discovery.js';
import { schemasOf } from '../../../src/kubernetes/open-api.js';
import { sampleFields } from '../../../src/kubernetes/sample-fields.js';
import { sampleObject } from '../../../src/kubernetes/sample-object.js';
import { gateStep } from '../../../src/releases/gates/gates.js';
import { nudgeInjection } from '../../../src/releases/gates/nudge-injection.js';
import { parseManifest } from '../../../src/releases/helm/manifest.js';
import type { Probe } from '../../../src/releases/gates/facet-probes.js';
import { webhooksProven } from '../../../src/releases/gates/webhook-proof.js';
import { release } from '../../releases/release.js';
import { bareApiServer, type BareApiServer } from './bare-api-server.js';
import { skipWithoutUpstream, upstream } from '../../upstream.js';
import { eventually, stepContext } from './control-plane.js';
import { webhookServer, type WebhookServer } from './webhook-server.js';

let api: BareApiServer;
let hooks: WebhookServer;
let view: ClusterView;
beforeAll(async () => {
  [api, hooks] = await Promise.all([bareApiServer(), webhookServer()]);
  await Promise.all([namespace('shop'), namespace('other', { hooked: 'yes' })]);
  await Promise.all([define('things'), define('widgets', impossible), define('crates', {}, 'Cluster')]);
  await eventually(async () => {
    const found = await schemasOf(api.client, { group: 'example.org', version: 'v1' });
    return (
      (found && Object.keys(found).filter((name) => /(Things|Widgets|Crates)$/.test(name)).length === 3) || undefined
    );
  });
});
afterAll(async () => {
  await hooks.close();
  await api.dispose();
});
afterEach(async () => {
  for (const path of Object.values(webhookPaths)) {
    const objects = await api.client.list(path);
    await Promise.all(objects.map(({ metadata }) => api.client.delete(`${path}/${metadata.name}`)));
  }
  hooks.asked.length = 0;
  hooks.behaviour.clear();
});

const shop = release('shop');
const owned = { 'meta.helm.sh/release-name': 'shop', 'meta.helm.sh/release-namespace': 'shop' };
/** A rule of its definition that no schema tells of, and no object obeys. */
const impossible = { 'x-kubernetes-validations': [{ rule: 'false', message: 'there must be no widget' }] };
const base64 = (text: string) => Buffer.from(text).toString('base64');

function namespace(name: string, labels: object = {}) {
  return api.client.create('/api/v1/namespaces', { metadata: { name, labels } });
}

function define(plural: string, more: object = {}, scope = 'Namespaced') {
  const kind = plural.charAt(0).toUpperCase() + plural.slice(1);
  const spec = {
    type: 'object',
    required: ['size', 'mode'],
    properties: { size: { type: 'integer', minimum: 3 }, mode: { type: 'string', enum: ['fast', 'slow'] } },
    oneOf: [{ required: ['left'] }, { required: ['right'] }],
  };
  const properties = {
    ...spec.properties,
    left: { type: 'string', pattern: '^[a-z]{2,}$' },
    right: { type: 'string' },
  };
  const openAPIV3Schema = {
    type: 'object',
    required: ['spec'],
    properties: { spec: { ...spec, properties, ...more } },
  };
  return api.client.create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    metadata: { name: `${plural}.example.org` },
    spec: {
      group: 'example.org',
      names: { kind, plural },
      scope,
      versions: [
        { name: 'v1', served: true, storage: true, subresources: { status: {} }, schema: { openAPIV3Schema } },
      ],
    },
  });
}

interface GivenWebhook {
  readonly type?: WebhookType;
  readonly annotations?: object;
  readonly path?: string;
  readonly rule?: object;
  readonly [setting: string]: unknown;
}

const things = { apiGroups: ['example.org'], apiVersions: ['v1'], resources: ['things'], operations: ['CREATE'] };

/** A configuration of one webhook, `<name>.example.org`, that the release `shop` brings; healthy unless told otherwise. */
async function configure(name: string, given: GivenWebhook = {}): Promise<void> {
  const { type = 'validating', annotations = owned, path = `/${name}`, rule = {}, ...settings } = given;
  await api.client.create(webhookPaths[type], {
    metadata: { name, annotations },
    webhooks: [
      {
        name: `${name}.example.org`,
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        timeoutSeconds: 5,
        clientConfig: { url: hooks.url(path), caBundle: base64(hooks.certificate) },
        rules: [{ ...things, ...rule }],
        ...settings,
      },
    ],
  });
  view = new ClusterView(() => Promise.resolve(api.client), systemClock);
}

/** Looks as a gate does while it waits. */
const look = () => webhooksProven(view, shop, 250);

/** What the gate would end with. */
function proof(): Promise<string> {
  return eventually(async () => {
    const probe = await look();
    return probe.met ? probe.detail : undefined;
  }, 60_000);
}

/** What the gate says it waits for, once that says more than that it has not asked. */
function obstacle(telling: RegExp): Promise<string> {
  let last: Probe | undefined;
  return eventually(async () => {
    last = await look();
    if (last.met) throw new Error(`it is met: ${last.detail}`);
    return telling.test(last.waitingFor) ? last.waitingFor : undefined;
  }, 60_000).catch((error: unknown) => {
    throw new Error(`last: ${JSON.stringify(last)}`, { cause: error });
  });
}

describe('a webhook that answers', () => {
  it('is proven by a dry run that it lets through, which leaves nothing behind', async () => {
    await configure('healthy');
    const before = api.client.requests;
    expect(await proof()).toBe('1 webhook proven');
    expect(hooks.asked).toMatchObject([
      { path: '/healthy', operation: 'CREATE', dryRun: true, namespace: 'shop', resource: { resource: 'things' } },
    ]);
    expect(await api.client.list('/apis/example.org/v1/things')).toEqual([]);
    // Four for each look while the answer is on its way.
    expect(api.client.requests - before).toBeLessThan(80);
  });

  it('is proven by its refusal', async () => {
    hooks.behaviour.set('/denying', 'denying');
    await configure('denying');
    expect(await proof()).toBe('1 webhook proven');
  });

  it('is proven when it is a mutating one and the sample is refused only after it', async () => {
    await configure('mutating', { type: 'mutating', rule: { resources: ['widgets'] } });
    expect(await proof()).toBe('1 webhook proven');
    expect(hooks.asked).toMatchObject([{ path: '/mutating', resource: { resource: 'widgets' } }]);
  });

  it('is asked about things without a namespace, too', async () => {
    await configure('cluster', { rule: { apiVersions: ['*'], resources: ['*'], scope: 'Cluster' } });
    expect(await proof()).toBe('1 webhook proven');
    expect(hooks.asked).toMatchObject([{ resource: { resource: 'crates' } }]);
  });

  it('is asked in a namespace and with labels that its selectors match', async () => {
    await configure('selecting', {
      namespaceSelector: { matchLabels: { hooked: 'yes' } },
      objectSelector: { matchExpressions: [{ key: 'tier', operator: 'In', values: ['gold', 'silver'] }] },
    });
    expect(await proof()).toBe('1 webhook proven');
    expect(hooks.asked).toMatchObject([{ namespace: 'other', object: { metadata: { labels: { tier: 'gold' } } } }]);
  });

  it('is asked about a config map when it wants to know of everything', async () => {
    await configure('everything', {
      rule: { apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'], operations: ['*'] },
      namespaceSelector: {
        matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['shop'] }],
      },
    });
    expect(await proof()).toBe('1 webhook proven');
    // The API server writes something of its own now and then, and asks about that, too.
    const ours = hooks.asked.filter(({ dryRun }) => dryRun);
    expect(ours).toMatchObject([{ resource: { resource: 'configmaps' }, namespace: 'default' }]);
  });

  it('is asked about a change of something there when it knows of no other', async () => {
    const thing = { apiVersion: 'example.org/v1', kind: 'Things', spec: { size: 3, mode: 'fast', right: 'x' } };
    await api.client.create('/apis/example.org/v1/namespaces/other/things', { ...thing, metadata: { name: 'one' } });
    await configure('updating', {
      rule: { operations: ['UPDATE'], resources: ['things', 'things/status'] },
      objectSelector: { matchLabels: { tier: 'gold' } },
    });
    await configure('deleting', { rule: { operations: ['DELETE'] } });
    await configure('status', { rule: { operations: ['UPDATE'], resources: ['things/status'] } });
    expect(await proof()).toBe('3 webhooks proven');
    const asked = hooks.asked.map(({ path, operation, dryRun, subResource }) => [path, operation, dryRun, subResource]);
    expect(asked.sort()).toEqual([
      ['/deleting', 'DELETE', true, undefined],
      ['/status', 'UPDATE', true, 'status'],
      ['/updating', 'UPDATE', true, undefined],
    ]);
    const after = await api.client.list('/apis/example.org/v1/things');
    expect(after.map(({ metadata }) => [metadata.name, metadata.labels, metadata.annotations])).toEqual([
      ['one', undefined, undefined],
    ]);
    await api.client.delete('/apis/example.org/v1/namespaces/other/things/one');
  });

  it('opens the gate, which tells how it was proven', async () => {
    await configure('healthy');
    const step = gateStep(shop, 'webhook', [], { view, provider: { simulation: undefined }, clock: systemClock });
    expect(await step.check(stepContext())).toEqual({
      status: 'satisfied',
      detail: '1 webhook with endpoints and certificates, not asked: nothing has changed',
    });
    view.forget();
    const { status, reason } = (await step.check(stepContext())) as { status: string; reason: string };
    expect([status, reason]).toEqual(['needed', 'validating healthy/healthy.example.org: not asked yet']);
    expect(hooks.asked).toEqual([]);
    expect(await step.apply(stepContext())).toBe('1 webhook proven');
  });
});

describe('a webhook that cert-manager forgot to give an authority to', () => {
  const annotationsOf = async (name: string) =>
    (await api.client.get(`${webhookPaths.validating}/${name}`))?.metadata.annotations;
  const nudged = (name: string) =>
    nudgeInjection(shop, view, () => Promise.resolve(), AbortSignal.timeout(5_000)).then(() => annotationsOf(name));
  const injected = { ...owned, 'cert-manager.io/inject-ca-from-secret': 'shop/ca' };
  const empty = { clientConfig: { url: 'https://127.0.0.1:9/' } };

  it('is changed, so that it is looked at again', async () => {
    await configure('forgotten', { annotations: injected, ...empty });
    expect(await nudged('forgotten')).toEqual({ ...injected, 'platform.dev/nudged': expect.any(String) as string });
  });

  it.each([
    ['it has one', { annotations: injected }],
    ['nobody is to give it one', { annotations: owned, ...empty }],
    ['it is of another release', { annotations: { ...injected, 'meta.helm.sh/release-name': 'other' }, ...empty }],
  ])('is left alone where %s', async (_, given) => {
    await configure('fine', given);
    expect(await nudged('fine')).toEqual(given.annotations);
  });
});

describe('a webhook that does not answer', () => {
  const dead = 'validating broken/broken.example.org: ';

  it('is named with what the API server says when nothing listens', async () => {
    const [port = 0] = await freePorts(1);
    const clientConfig = { url: `https://127.0.0.1:${String(port)}/`, caBundle: base64(hooks.certificate) };
    await configure('broken', { clientConfig });
    expect(await obstacle(/refused/)).toMatch(
      new RegExp(
        `^${dead}nothing listens at its address: failed to call webhook: Post "https://127.0.0.1:${String(port)}/?.*connection refused$`,
      ),
    );
  });

  it('is told apart from one with the certificate of another authority', async () => {
    await configure('broken', { clientConfig: { url: hooks.url('/broken'), caBundle: base64(api.authority) } });
    expect(await obstacle(/x509/)).toMatch(
      new RegExp(
        `^${dead}its caBundle does not match the certificate it serves: .*certificate signed by unknown authority`,
      ),
    );
    expect(hooks.asked).toEqual([]);
  });

  it('does not hold up who waits while it is slow, and is proven when it answers after all', async () => {
    hooks.behaviour.set('/broken', 'silent');
    await configure('broken', { timeoutSeconds: 2 });
    expect(await obstacle(/asked/)).toMatch(
      /^validating broken\/broken\.example\.org: (not asked yet|asked .*s ago, no answer yet)$/,
    );
    expect(await obstacle(/in time/)).toMatch(
      new RegExp(`^${dead}it does not answer in time: .*context deadline exceeded`),
    );
    const asked = hooks.asked.length;
    for (let looks = 0; looks < 10; looks += 1) await look();
    expect(hooks.asked.length - asked).toBeLessThanOrEqual(1);
    hooks.behaviour.clear();
    expect(await proof()).toBe('1 webhook proven');
  });

  it('is not even asked while its service leads nowhere', async () => {
    const service = { namespace: 'shop', name: 'hook', path: '/' };
    await configure('broken', { clientConfig: { service, caBundle: base64(hooks.certificate) } });
    expect(await look()).toEqual({
      met: false,
      waitingFor: `${dead}its Service shop/hook does not exist`,
      workloads: [],
    });
    await api.client.create('/api/v1/namespaces/shop/services', {
      metadata: { name: 'hook' },
      spec: { ports: [{ port: 443 }] },
    });
    view.forget();
    expect(await look()).toMatchObject({ waitingFor: `${dead}its Service shop/hook has no ready endpoint` });
    expect(await api.client.list('/apis/example.org/v1/things')).toEqual([]);
  });

  it('is not asked without a caBundle', async () => {
    await configure('broken', { clientConfig: { service: { namespace: 'default', name: 'kubernetes' } } });
    expect(await look()).toMatchObject({ waitingFor: `${dead}its caBundle is empty` });
  });

  it('is said to stand behind another one that is broken', async () => {
    const [port = 0] = await freePorts(1);
    const clientConfig = { url: `https://127.0.0.1:${String(port)}/`, caBundle: base64(hooks.certificate) };
    await configure('foreign', { annotations: {}, type: 'mutating', clientConfig });
    await configure('healthy');
    expect(await obstacle(/another/)).toMatch(
      /^validating healthy\/healthy\.example\.org: not asked: a sample of things\.example\.org needs another webhook, "foreign\.example\.org", too: nothing listens/,
    );
    await api.client.delete(`${webhookPaths.mutating}/foreign`);
    expect(await proof()).toBe('1 webhook proven');
  });
});

describe('a webhook that cannot be proven', () => {
  const unproven = '0 of 1 webhook proven; validating careful/careful.example.org: ';

  it('is passed with the reason why no sample could be made', async () => {
    await configure('careful', { rule: { resources: ['widgets'] } });
    expect(await proof()).toMatch(
      new RegExp(
        `^${unproven}not asked: a sample of widgets.example.org was refused before: .* there must be no widget`,
      ),
    );
    expect(hooks.asked).toEqual([]);
  });

  it('is tried with the next resource of its rules before that', async () => {
    await configure('careful', { rule: { resources: ['widgets', 'things'] } });
    expect(await proof()).toBe('1 webhook proven');
    expect(hooks.asked).toMatchObject([{ resource: { resource: 'things' } }]);
  });

  it('is not claimed to be when its conditions may have left the sample out', async () => {
    await configure('careful', { matchConditions: [{ name: 'never', expression: 'false' }] });
    expect(await proof()).toBe(
      `${unproven}not proven: a sample of things.example.org was accepted, but its matchConditions may have left it out`,
    );
    expect(hooks.asked).toEqual([]);
  });

  it('is passed when no namespace is of interest to it', async () => {
    await configure('careful', { namespaceSelector: { matchLabels: { hooked: 'never' } } });
    expect(await proof()).toBe(`${unproven}not asked: no namespace matches its namespaceSelector`);
  });

  it('is not given up at once when something may yet appear that it can be asked about', async () => {
    await configure('careful', { rule: { operations: ['UPDATE'] } });
    expect(await obstacle(/object/)).toBe(
      'validating careful/careful.example.org: not asked: there is no object of things.example.org that could be updated',
    );
  });

  it('is none that must be when its failures are ignored', async () => {
    await configure('careful', { failurePolicy: 'Ignore', path: '/never' });
    expect(await look()).toEqual({ met: true, detail: 'no webhook with failurePolicy Fail' });
  });
});

describe('samples of what a real API server serves', () => {
  it('are accepted for each built-in kind that has fields of its own here', async () => {
    const served = await discover(api.client);
    const refused: string[] = [];
    for (const name of Object.keys(sampleFields)) {
      const resource = served.find(({ group, kind }) => `${group}/${kind}` === name);
      expect(resource, name).toBeDefined();
      if (!resource) continue;
      const where = resource.namespaced ? 'shop' : undefined;
      const body = sampleObject(resource, undefined, { ...(where !== undefined && { namespace: where }) });
      await api.client
        .dryRun({ method: 'POST', path: collectionPath(resource, where), body })
        .catch((error: unknown) => refused.push(`${name}: ${String(error)}`));
    }
    expect(refused).toEqual([]);
  });

  it('are accepted for the real cert-manager, whose webhooks of one name want to know of everything in their groups', async (context) => {
    skipWithoutUpstream(context);
    const text = await Promise.all(
      ['crds', 'manifests'].map((name) => readFile(`${upstream}/cert-manager/${name}.yaml`, 'utf8')),
    );
    const objects = text.flatMap((part) => parseManifest(part)).map(({ object }) => object);
    const definitions = objects.filter(({ kind }) => kind === 'CustomResourceDefinition');
    await Promise.all(definitions.map((definition) => api.client.apply(definition)));
    for (const object of objects) {
      const type = { MutatingWebhookConfiguration: 'mutating', ValidatingWebhookConfiguration: 'validating' }[
        object.kind
      ];
      if (type !== 'mutating' && type !== 'validating') continue;
      const { webhooks } = object as unknown as { webhooks: object[] };
      const clientConfig = { url: hooks.url(`/${type}`), caBundle: base64(hooks.certificate) };
      await api.client.create(webhookPaths[type], {
        metadata: { name: object.metadata.name, annotations: owned },
        webhooks: webhooks.map((webhook) => ({ ...webhook, clientConfig })),
      });
    }
    view = new ClusterView(() => Promise.resolve(api.client), systemClock);
    expect(await proof()).toBe('2 webhooks proven');
    expect(new Set(hooks.asked.map(({ path }) => path))).toEqual(new Set(['/mutating', '/validating']));

    const served = (await discover(api.client)).filter(({ group }) => group.endsWith('cert-manager.io'));
    for (const resource of served) {
      const where = resource.namespaced ? 'shop' : undefined;
      const body = sampleObject(resource, await schemasOf(api.client, resource), where ? { namespace: where } : {});
      await api.client.dryRun({ method: 'POST', path: collectionPath(resource, where), body });
    }
    expect(served).toHaveLength(definitions.length);
  });
});

describe('discovery', () => {
  it('tells of everything else while an API service is broken, and which one that is', async () => {
    await api.client.create('/apis/apiregistration.k8s.io/v1/apiservices', {
      metadata: { name: 'v1.broken.example.org' },
      spec: {
        group: 'broken.example.org',
        version: 'v1',
        groupPriorityMinimum: 100,
        versionPriority: 10,
        service: { namespace: 'shop', name: 'nowhere' },
        insecureSkipTLSVerify: true,
      },
    });
    const found = await eventually(async () => {
      const discovery = await readDiscovery(api.client);
      return discovery.stale.length > 0 ? discovery : undefined;
    });
    expect(found.stale).toEqual(['broken.example.org/v1']);
    const names = found.resources.map(({ plural }) => plural);
    expect(names).toEqual(expect.arrayContaining(['pods', 'deployments', 'things']));
    expect(found.resources.find(({ plural }) => plural === 'things')).toEqual({
      group: 'example.org',
      version: 'v1',
      kind: 'Things',
      plural: 'things',
      namespaced: true,
      verbs: ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'],
      subresources: [{ name: 'status', verbs: ['get', 'patch', 'update'] }],
      stale: false,
    });
  });
});
