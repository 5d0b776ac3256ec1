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

  describe('of a hundred connections', () => {
    /** What a slice says that ended with a request under way on each of them. */
    const ended = (answered: number, p99: number, duration = 10.01) => {
      const result = JSON.parse(recorded('autocannon-9.0.0', 'ok.json')) as object;
      const latency = { p50: p99, p90: p99, p97_5: p99, p99 };
      const statusCodeStats = answered === 0 ? {} : { '200': { count: answered } };
      const said = { ...result, duration, latency, statusCodeStats, requests: { sent: answered + 100 } };
      return autocannon.parse(JSON.stringify(said), { workers: 100 }).requests - answered;
    };

    it('leave no request unaccounted for where the service is slow, or fast', () => {
      expect(ended(500, 2_100)).toBe(0);
      expect(ended(190_000, 7)).toBe(0);
    });

    it('leave those unaccounted for that wait for an answer all the time', () => {
      expect(ended(2_000, 50)).toBe(79);
      expect(ended(0, 0)).toBe(100);
    });

    it('leave none unaccounted for that may still be answered in time', () => {
      expect(ended(0, 0, 2.01)).toBe(0);
    });
  });

  it('are refused where they are cut off, missing, or something else', () => {
    const whole = recorded('autocannon-9.0.0', 'ok.json');
    expect(() => autocannon.parse(whole.slice(0, 500), { workers: 4 })).toThrow('it is no whole JSON document');
    expect(() => autocannon.parse('', { workers: 4 })).toThrow('it said nothing');
    expect(() => autocannon.parse('{"errors": -1}', { workers: 4 })).toThrow('the output of autocannon cannot be used');
  });
});
