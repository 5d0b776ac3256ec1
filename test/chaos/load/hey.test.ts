import { describe, expect, it } from 'vitest';
import { hey } from '../../../src/chaos/load/hey.js';
import { recorded } from './recorded.js';

const workers = 4;

describe('calling hey', () => {
  it('asks for a time instead of a count, and follows no redirect', () => {
    expect(hey.arguments({ url: 'http://shop.test/page?a=b', workers: 100, seconds: 10 })).toEqual(
      '-z 10s -c 100 -t 10 -disable-redirects -host shop.test http://shop.test/page?a=b'.split(' '),
    );
  });

  it('connects elsewhere for a name that leads nowhere, and gives the name without a port to TLS', () => {
    const connectTo = { host: '127.0.0.1', port: 8443 };
    const request = { url: 'https://images.shop.localhost:8443/a.png', connectTo, workers: 1, seconds: 1 };
    expect(hey.arguments(request).slice(-3)).toEqual([
      '-host',
      'images.shop.localhost',
      'https://127.0.0.1:8443/a.png',
    ]);
    expect(hey.arguments({ ...request, url: 'http://shop.test:81/' }).slice(-3)).toEqual([
      '-host',
      'shop.test:81',
      'http://127.0.0.1:8443/',
    ]);
    const v6 = { ...request, connectTo: { host: '::1', port: 8443 } };
    expect(hey.arguments(v6).at(-1)).toBe('https://[::1]:8443/a.png');
  });
});

const refusedBy = 'dial tcp 127.0.0.1:18099: connect: connection refused';

describe.each([
  {
    version: '0.1.4',
    ok: 502,
    latency: { p50: 6.4, p90: 10.4, p95: 14, p99: 37.3 },
    mixed: { '200': 4885, '500': 4885 },
    redirects: 8425,
    followed: 6829,
    refused: 9215,
    reset: [1648, 736],
    interrupted: 602,
  },
  {
    version: '0.1.5',
    ok: 673,
    latency: { p50: 5.9, p90: 6.2, p95: 6.6, p99: 15.8 },
    mixed: { '200': 5506, '500': 5506 },
    redirects: 14200,
    followed: 3066,
    refused: 11246,
    reset: [1498, 721],
    interrupted: 617,
  },
])('the words of hey $version', ({ version, ...said }) => {
  const output = (name: string) => recorded(`hey-${version}`, `${name}.txt`);
  const parse = (name: string) => hey.parse(output(name), { workers });

  it('are answers by status, and percentiles in milliseconds', () => {
    expect(parse('ok')).toEqual({
      requests: said.ok,
      statuses: { '200': said.ok },
      errors: {},
      latency: said.latency,
    });
    const { requests, statuses } = parse('mixed');
    expect({ requests, statuses }).toEqual({ requests: said.mixed['200'] * 2, statuses: said.mixed });
    expect(Object.keys(parse('tls').statuses)).toEqual(['200']);
    expect(parse('slow').latency?.p50).toBeGreaterThan(300);
  });

  it('show a redirect as what it is, but only because it is told not to follow', () => {
    expect(parse('redirect').statuses).toEqual({ '302': said.redirects });
    expect(parse('redirect-followed').statuses).toEqual({ '200': said.followed });
  });

  it('are no percentiles but reasons where nothing is answered', () => {
    expect(parse('refused')).toEqual({ requests: said.refused, statuses: {}, errors: { [refusedBy]: said.refused } });
    expect(parse('timeouts')).toEqual({
      requests: 4,
      statuses: {},
      errors: { 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)': 4 },
    });
  });

  it('count requests without an answer beside those with one', () => {
    const [answered = 0, failed = 0] = said.reset;
    const { requests, statuses, errors } = parse('reset');
    expect({ requests, statuses, errors }).toEqual({
      requests: answered + failed,
      statuses: { '200': answered },
      errors: { EOF: failed },
    });
  });

  it('are the number that was sent, where that is not the number that was asked for', () => {
    // -n 203 -c 10: each worker sends as many as the others.
    expect(parse('indivisible').requests).toBe(200);
  });

  it('take the slowest for a percentile that is left out', () => {
    const slowest = Number(/Slowest:\t([\d.]+)/.exec(output('three'))?.[1]) * 1000;
    expect(parse('three')).toMatchObject({ requests: 3, latency: { p50: slowest, p99: slowest } });
  });

  it('are whole after an interruption', () => {
    expect(parse('interrupted')).toMatchObject({ requests: said.interrupted, statuses: { '200': said.interrupted } });
  });

  it('are refused where their end is missing', () => {
    const whole = output('ok');
    expect(() => hey.parse(whole.slice(0, whole.indexOf('Status code')), { workers })).toThrow(
      'the output of hey cannot be used: it ends before the distribution of status codes',
    );
    expect(() => hey.parse('', { workers })).toThrow('it said nothing');
    expect(() => hey.parse('Usage: hey [options...] <url>', { workers })).toThrow('cannot be used');
  });

  it('leave requests unaccounted for where a line of them is missing', () => {
    const cut = output('mixed').replace(/^ {2}\[500\].*\n/m, '');
    const { requests, statuses } = hey.parse(cut, { workers });
    expect(statuses).toEqual({ '200': said.mixed['200'] });
    // From its rate, which it rounds.
    expect(Math.abs(requests - said.mixed['200'] * 2)).toBeLessThan(2);
  });
});

describe('reasons of hey', () => {
  it('are the same for all connections of a kind', () => {
    const output = recorded('hey-0.1.5', 'reset.txt').replace(
      /^ {2}\[721\].*$/m,
      ['41000', '41002']
        .map(
          (port) =>
            `  [3]\tGet "http://127.0.0.1/": read tcp 127.0.0.1:${port}->127.0.0.1:80: read: connection reset by peer`,
        )
        .join('\n'),
    );
    expect(hey.parse(output, { workers }).errors).toEqual({
      'read tcp 127.0.0.1:80: read: connection reset by peer': 6,
    });
  });
});
