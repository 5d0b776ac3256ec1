import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../../../src/kubernetes/objects.js';
import { imagesIn } from '../../../src/releases/contents/images.js';

const object = (content: object, kind = 'Deployment'): KubernetesObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: 'web' },
  ...content,
});

describe('the images of rendered objects', () => {
  it('are those of containers, whatever they look like, each once and sorted', () => {
    const containers = [{ image: 'redis' }, { image: 'docker.io/library/nginx:1' }, { image: 'redis' }];
    expect(imagesIn([object({ spec: { template: { spec: { containers } } } })])).toEqual([
      'docker.io/library/nginx:1',
      'redis',
    ]);
  });

  it('are those of custom resources', () => {
    expect(imagesIn([object({ spec: { image: 'quay.io/prometheus/prometheus:v3' } }, 'Prometheus')])).toEqual([
      'quay.io/prometheus/prometheus:v3',
    ]);
  });

  it.each([
    [
      'an argument',
      { args: ['--acme-solver-image=quay.io/jetstack/acmesolver:v1.21.1'] },
      'quay.io/jetstack/acmesolver:v1.21.1',
    ],
    [
      'an environment variable',
      { env: [{ name: 'A', value: 'ghcr.io/a/b@sha256:' + 'a'.repeat(64) }] },
      'ghcr.io/a/b@sha256:' + 'a'.repeat(64),
    ],
    ['a registry with a port', { args: ['localhost:5001/web:dev'] }, 'localhost:5001/web:dev'],
    [
      'YAML in a ConfigMap',
      { data: { 'casc.yaml': 'agents:\n  - image: "jenkins/inbound-agent:3385"\n' } },
      'jenkins/inbound-agent:3385',
    ],
  ])('are found in %s', (_, content, expected) => {
    expect(imagesIn([object(content)])).toEqual([expected]);
  });

  it.each([
    ['an address', 'https://example.org/path'],
    ['an address with a port', 'http://prometheus.monitoring.svc:9090/-/ready'],
    ['a service name', 'postgres.app-services:5432'],
    ['a version of an API', 'monitoring.coreos.com/v1'],
    ['an image pull policy', 'IfNotPresent'],
    ['a template', '{{ image }}'],
  ])('are not taken from %s', (_, text) => {
    expect(imagesIn([object({ args: [text] })])).toEqual([]);
  });

  it('are not looked for in Secrets', () => {
    expect(imagesIn([object({ stringData: { a: 'quay.io/a/b:c' } }, 'Secret')])).toEqual([]);
  });
});
