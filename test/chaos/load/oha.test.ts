import { describe, expect, it } from 'vitest';
import { oha } from '../../../src/chaos/load/oha.js';
import { recorded } from './recorded.js';

const parse = (name: string) => oha.parse(recorded('oha-1.15.0', `${name}.json`), { workers: 4 });

describe('calling oha', () => {
  it('leaves the URL as it is, says where its host is, and whom to trust', () => {
    const request = { url: 'https://images.shop.localhost/a.png', workers: 100, seconds: 10 };
    const always = '--no-tui --no-color --output-format json -z 10s -w -c 100 -t 10s -r 0'.split(' ');
    expect(oha.arguments(request)).toEqual([...always, request.url]);
    const elsewhere = { ...request, connectTo: { host: '127.0.0.1', port: 8443 }, caFile: 'ca.pem' };
    expect(oha.arguments(elsewhere)).toEqual([
      ...always,
      ...['--cacert', 'ca.pem', '--connect-to', 'images.shop.localhost:443:127.0.0.1:8443'],
      request.url,
    ]);
    expect(
      oha.arguments({ ...elsewhere, url: 'http://shop.test:81/', connectTo: { host: '::1', port: 80 } }),
    ).toContain('shop.test:81:[::1]:80');
  });
});

describe('the words of oha 1.15.0', () => {
  it('are answers by status, and percentiles in milliseconds', () => {
    expect(parse('ok')).toEqual({
      requests: 687,
      statuses: { '200': 687 },
      errors: {},
      latency: { p50: 5.83, p90: 6.21, p95: 6.35, p99: 7.83 },
    });
    expect(parse('mixed')).toMatchObject({ requests: 29086, statuses: { '200': 14543, '500': 14543 } });
    expect(parse('redirect').statuses).toEqual({ '302': 32752 });
    expect(parse('tls').statuses).toEqual({ '200': 570 });
    expect(parse('interrupted').requests).toBe(670);
    expect(parse('slow').latency?.p50).toBeGreaterThan(300);
  });

  it('are no percentiles but reasons where nothing is answered', () => {
    expect(parse('refused')).toEqual({
      requests: 61928,
      statuses: {},
      errors: { 'Connection refused (os error 111)': 61928 },
    });
    expect(parse('timeouts')).toEqual({ requests: 4, statuses: {}, errors: { timeout: 4 } });
  });

  it('tell of a certificate that nobody trusts', () => {
    expect(parse('untrusted').errors).toEqual({ 'invalid peer certificate: UnknownIssuer': 1487 });
  });

  it('count requests without an answer beside those with one, but not those under way at the end', () => {
    expect(parse('reset')).toMatchObject({
      requests: 8948,
      statuses: { '200': 4474 },
      errors: { 'connection closed before message completed': 4474 },
    });
    expect(parse('deadline')).toMatchObject({ requests: 12, statuses: { '200': 12 }, errors: {} });
  });

  it('leave requests unaccounted for where some are missing', () => {
    const output = recorded('oha-1.15.0', 'mixed.json').replace('"500": 14543', '"500": 14000');
    const { requests, statuses } = oha.parse(output, { workers: 4 });
    expect({ requests, statuses }).toEqual({ requests: 29086, statuses: { '200': 14543, '500': 14000 } });
  });

  it('are refused where they are cut off, or something else', () => {
    const whole = recorded('oha-1.15.0', 'ok.json');
    expect(() => oha.parse(whole.slice(0, 500), { workers: 4 })).toThrow('it is no whole JSON document');
    expect(() => oha.parse('', { workers: 4 })).toThrow('it said nothing');
    expect(() => oha.parse('{"summary": {}}', { workers: 4 })).toThrow('the output of oha cannot be used');
  });
});
