import { describe, expect, it } from 'vitest';
import { hostNames } from '../../src/doctor/host-names.js';
import type { Resolver } from '../../src/local/names/resolution.js';
import { examined } from './examined.js';

/** Knows only what it is told. */
function resolver(known: Readonly<Record<string, string>>): Resolver {
  const unknown = Object.assign(new Error('ENOTFOUND'), { code: 'ENOTFOUND' });
  return {
    lookup: (host) => (known[host] ? Promise.resolve([known[host]]) : Promise.reject(unknown)),
    dns: () => Promise.reject(unknown),
  };
}

describe('the host names of an environment', () => {
  it('are fine when they all lead here', async () => {
    const known = { 'a.shop.localhost': '127.0.0.1', 'b.shop.localhost': '::1' };
    expect(await examined(hostNames(Object.keys(known), resolver(known)))).toEqual({
      status: 'ok',
      detail: 'a.shop.localhost, b.shop.localhost lead to this machine',
    });
  });

  it('are a warning with the line for the hosts file, for just those that do not', async () => {
    const hosts = ['a.shop.test', 'b.shop.test', 'c.shop.test'];
    const known = { 'a.shop.test': '127.0.0.1', 'c.shop.test': '203.0.113.7' };
    const finding = await examined(hostNames(hosts, resolver(known)));
    expect(finding).toMatchObject({
      status: 'warning',
      detail: expect.stringContaining(
        'b.shop.test: not known here; c.shop.test: leads to 203.0.113.7 instead of 127.0.0.1',
      ) as string,
      fix: ['`platform hosts apply` writes them into the hosts file'],
    });
  });

  it('say that browsers find names of localhost all the same', async () => {
    const { fix } = await examined(hostNames(['a.shop.localhost'], resolver({})));
    expect(fix?.[1]).toContain('libnss-myhostname');
  });
});
