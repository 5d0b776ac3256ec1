import { describe, expect, it } from 'vitest';
import { readRefusal } from '../../src/kubernetes/webhook-answer.js';

const failed = (words: string) =>
  readRefusal(`Internal error occurred: failed calling webhook "a.example.org": failed to call webhook: ${words}`);

describe("reading an API server's refusal", () => {
  it('knows who said no', () => {
    expect(readRefusal('admission webhook "a.example.org" denied the request: no')).toEqual({
      kind: 'denied',
      webhook: 'a.example.org',
    });
    expect(readRefusal('admission webhook "a.example.org" denied the request without explanation')).toMatchObject({
      kind: 'denied',
    });
  });

  it('knows who could not be asked, and where', () => {
    expect(
      failed('Post "https://hook.shop.svc:443/?timeout=10s": dial tcp 10.0.0.1:443: connect: connection refused'),
    ).toEqual({
      kind: 'failed',
      webhook: 'a.example.org',
      url: 'https://hook.shop.svc:443',
      reason:
        'nothing listens at its address: failed to call webhook: Post "https://hook.shop.svc:443/?timeout=10s": dial tcp 10.0.0.1:443: connect: connection refused',
    });
  });

  it.each([
    [
      'tls: failed to verify certificate: x509: certificate signed by unknown authority',
      'its caBundle does not match the certificate it serves',
    ],
    [
      'tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time',
      'the certificate it serves is not valid now',
    ],
    ['x509: certificate is valid for a.svc, not hook.shop.svc', 'its certificate is for another name'],
    [
      "x509: cannot validate certificate for 127.0.0.1 because it doesn't contain any IP SANs",
      'its certificate is for another name',
    ],
    ['x509: certificate relies on legacy Common Name field, use SANs instead', 'its certificate is for another name'],
    [
      'x509: certificate is not valid for any names, but wanted to match hook.shop.svc',
      'its certificate is for another name',
    ],
    ['context deadline exceeded', 'it does not answer in time'],
    ['net/http: request canceled (Client.Timeout exceeded while awaiting headers)', 'it does not answer in time'],
    ['no endpoints available for service "hook"', 'its service leads nowhere'],
    ['service "hook" not found', 'its service leads nowhere'],
    ['no service port 443 found for service "hook"', 'its service leads nowhere'],
    ['dial tcp: lookup hook.example.org: no such host', 'its host is not known'],
    ['the server could not find the requested resource', 'the API server got no valid answer'],
  ])('explains %s', (words, explanation) => {
    expect(failed(words)).toEqual({
      kind: 'failed',
      webhook: 'a.example.org',
      url: undefined,
      reason: `${explanation}: failed to call webhook: ${words}`,
    });
  });

  it('knows who must not be asked in a dry run', () => {
    expect(readRefusal('admission webhook "a.example.org" does not support dry run')).toEqual({
      kind: 'undryable',
      webhook: 'a.example.org',
    });
  });

  it('knows a quota, which is looked at after all webhooks, from anything else', () => {
    expect(readRefusal('pods "x" is forbidden: exceeded quota: all, requested: pods=1, used: pods=1')).toEqual({
      kind: 'afterwards',
    });
    expect(readRefusal('pods "x" is forbidden: violates PodSecurity "restricted:latest"')).toEqual({ kind: 'other' });
  });
});
