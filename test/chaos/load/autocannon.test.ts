import { describe, expect, it } from 'vitest';
import { autocannon } from '../../../src/chaos/load/autocannon.js';
import { recorded } from './recorded.js';

const parse = (name: string) => autocannon.parse(recorded('autocannon-9.0.0', `${name}.json`), { workers: 4 });

describe('calling autocannon', () => {
  it('connects elsewhere for a name that leads nowhere, and tells the name to the server and to TLS', () => {
    const connectTo = { host: '127.0.0.1', port: 8443 };
    const request = { url: 'https://images.shop.localhost:8443/a.png', connectTo, workers: 100, seconds: 10 };
    const always = '--json --no-progress --duration 10 --connections 100 --timeout 10'.split(' ');
    expect(autocannon.arguments(request)).toEqual([
      ...always,
      ...['--headers', 'Host=images.shop.localhost:8443', '--servername', 'images.shop.localhost'],
      'https://127.0.0.1:8443/a.png',
    ]);
    expect(autocannon.arguments({ url: 'http://shop.test/', workers: 100, seconds: 10 })).toEqual([
      ...always,
      ...['--headers', 'Host=shop.test'],
      'http://shop.test/',
    ]);
  });
});

describe('the words of autocannon 9.0.0', () => {
  it('are answers by status; what was under way at the end does not count', () => {
    expect(parse('ok')).toEqual({
      requests: 681,
      statuses: { '200': 681 },
      errors: {},
      // Its 97.5th percentile stands for the 95th.
      latency: { p50: 5, p90: 6, p95: 6, p99: 8 },
    });
    expect(parse('mixed')).toMatchObject({ requests: 37362, statuses: { '200': 18681, '500': 18681 } });
    expect(parse('redirect').statuses).toEqual({ '302': 36004 });
    expect(parse('tls').statuses).toEqual({ '200': 698 });
    expect(parse('slow').latency?.p50).toBeGreaterThanOrEqual(300);
  });

  it('are no percentiles but reasons where nothing is answered', () => {
    expect(parse('refused')).toEqual({ requests: 7868, statuses: {}, errors: { 'connection failed': 7868 } });
    expect(parse('timeouts')).toEqual({ requests: 8, statuses: {}, errors: { timeout: 8 } });
  });

  it('leave requests unaccounted for that a server closes without an answer', () => {
    expect(parse('reset')).toMatchObject({ requests: 5339, statuses: { '200': 2667 }, errors: {} });
  });

  it('are refused where they are cut off, missing, or something else', () => {
    const whole = recorded('autocannon-9.0.0', 'ok.json');
    expect(() => autocannon.parse(whole.slice(0, 500), { workers: 4 })).toThrow('it is no whole JSON document');
    expect(() => autocannon.parse('', { workers: 4 })).toThrow('it said nothing');
    expect(() => autocannon.parse('{"errors": -1}', { workers: 4 })).toThrow('the output of autocannon cannot be used');
  });
});
