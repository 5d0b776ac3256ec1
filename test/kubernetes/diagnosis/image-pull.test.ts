import { describe, expect, it } from 'vitest';
import { judgeImagePull } from '../../../src/kubernetes/diagnosis/image-pull.js';

// As containerd and CRI-O write them, and the kubelet hands them on.
const words = {
  'no such tag':
    'rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/nginx:nope": failed to resolve reference "docker.io/library/nginx:nope": docker.io/library/nginx:nope: not found',
  'a rate limit':
    'failed to pull and unpack image "docker.io/library/nginx:1.27": failed to copy: httpReadSeeker: failed open: unexpected status code https://registry-1.docker.io/v2/library/nginx/manifests/sha256:0a399eb16751829e1af26fea27b20c3ec28d7ab1fb72182879dcae1cca21206a: 429 Too Many Requests - Server message: toomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit',
  'a rate limit, as CRI-O says it':
    'reading manifest 1.27 in docker.io/library/nginx: toomanyrequests: You have reached your pull rate limit.',
  'no access':
    'failed to resolve reference "docker.io/acme/app:1": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
  'an unknown user': 'failed to authorize: failed to fetch anonymous token: unexpected status: 401 Unauthorized',
  'an unknown authority':
    'failed to do request: Head "https://registry.local:5001/v2/app/manifests/1": tls: failed to verify certificate: x509: certificate signed by unknown authority',
  'no name':
    'failed to do request: Head "https://registry.example/v2/app/manifests/1": dial tcp: lookup registry.example on 10.96.0.10:53: no such host',
  'no answer': 'failed to do request: Head "https://quay.io/v2/app/manifests/1": dial tcp 1.2.3.4:443: i/o timeout',
  'a broken server':
    'unexpected status from HEAD request to https://quay.io/v2/app/manifests/1: 503 Service Unavailable',
  'another processor': 'failed to unpack image on snapshotter overlayfs: no match for platform in manifest: not found',
  'a busy node': 'pull QPS exceeded',
  'something else': 'failed to extract layer: archive/tar: invalid tar header',
};

describe('an image that cannot be pulled', () => {
  it.each([
    ['no such tag', true, 10_000, /correct the image name or tag/],
    ['a rate limit', true, 10_000, /log in to it, use a mirror \(`local\.mirrors`\), or wait/],
    ['a rate limit, as CRI-O says it', true, 10_000, /log in to it, use a mirror/],
    ['no access', true, 10_000, /image pull secret/],
    ['an unknown user', true, 10_000, /image pull secret/],
    ['an unknown authority', true, 10_000, /trust the registry's certificate/],
    ['no name', true, 45_000, /reach the registry/],
    ['no answer', true, 45_000, /reach the registry/],
    ['a broken server', true, 45_000, /reach the registry/],
    ['another processor', true, 10_000, /processors/],
    ['a busy node', false, 10_000, /wait/],
    ['something else', true, 10_000, /check the image name and tag/],
  ] as const)('because of %s; fatal: %s, after %i ms', (cause, fatal, patienceMs, suggestion) => {
    expect(judgeImagePull(words[cause])).toEqual({
      fatal,
      patienceMs,
      suggestion: expect.stringMatching(suggestion) as string,
    });
  });
});
