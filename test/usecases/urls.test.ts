import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { servedUrls, urlsFor, urlsOf } from '../../src/usecases/urls.js';
import { stopped } from '../clusters/fake-provider.js';
import { apiServer, type ApiServer } from '../kubernetes/api-server.js';
import { temporaryFolder } from '../toolchain/fixture.js';
import { monitoredHere, opened, putIngress } from './opened.js';

let api: ApiServer;
beforeEach(async () => {
  api = await apiServer();
  putIngress(api, 'portal', { hosts: ['portal.local', 'images.local'], secure: ['portal.local'], release: 'web' });
});
afterEach(() => api.close());

const addresses = (urls: readonly { readonly url: string }[]) => urls.map(({ url }) => url);

describe('the addresses of an environment', () => {
  it('are those of its Ingresses, with https where there is a certificate', async () => {
    expect(await urlsOf(opened(api).assembly.view)).toEqual([
      { url: 'https://portal.local/', namespace: 'apps', ingress: 'portal', release: 'web' },
      { url: 'http://images.local/', namespace: 'apps', ingress: 'portal', release: 'web' },
    ]);
  });

  it('name the ports that are not the usual ones', async () => {
    const { view } = opened(api).assembly;
    expect(addresses(await urlsOf(view, { http: 80, https: 443 }))).toEqual([
      'https://portal.local/',
      'http://images.local/',
    ]);
    expect(addresses(await urlsOf(view, { http: 8080, https: 8443 }))).toEqual([
      'https://portal.local:8443/',
      'http://images.local:8080/',
    ]);
    expect(addresses(await urlsOf(view, { http: 443, https: 80 }))).toEqual([
      'https://portal.local:80/',
      'http://images.local:443/',
    ]);
  });

  it('are those on this machine for what this machine does in the place of the cluster', async () => {
    putIngress(api, 'kps-prometheus', { hosts: ['prometheus.local'], namespace: 'monitoring' });
    const host = await monitoredHere(await temporaryFolder());
    const urls = await servedUrls(opened(api, { host }).assembly);
    expect(addresses(urls)).toEqual([
      'https://portal.local/',
      'http://images.local/',
      'http://127.0.0.1:9090/',
      'http://127.0.0.1:9093/',
      'http://127.0.0.1:8025/',
    ]);
    expect(urlsFor('prometheus', urls)).toMatchObject([{ url: 'http://127.0.0.1:9090/', isReal: true }]);
    expect(urlsFor('inbox', urls)).toMatchObject([{ url: 'http://127.0.0.1:8025/', isReal: true }]);
  });

  it('are those of the cluster where nothing runs on this machine yet', async () => {
    putIngress(api, 'kps-prometheus', { hosts: ['prometheus.local'], namespace: 'monitoring' });
    const folder = await temporaryFolder();
    const host = { ...(await monitoredHere(folder)), folder: `${folder}/nothing` };
    expect(addresses(await servedUrls(opened(api, { host }).assembly))).toContain('http://prometheus.local/');
  });

  it('have the ports that the cluster was made with, and are none while it does not run', async () => {
    expect(addresses(await servedUrls(opened(api, { ports: { http: 80, https: 8443 } }).assembly))).toEqual([
      'https://portal.local:8443/',
      'http://images.local/',
    ]);
    expect(await servedUrls(opened(api, { state: stopped }).assembly)).toEqual([]);
  });
});

describe('the addresses of an app', () => {
  beforeEach(() => {
    putIngress(api, 'grafana', { hosts: ['dashboards.local'], namespace: 'monitoring', release: 'stack' });
    putIngress(api, 'other', { hosts: ['grafana.local'] });
  });

  it.each([
    ['the host', 'images.local', ['http://images.local/']],
    ['the first word of the host', 'images', ['http://images.local/']],
    ['the Ingress', 'portal', ['https://portal.local/', 'http://images.local/']],
    ['the Ingress in its namespace', 'monitoring/grafana', ['http://dashboards.local/']],
    ['the release', 'web', ['https://portal.local/', 'http://images.local/']],
    ['the release in its namespace', 'monitoring/stack', ['http://dashboards.local/']],
    ['the host before the Ingress', 'grafana', ['http://grafana.local/', 'http://dashboards.local/']],
    ['nothing', 'image', []],
  ])('are found by %s', async (_, app, urls) => {
    expect(addresses(urlsFor(app, await urlsOf(opened(api).assembly.view)))).toEqual(urls);
  });
});
