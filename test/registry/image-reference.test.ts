import { describe, expect, it } from 'vitest';
import { imageReference, mutability } from '../../src/registry/image-reference.js';

const digest = `sha256:${'a'.repeat(64)}`;

describe('the parts of an image', () => {
  it.each([
    ['postgres', { registry: 'docker.io', repository: 'library/postgres' }],
    ['postgres:17.6', { registry: 'docker.io', repository: 'library/postgres', tag: '17.6' }],
    ['grafana/grafana:13', { registry: 'docker.io', repository: 'grafana/grafana', tag: '13' }],
    ['index.docker.io/library/redis', { registry: 'docker.io', repository: 'library/redis' }],
    ['quay.io/a/b/c:v1', { registry: 'quay.io', repository: 'a/b/c', tag: 'v1' }],
    ['localhost/web', { registry: 'localhost', repository: 'web' }],
    ['localhost:5001/web:dev', { registry: 'localhost:5001', repository: 'web', tag: 'dev' }],
    [`ghcr.io/x/y:1@${digest}`, { registry: 'ghcr.io', repository: 'x/y', tag: '1', digest }],
    [`ghcr.io/x/y@${digest}`, { registry: 'ghcr.io', repository: 'x/y', digest }],
  ])('%s', (text, parts) => {
    expect(imageReference(text)).toEqual(parts);
  });

  it.each([
    '',
    ':tag',
    'Web',
    'ghcr.io/',
    'ghcr.io/x:',
    'x@sha256:abc',
    'a b',
    '{{ .Values.image }}',
    'ex_a.com:port/x',
    'http://x.org/y',
  ])('are none of %j', (text) => {
    expect(imageReference(text)).toBeUndefined();
  });
});

describe('an image that can change under its name', () => {
  it.each([
    ['postgres', 'no tag'],
    ['quay.io/x:latest', 'tag latest'],
    ['n8n:stable', 'tag stable'],
    ['postgres:17.6', undefined],
    [`postgres:latest@${digest}`, undefined],
    ['Not an image', undefined],
  ])('%s: %s', (text, why) => {
    expect(mutability(text)).toBe(why);
  });
});
