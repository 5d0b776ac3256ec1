import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Release } from '../../src/environment/environment.js';
import { readCatalogueEntry } from '../../src/releases/catalogue.js';
import { credentialsText } from '../../src/ui/credentials-text.js';
import { createStyle } from '../../src/ui/style.js';
import { credentials } from '../../src/usecases/credentials.js';
import { stopped } from '../clusters/fake-provider.js';
import { errorOf } from '../environment/fixture.js';
import { apiServer, type ApiServer } from '../kubernetes/api-server.js';
import { helmSecret } from '../kubernetes/fake-client.js';
import { opened, putIngress } from './opened.js';

let api: ApiServer;
let releases: Release[];
beforeEach(async () => {
  api = await apiServer();
  releases = await Promise.all(['kube-prometheus-stack', 'postgres', 'redis', 'argocd'].map(release));
  putIngress(api, 'dashboards', { hosts: ['grafana.local'], secure: ['grafana.local'], namespace: 'monitoring' });
  install('monitoring/kube-prometheus-stack');
  install('app-services/postgres');
  install('argocd/argocd');
  put('monitoring/kube-prometheus-stack-grafana', { 'admin-user': 'root', 'admin-password': 'hidden-grafana' });
  put('app-services/postgres', { password: 'hidden-postgres' });
});
afterEach(() => api.close());

async function release(name: string): Promise<Release> {
  const catalogue = await readCatalogueEntry(name);
  if (!catalogue) throw new Error(`no entry ${name}`);
  const chart = { from: 'bundled', name: 'service', path: '/charts/service' } as const;
  return { name, namespace: catalogue.namespace, chart, needs: [], values: [], catalogue };
}

function install(key: string, more: Record<string, string> = {}): void {
  const secret = helmSecret(key) as { metadata: { name: string; namespace: string; labels: Record<string, string> } };
  const { name, namespace, labels } = secret.metadata;
  api.objects.set(`/api/v1/namespaces/${namespace}/secrets/${name}`, {
    metadata: { ...secret.metadata, labels: { ...labels, ...more } },
  });
}

function put(key: string, values: Record<string, string>): void {
  const [namespace = '', name = ''] = key.split('/');
  const encoded = Object.entries(values).map(([field, value]) => [field, Buffer.from(value).toString('base64')]);
  api.objects.set(`/api/v1/namespaces/${namespace}/secrets/${name}`, {
    metadata: { name, namespace },
    data: Object.fromEntries(encoded) as Record<string, string>,
  });
}

const plain = createStyle({ color: false, unicode: false });
const ask = (app?: string, options: Parameters<typeof opened>[1] = {}) =>
  credentials(opened(api, { releases, ...options }), app, new AbortController().signal);

describe('the credentials of an app', () => {
  it('are read from the cluster, with the address where one logs in', async () => {
    const result = await ask('grafana', { ports: { http: 80, https: 8443 } });
    expect(result).toEqual({
      kind: 'login',
      login: {
        ...{ app: 'grafana', release: 'kube-prometheus-stack', namespace: 'monitoring', status: 'installed' },
        ...{ url: 'https://grafana.local:8443/', secret: 'kube-prometheus-stack-grafana' },
        ...{ user: 'root', password: 'hidden-grafana' },
      },
    });
    expect(credentialsText(result, plain)).toBe(
      'url       https://grafana.local:8443/\nuser      root\npassword  hidden-grafana',
    );
  });

  it('are found by its release as well, with a user that is always the same', async () => {
    expect(await ask('kube-prometheus-stack')).toMatchObject({ login: { app: 'grafana' } });
    expect(await ask('postgres')).toMatchObject({ login: { user: 'platform', password: 'hidden-postgres' } });
  });

  it('come from the first of its Secrets that is there', async () => {
    api.objects.delete('/api/v1/namespaces/monitoring/secrets/kube-prometheus-stack-grafana');
    put('monitoring/grafana-admin', { 'admin-user': 'ops', 'admin-password': 'hidden-cloud' });
    expect(await ask('grafana')).toMatchObject({ login: { secret: 'grafana-admin', user: 'ops' } });
  });

  it('are known of installed releases when the environment file is gone', async () => {
    expect(await ask('grafana', { releases: [] })).toMatchObject({ login: { password: 'hidden-grafana' } });
  });
});

describe('the list of apps with credentials', () => {
  it('tells how they are and shows no secrets', async () => {
    install('redis/redis', { 'platform.dev/stand-in': 'true' });
    api.objects.delete('/api/v1/namespaces/argocd/secrets/sh.helm.release.v1.argocd.v1');
    api.requests.splice(0);
    const result = await ask();
    expect(result).toMatchObject({
      kind: 'list',
      apps: [
        { app: 'argocd', status: 'not installed' },
        { app: 'grafana', status: 'installed', url: 'https://grafana.local/' },
        { app: 'postgres', status: 'installed' },
        { app: 'redis', status: 'stand-in' },
      ],
    });
    expect(JSON.stringify(result)).not.toContain('hidden');
    expect(credentialsText(result, plain)).toContain('redis     stand-in                redis/redis');
    expect(api.requests.map(({ path }) => path).sort()).toEqual([
      '/api/v1/secrets',
      '/apis/networking.k8s.io/v1/ingresses',
    ]);
  });
});

describe('credentials that cannot be had', () => {
  it.each([
    ['grafan', 'shop has no app grafan whose credentials are known'],
    ['argocd', 'argocd has no Secret argocd/argocd-initial-admin-secret'],
    ['redis', 'redis is not installed in shop'],
  ])('of %s are told so', async (app, message) => {
    expect(await errorOf(ask(app))).toMatchObject({ code: 'conflict', message });
  });

  it('are those of a stand-in', async () => {
    install('redis/redis', { 'platform.dev/stand-in': 'true' });
    expect(await errorOf(ask('redis'))).toMatchObject({
      message: 'redis has no credentials: redis is a stand-in here, nothing runs in it',
    });
  });

  it('are those of a Secret without the key, whose others are named but not shown', async () => {
    put('app-services/postgres', { other: 'hidden' });
    expect(await errorOf(ask('postgres'))).toMatchObject({
      message: 'the Secret app-services/postgres of postgres has no key password',
      suggestions: ['it has other'],
    });
  });

  it('are all while the cluster does not run', async () => {
    expect(await errorOf(ask('grafana', { state: stopped }))).toMatchObject({ code: 'conflict' });
  });
});
