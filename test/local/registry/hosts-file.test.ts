import { describe, expect, it } from 'vitest';
import { hostsFiles, ownLine, type Routes } from '../../../src/local/registry/hosts-file.js';
import { servedRegistry } from '../../../src/local/registry/served.js';

const files = (given: Partial<Routes> = {}) =>
  hostsFiles({ registry: servedRegistry(5001), caches: new Map(), mirrors: {}, ...given });
const text = (host: string, given: Partial<Routes>) => files(given).get(host);

describe('what containerd is told about where images come from', () => {
  it('is the local registry under both of its names', () => {
    const expected = `${ownLine}
server = "http://kind-registry:5000"

[host."http://kind-registry:5000"]
  capabilities = ["pull", "resolve"]
`;
    expect([...files()]).toEqual([
      ['localhost:5001', expected],
      ['kind-registry:5000', expected],
    ]);
  });

  it('is a mirror first, then a cache, then the registry itself', () => {
    const caches = new Map([['docker.io', 'platform-cache-docker-io']]);
    expect(text('docker.io', { caches, mirrors: { 'docker.io': 'https://mirror.example' } })).toBe(`${ownLine}
server = "https://registry-1.docker.io"

[host."https://mirror.example"]
  capabilities = ["pull", "resolve"]

[host."http://platform-cache-docker-io:5000"]
  capabilities = ["pull", "resolve"]
`);
  });

  it('is the local registry, below the name of the host, where a mirror is local', () => {
    expect(text('quay.io', { mirrors: { 'quay.io': 'local' } })).toBe(`${ownLine}
server = "https://quay.io"

[host."http://kind-registry:5000/v2/quay.io"]
  capabilities = ["pull", "resolve"]
  override_path = true
`);
  });

  it.each([
    ['https://mirror.example/hub', 'https://mirror.example/v2/hub'],
    ['https://mirror.example/hub/', 'https://mirror.example/v2/hub'],
    ['https://mirror.example/v2/hub', 'https://mirror.example/v2/hub'],
    ['https://mirror.example/registry/v2', 'https://mirror.example/registry/v2'],
  ])('is the repository of a mirror such as %s as a whole', (mirror, url) => {
    expect(text('docker.io', { mirrors: { 'docker.io': mirror } })).toBe(`${ownLine}
server = "https://registry-1.docker.io"

[host."${url}"]
  capabilities = ["pull", "resolve"]
  override_path = true
`);
  });

  it.each(['https://mirror.example/', 'https://mirror.example/v2', 'https://mirror.example/v2/'])(
    'is the mirror %s without a path',
    (mirror) => {
      expect(text('docker.io', { mirrors: { 'docker.io': mirror } })).toContain('[host."https://mirror.example"]\n');
      expect(text('docker.io', { mirrors: { 'docker.io': mirror } })).not.toContain('override_path');
    },
  );

  it('names the authorities for what is asked by https, and nothing else', () => {
    const caches = new Map([['docker.io', 'platform-cache-docker-io']]);
    const mirrors = { 'docker.io': 'https://mirror.example' };
    expect(text('docker.io', { caches, mirrors, authorityFile: '/etc/ssl/own.pem' })).toBe(`${ownLine}
server = "https://registry-1.docker.io"
ca = "/etc/ssl/own.pem"

[host."https://mirror.example"]
  capabilities = ["pull", "resolve"]
  ca = "/etc/ssl/own.pem"

[host."http://platform-cache-docker-io:5000"]
  capabilities = ["pull", "resolve"]
`);
  });

  it('cannot be another registry than ours for ours', () => {
    expect(() => files({ mirrors: { 'localhost:5001': 'https://mirror.example' } })).toThrow(
      'localhost:5001 is the local registry itself',
    );
  });

  it('is no mirror without a URL', () => {
    expect(() => files({ mirrors: { 'quay.io': 'nowhere' } })).toThrow(
      'local.mirrors.quay.io is nowhere, which is neither a URL nor local',
    );
  });
});
