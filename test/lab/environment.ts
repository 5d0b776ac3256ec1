import { join } from 'node:path';
import { stringify } from 'yaml';
import { asset } from '../../src/paths.js';
import { charts, isOffline, site, withoutTraefik } from './lab.js';

export const environmentName = 'replica';
export const domain = 'replica.test';
const release = (version: string) => ({
  chart: { repository: 'https://charts.jetstack.io', name: 'cert-manager', version },
  namespace: 'cert-manager',
});

/** What a site without internet has of its own, and what only its images need. */
const ownLocal = isOffline && {
  charts,
  nodeImage: 'kindest/node:v1.36.3',
  cni: join(site, 'manifests', 'calico.yaml'),
  mirrors: { 'docker.io': 'local', 'quay.io': 'local', 'registry.k8s.io': 'local' },
};

/** An environment file with a page of its own image behind the ingress. */
export function environment(edition: string, name = environmentName): string {
  return stringify({
    apiVersion: 'platform/v1alpha1',
    kind: 'Environment',
    name,
    domain,
    local: { provider: 'kind', workers: 1, ...ownLocal },
    images: { page: { context: asset('test', 'lab', 'page'), args: {} } },
    releases: {
      ...(isOffline ? {} : { calico: {} }),
      'cert-manager': isOffline ? release('v1.21.2') : {},
      ...(withoutTraefik === undefined && { traefik: {} }),
      'metrics-server': isOffline ? { values: { image: { tag: 'v0.9.0' } } } : {},
      page: {
        chart: 'service',
        namespace: 'web',
        image: 'page',
        needs: ['cert-manager:issuer/platform-ca'],
        values: {
          replicas: 1,
          env: { EDITION: edition },
          ports: { http: { port: 80, containerPort: 8080 } },
          probes: { readiness: { path: '/', port: 'http' } },
          ...(withoutTraefik === undefined && { ingress: { hosts: ['page.{domain}'] } }),
        },
      },
    },
  });
}
