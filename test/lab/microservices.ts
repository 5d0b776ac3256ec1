import { join } from 'node:path';
import { stringify } from 'yaml';
import { asset } from '../../src/paths.js';
import { charts, isOffline, site } from './lab.js';

export const environmentName = 'shop';
export const domain = 'shop.test';

const apps = ['api', 'auth', 'images', 'inbox', 'reaper', 'webportal'];

/** Images that nodes pull from public registries; a site without internet has them in its engine's store. */
export const publicImages =
  /^(calico\/|quay\.io\/(jetstack|prometheus|prometheus-operator|prometheuscommunity)\/|registry\.k8s\.io\/(metrics-server|kube-state-metrics)\/|traefik:v|postgres:)/;

const jetstack = { repository: 'https://charts.jetstack.io', name: 'cert-manager', version: 'v1.21.2' };

/** What a site without internet has under other versions than the catalogue's. */
const ownReleases = {
  calico: { enabled: false },
  'cert-manager': { chart: jetstack, namespace: 'cert-manager' },
  'metrics-server': { values: { image: { tag: 'v0.9.0' } } },
  // It has no image of Grafana.
  'kube-prometheus-stack': { values: { grafana: { enabled: false } } },
  'postgres-exporter': { values: { image: { tag: 'v0.19.1' } } },
  postgres: {
    values: {
      image: { repository: 'docker.io/library/postgres', tag: '15' },
      runAs: { user: 100, group: 102 },
    },
  },
};

/** The default blueprint as it is; only where a site has no internet, with what that has instead. */
export function microservices(): string {
  return stringify({
    apiVersion: 'platform/v1alpha1',
    kind: 'Environment',
    name: environmentName,
    blueprint: 'microservices',
    domain,
    local: {
      provider: 'kind',
      workers: 1,
      ...(isOffline && {
        charts,
        nodeImage: 'kindest/node:v1.36.3',
        cni: join(site, 'manifests', 'calico.yaml'),
        mirrors: { 'docker.io': 'local', 'quay.io': 'local', 'registry.k8s.io': 'local' },
      }),
    },
    ...(isOffline && {
      images: Object.fromEntries(
        apps.map((app) => [app, { context: asset('assets', 'apps'), args: { APP: app, NODE_IMAGE: 'node:20-slim' } }]),
      ),
      releases: ownReleases,
    }),
  });
}
